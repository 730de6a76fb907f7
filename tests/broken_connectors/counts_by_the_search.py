"""It stops reading a list when it has as many records as a search counts.

Violates: no-lost-update
Shown by: lagging-search
"""

from collections.abc import Iterator

from tests.broken_connectors._ranges import RangesConnector
from tests.broken_connectors._sound import Json, serve


class Broken(RangesConnector):
    total = 0

    def note_search(self, found: Json) -> None:
        """Believe the number."""
        self.total = int(found["total"])

    def all_pages(self) -> Iterator[list[Json]]:
        """Stop early."""
        self.total, count = 0, 0
        for records in super().all_pages():
            count += len(records)
            yield records
            if self.total and count >= self.total:
                return


if __name__ == "__main__":
    serve(Broken)
