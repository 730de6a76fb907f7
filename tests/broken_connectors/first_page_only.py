"""It reads only the first page, like Sesam's tutorial.

Violates: no-lost-update
Shown by: complete
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """Ignore the cursor of the next page."""
        return None


if __name__ == "__main__":
    serve(Broken)
