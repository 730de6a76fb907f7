"""Its `_id` is a number.

Violates: completes
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def entity(self, record: Json) -> Json:
        """With a number as `_id`."""
        return {**super().entity(record), "_id": int(record["id"])}


if __name__ == "__main__":
    serve(Broken)
