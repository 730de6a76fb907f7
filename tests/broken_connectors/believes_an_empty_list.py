"""It believes a list that is suddenly empty.

Violates: no-false-deletion
Shown by: full/list:first/once/empty-results
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def certain(self, method: str, target: str, body: Json | None = None) -> Json:
        """Request a page once."""
        return self.call(method, target, body)


if __name__ == "__main__":
    serve(Broken)
