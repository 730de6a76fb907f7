"""It streams and closes the array even after an error.

Violates: no-false-deletion
Shown by: full/list:first/always/server-error
"""

import json
from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, UpstreamError, serve


class Broken(Connector):
    def chunks(self, since: str | None) -> Iterator[bytes]:
        """Always close the array."""
        opening = b"["
        try:
            for records in self.pages(since):
                if records:
                    yield opening + b",".join(json.dumps(self.entity(record)).encode() for record in records)
                    opening = b","
        except UpstreamError:
            self.log("closing the array after an error")
        yield b"]" if opening == b"," else b"[]"


if __name__ == "__main__":
    serve(Broken)
