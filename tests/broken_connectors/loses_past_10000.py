"""It stops where search stops, after 10,000 results.

Violates: no-lost-update
Shown by: past-the-cap
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, milliseconds, serve


class Broken(Connector):
    """See the module."""

    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """One search."""
        for records in self.search_pages(milliseconds(since)):
            yield records
            if self.is_capped:
                return


if __name__ == "__main__":
    serve(Broken)
