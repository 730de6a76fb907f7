"""It logs the records it sends.

Violates: no-secret
Shown by: full-pages
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def entity(self, record: Json) -> Json:
        """Log, then send."""
        self.log(f"sending {record}")
        return super().entity(record)


if __name__ == "__main__":
    serve(Broken)
