"""It takes a page with fewer records than it asked for to be the last one.

Violates: no-false-deletion
Shown by: full/list:first/once/empty-page-with-cursor
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """Done, where the page is not full."""
        return super().next_of(page, records) if len(records) == self.limit else None


if __name__ == "__main__":
    serve(Broken)
