"""It follows any cursor, the same one again too.

Violates: bounded-time
Shown by: full/list:first/always/empty-page-with-cursor
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def check_cursor(self, following: str, after: str | None) -> None:
        """Any will do."""

    def check_order(self, records: list[Json], last_id: int) -> int:
        """Any will do."""
        return last_id


if __name__ == "__main__":
    serve(Broken)
