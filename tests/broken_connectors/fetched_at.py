"""Its entities hold the time of the pull, so that every pull rewrites the dataset.

Violates: true-content
Shown by: stable
"""

import time

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def entity(self, record: Json) -> Json:
        """With the time."""
        return {**super().entity(record), "fetched_at": time.time()}


if __name__ == "__main__":
    serve(Broken)
