"""It takes an empty page to be the end, though a cursor leads on.

Violates: no-false-deletion
Shown by: full/list:first/once/empty-page-with-cursor
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """Done, where the page is empty."""
        return super().next_of(page, records) if records else None


if __name__ == "__main__":
    serve(Broken)
