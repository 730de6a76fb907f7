"""It stops at a page with fewer records than the limit.

Violates: no-false-deletion
Shown by: full/list:first/once/empty-page-with-cursor
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """Stop at a page that is not full."""
        return super().next_of(page, records) if len(records) == self.limit else None


if __name__ == "__main__":
    serve(Broken)
