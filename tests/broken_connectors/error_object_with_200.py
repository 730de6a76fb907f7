"""It reports an error as an object with status 200.

Violates: array-or-non-200
Shown by: full/list:first/always/server-error
"""

from tests.broken_connectors._sound import Connector, Request, UpstreamError, serve


class Broken(Connector):
    def answer(self, request: Request, since: str | None) -> None:
        """Always send status 200."""
        try:
            body = b"".join(self.chunks(since))
        except UpstreamError:
            body = b'{"status": "error"}'
        request.send(200, body)


if __name__ == "__main__":
    serve(Broken)
