"""It logs the headers of its requests.

Violates: no-secret
Shown by: full-pages
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def call_once(self, method: str, target: str, body: Json | None = None) -> Json:
        """Log the request with its headers."""
        self.log(f"{method} {target} Authorization: Bearer {self.token}")
        return super().call_once(method, target, body)


if __name__ == "__main__":
    serve(Broken)
