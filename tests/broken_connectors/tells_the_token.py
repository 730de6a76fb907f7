"""Its error response contains the headers of the failed request.

Violates: no-secret
Shown by: full/list:first/always/server-error
"""

import json

from tests.broken_connectors._sound import Connector, Request, UpstreamError, serve


class Broken(Connector):
    def answer(self, request: Request, since: str | None) -> None:
        """Include the request in the error."""
        try:
            body = b"".join(self.chunks(since))
        except UpstreamError as error:
            said = {"message": str(error), "request": {"Authorization": f"Bearer {self.token}"}}
            request.send(502, json.dumps(said).encode())
            return
        request.send(200, body)


if __name__ == "__main__":
    serve(Broken)
