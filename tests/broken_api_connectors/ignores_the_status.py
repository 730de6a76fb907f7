"""Takes an error for a page without orders and without a link.

Violates: no-false-deletion
Shown by: full/orders:middle/once/server-error
Reads: rest_link_headers/orders.yaml
"""

from collections.abc import Iterator

from tests.broken_api_connectors._sound import Json, RestConnector, serve


class Broken(RestConnector):
    def check(self, status: int) -> None:
        pass

    def pages(self) -> Iterator[list[Json]]:
        for page in self.lenient():
            yield page if isinstance(page, list) else []

    def lenient(self) -> Iterator[list[Json]]:
        try:
            yield from super().pages()
        except Exception:
            yield []


if __name__ == "__main__":
    serve(Broken())
