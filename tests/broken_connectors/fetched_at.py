"""Its entities contain the time of the pull, so every pull rewrites the dataset.

Violates: true-content
Shown by: stable
"""

import time

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def entity(self, record: Json) -> Json:
        """Add the time of the pull."""
        return {**super().entity(record), "fetched_at": time.time()}


if __name__ == "__main__":
    serve(Broken)
