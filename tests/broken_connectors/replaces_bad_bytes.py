"""It reads bytes that are no UTF-8 as question marks.

Violates: true-content
Shown by: full/list:middle/always/invalid-utf8{"property":"lastname"}
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def parse(self, body: bytes) -> Json:
        """Whatever they were."""
        return super().parse(body.decode(errors="replace").encode())


if __name__ == "__main__":
    serve(Broken)
