"""It uses the complete records of a truncated body.

Violates: no-false-deletion
Shown by: full/list:first/once/close-in-body
"""

import http.client

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def call_once(self, method: str, target: str, body: Json | None = None) -> Json:
        """Parse the part of the body that arrived."""
        try:
            return super().call_once(method, target, body)
        except http.client.IncompleteRead as error:
            text = error.partial.decode(errors="ignore")
            end = text.rfind('},{"id"')
            return self.parse((text[: end + 1] + "]}").encode()) if end > 0 else {"results": []}


if __name__ == "__main__":
    serve(Broken)
