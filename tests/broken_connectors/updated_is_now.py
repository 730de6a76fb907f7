"""Its `_updated` is the time of the pull.

Violates: no-lost-update
Shown by: incremental
"""

from datetime import UTC, datetime

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def updated(self, record: Json) -> str:
        """Return the current time."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


if __name__ == "__main__":
    serve(Broken)
