"""It reads the body of every response and ignores the status.

Violates: no-false-deletion
Shown by: full/list:first/always/server-error
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def read(self, status: int, body: bytes) -> Json:
        """Parse the body without looking at the status."""
        return self.parse(body)

    def records_of(self, page: Json) -> list[Json]:
        """Treat missing `results` as an empty page."""
        return super().records_of({"results": [], **page})


if __name__ == "__main__":
    serve(Broken)
