"""It restarts from the first page after an error and sends the first pages twice.

Violates: no-duplicate
Shown by: full/list:middle/once/server-error
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    def all_pages(self) -> Iterator[list[Json]]:
        """Restart from the first page after an error."""
        try:
            yield from super().all_pages()
        except UpstreamError:
            yield from super().all_pages()

    attempts = 1


if __name__ == "__main__":
    serve(Broken)
