"""It reads the first page of a search, as Sesam's second tutorial does.

Violates: no-lost-update
Shown by: incremental
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, milliseconds, serve


class Broken(Connector):
    """See the module."""

    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """One page of one search."""
        yield next(self.search_pages(milliseconds(since)))


if __name__ == "__main__":
    serve(Broken)
