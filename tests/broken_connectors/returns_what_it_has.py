"""It stops at an error and returns the records it has so far.

Violates: no-false-deletion
Shown by: full/list:first/always/server-error
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    def all_pages(self) -> Iterator[list[Json]]:
        """Stop at the first error."""
        try:
            yield from super().all_pages()
        except UpstreamError:
            self.log("stopped early")


if __name__ == "__main__":
    serve(Broken)
