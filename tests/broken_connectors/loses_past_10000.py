"""It stops at HubSpot's limit of 10,000 search results.

Violates: no-lost-update
Shown by: past-the-cap
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, milliseconds, serve


class Broken(Connector):
    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Run one search only."""
        for records in self.search_pages(milliseconds(since)):
            yield records
            if self.is_capped:
                return


if __name__ == "__main__":
    serve(Broken)
