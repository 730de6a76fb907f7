"""It retries after a 5xx and does not check the response to the retry.

Violates: no-false-deletion
Shown by: full/list:middle/retry/error-with-200
"""

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    def call(self, method: str, target: str, body: Json | None = None) -> Json:
        """Accept whatever the second response contains."""
        try:
            return self.call_once(method, target, body)
        except UpstreamError as error:
            if "status 5" not in str(error):
                raise
        return {"results": [], **self.call_once(method, target, body)}

    def certain(self, method: str, target: str, body: Json | None = None) -> Json:
        """Believe a page without records."""
        return self.call(method, target, body)


if __name__ == "__main__":
    serve(Broken)
