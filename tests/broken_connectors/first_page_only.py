"""It reads the first page and takes it for everything, as Sesam's tutorial does.

Violates: no-lost-update
Shown by: complete
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def next_of(self, page: Json, records: list[Json]) -> str | None:
        """There is only one page."""
        return None


if __name__ == "__main__":
    serve(Broken)
