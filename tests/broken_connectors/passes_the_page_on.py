"""It returns HubSpot's page as it is, an object instead of an array.

Violates: completes
"""

import json

from tests.broken_connectors._sound import Connector, Request, serve


class Broken(Connector):
    def answer(self, request: Request, since: str | None) -> None:
        """Send HubSpot's page."""
        page = self.call("GET", "/crm/v3/objects/contacts?limit=100")
        request.send(200, json.dumps(page).encode())


if __name__ == "__main__":
    serve(Broken)
