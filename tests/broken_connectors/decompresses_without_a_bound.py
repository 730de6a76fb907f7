"""It bounds a body as it is sent, but not when it is decompressed.

Violates: bounded-memory
Shown by: decompression
"""

import gzip
import http.client

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    def read_body(self, response: http.client.HTTPResponse) -> bytes:
        """Decompress a body at once."""
        body = super().read_body(response)
        return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body


if __name__ == "__main__":
    serve(Broken)
