"""Its `_updated` is HubSpot's timestamp unchanged, with or without fractional seconds.

Violates: no-lost-update
Shown by: ordered-tokens
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def updated(self, record: Json) -> str:
        """Return the timestamp unchanged."""
        return str(record["updatedAt"])


if __name__ == "__main__":
    serve(Broken)
