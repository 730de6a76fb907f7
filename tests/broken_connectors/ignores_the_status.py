"""It reads the JSON of any answer, whatever its status.

Violates: no-false-deletion
Shown by: full/list:first/once/server-error
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def read(self, status: int, body: bytes) -> Json:
        """Whatever it is."""
        return self.parse(body)

    def records_of(self, page: Json) -> list[Json]:
        """None, where there are none."""
        return super().records_of({"results": [], **page})


if __name__ == "__main__":
    serve(Broken)
