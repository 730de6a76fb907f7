"""It streams page by page, but keeps every record for a summary at the end.

Violates: bounded-memory
Shown by: memory
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def pages(self, since: str | None) -> Iterator[list[Json]]:
        """Yield each page and keep its records."""
        kept: list[Json] = []
        for records in super().pages(since):
            kept += records
            yield records
        self.log(f"{len(kept)} records")


if __name__ == "__main__":
    serve(Broken)
