"""Uses what has arrived of a file, although its length was announced.

Violates: no-false-deletion
Shown by: full/export.csv:first/once/close-in-body
Reads: csv_download/products.yaml
"""

import http.client

from tests.broken_api_connectors._sound import CsvConnector, Json, serve


class Broken(CsvConnector):
    def read(self, response: http.client.HTTPResponse) -> bytes:
        try:
            return response.read()
        except http.client.IncompleteRead as error:
            return error.partial

    def rows(self, body: bytes) -> list[Json]:
        return super().rows(body[: body.rfind(b"\n") + 1])


if __name__ == "__main__":
    serve(Broken())
