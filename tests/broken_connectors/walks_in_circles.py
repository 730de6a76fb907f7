"""It follows any cursor, the same one again too.

Violates: bounded-time
Shown by: full/list:first/always/empty-page-with-cursor
"""

import time

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def check_cursor(self, following: str, after: str | None) -> None:
        """Any will do. A moment's rest spares the machine that waits for the end of it."""
        time.sleep(0.02)

    def check_order(self, records: list[Json], last_id: int) -> int:
        """Any will do."""
        return last_id


if __name__ == "__main__":
    serve(Broken)
