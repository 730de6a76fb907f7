"""It passes HubSpot's page on as it is, as one entity would be.

Violates: completes
"""

import json

from tests.broken_connectors._sound import Connector, Request, serve


class Broken(Connector):
    """See the module."""

    def answer(self, request: Request, since: str | None) -> None:
        """HubSpot's own answer."""
        page = self.call("GET", "/crm/v3/objects/contacts?limit=100")
        request.send(200, json.dumps(page).encode())


if __name__ == "__main__":
    serve(Broken)
