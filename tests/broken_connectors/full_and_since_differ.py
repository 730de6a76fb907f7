"""A record has another form in an incremental pull than in a full one.

Violates: true-content
Shown by: same-content
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the changed records, in the broken way."""
        for records in super().changed_pages(since):
            yield [{**record, "associations": {"line_items": []}} for record in records]


if __name__ == "__main__":
    serve(Broken)
