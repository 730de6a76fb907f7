"""Its entities have no `_id`.

Violates: completes
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def entity(self, record: Json) -> Json:
        """Leave out `_id`."""
        return {"_updated": self.updated(record), **record}


if __name__ == "__main__":
    serve(Broken)
