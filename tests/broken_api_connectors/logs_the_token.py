"""Writes the header with the token to its log when a request fails.

Violates: no-secret
Shown by: full/contacts:first/once/server-error
Reads: offset_and_token/contacts.yaml
"""

import os
import sys

from tests.broken_api_connectors._sound import Json, TokenConnector, UpstreamError, serve


class Broken(TokenConnector):
    def renew(self) -> None:
        super().renew()
        self.token = f"access-{self.token}-{os.getpid()}"  # the recording has no token

    def page(self, offset: int) -> Json | None:
        try:
            return super().page(offset)
        except UpstreamError:
            sys.stderr.write(f"failed with Authorization: Bearer {self.token}\n")
            raise


if __name__ == "__main__":
    serve(Broken())
