"""Its JSON parser keeps the last of two equal keys.

Violates: no-false-deletion
Shown by: full/list:first/once/duplicate-keys
"""

import json

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    def parse(self, body: bytes) -> Json:
        """Parse with the defaults of the standard library."""
        try:
            return dict(json.loads(body))
        except ValueError as error:
            raise UpstreamError("not JSON") from error


if __name__ == "__main__":
    serve(Broken)
