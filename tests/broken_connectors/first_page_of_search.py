"""It reads only the first page of a search, like Sesam's second tutorial.

Violates: no-lost-update
Shown by: incremental
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, milliseconds, serve


class Broken(Connector):
    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the first page of one search."""
        yield next(self.search_pages(milliseconds(since)))


if __name__ == "__main__":
    serve(Broken)
