"""It stops at an empty page even if there is a cursor for the next one.

Violates: no-false-deletion
Shown by: full/list:first/once/empty-page-with-cursor
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """Stop at an empty page."""
        return super().next_of(page, records) if records else None


if __name__ == "__main__":
    serve(Broken)
