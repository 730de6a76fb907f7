"""It logs the records that it sends.

Violates: no-secret
Shown by: full-pages
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def entity(self, record: Json) -> Json:
        """Log the record."""
        self.log(f"sending {record}")
        return super().entity(record)


if __name__ == "__main__":
    serve(Broken)
