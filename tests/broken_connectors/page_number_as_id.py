"""Its `_id` is the position in the pull, so it can belong to a different record each time.

Violates: no-lost-update
Shown by: complete
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def chunks(self, since: str | None) -> Iterator[bytes]:
        """Restart the count."""
        self.count = 0
        return super().chunks(since)

    def entity(self, record: Json) -> Json:
        """Use the position as `_id`."""
        self.count += 1
        return {**super().entity(record), "_id": str(self.count)}


if __name__ == "__main__":
    serve(Broken)
