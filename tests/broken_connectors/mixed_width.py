"""Its `_updated` is HubSpot's moment as it comes, with and without a fraction of a second.

Violates: no-lost-update
Shown by: ordered-tokens
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def updated(self, record: Json) -> str:
        """As it comes."""
        return str(record["updatedAt"])


if __name__ == "__main__":
    serve(Broken)
