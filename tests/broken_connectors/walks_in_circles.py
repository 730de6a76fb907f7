"""It follows every cursor, even the one it has just followed.

Violates: bounded-time
Shown by: full/list:first/always/empty-page-with-cursor
"""

import time

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def check_cursor(self, following: str, after: str | None) -> None:
        """Accept any cursor; the pause keeps the endless loop from using a whole core."""
        time.sleep(0.02)

    def check_order(self, records: list[Json], last_id: int) -> int:
        """Accept any order."""
        return last_id


if __name__ == "__main__":
    serve(Broken)
