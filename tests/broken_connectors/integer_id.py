"""Its `_id` is a number.

Violates: completes
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def entity(self, record: Json) -> Json:
        """Send the id as a number."""
        return {**super().entity(record), "_id": int(record["id"])}


if __name__ == "__main__":
    serve(Broken)
