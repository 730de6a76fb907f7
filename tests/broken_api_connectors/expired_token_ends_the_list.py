"""Takes the refusal of an expired token for the end of the list.

Violates: no-false-deletion
Shown by: full/contacts:middle/once/unauthorized
Reads: offset_and_token/contacts.yaml
"""

import json

from tests.broken_api_connectors._sound import Json, TokenConnector, serve


class Broken(TokenConnector):
    def page(self, offset: int) -> Json | None:
        if not self.token:
            self.renew()
        target = f"/contacts?offset={offset}&limit=4"
        status, _, body = self.fetch(target, headers={"Authorization": f"Bearer {self.token}"})
        if status == 401:
            self.token = ""
            return None
        self.check(status)
        page: Json = json.loads(body)
        return page


if __name__ == "__main__":
    serve(Broken())
