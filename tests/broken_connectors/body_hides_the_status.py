"""It reads a body before the status, and takes one that it cannot read for wrong data, which is not worth a retry.

Violates: completes
Shown by: unreadable-errors
"""

import gzip
import http.client

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    def read_body(self, response: http.client.HTTPResponse) -> bytes:
        """Decompress a body, and let no retry catch an error."""
        try:
            body = super().read_body(response)
            return gzip.decompress(body) if response.headers.get("Content-Encoding") else body
        except (OSError, http.client.HTTPException, EOFError) as error:
            raise ValueError("a body that cannot be read") from error


if __name__ == "__main__":
    serve(Broken)
