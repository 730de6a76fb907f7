"""It replaces bytes that are not UTF-8 with replacement characters.

Violates: true-content
Shown by: full/list:middle/always/invalid-utf8{"property":"lastname"}
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def parse(self, body: bytes) -> Json:
        """Replace invalid bytes."""
        return super().parse(body.decode(errors="replace").encode())


if __name__ == "__main__":
    serve(Broken)
