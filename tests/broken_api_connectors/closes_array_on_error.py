"""Closes the array after an error, so the pages so far look like all of them.

Violates: no-false-deletion
Shown by: full/orders:middle/always/server-error
Reads: rest_link_headers/orders.yaml
"""

from collections.abc import Iterator

from tests.broken_api_connectors._sound import Json, RestConnector, UpstreamError, serve


class Broken(RestConnector):
    def pages(self) -> Iterator[list[Json]]:
        try:
            yield from super().pages()
        except UpstreamError:
            return


if __name__ == "__main__":
    serve(Broken())
