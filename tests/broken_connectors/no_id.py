"""Its entities have no `_id`.

Violates: completes
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def entity(self, record: Json) -> Json:
        """Without `_id`."""
        return {"_updated": self.updated(record), **record}


if __name__ == "__main__":
    serve(Broken)
