"""It streams, and closes the array in a `finally`.

Violates: no-false-deletion
Shown by: full/list:first/always/server-error
"""

import json
from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, UpstreamError, serve


class Broken(Connector):
    """See the module."""

    def chunks(self, since: str | None) -> Iterator[bytes]:
        """An array that is always closed."""
        opening = b"["
        try:
            for records in self.pages(since):
                if records:
                    yield opening + b",".join(json.dumps(self.entity(record)).encode() for record in records)
                    opening = b","
        except UpstreamError:
            self.log("closing what was begun")
        yield b"]" if opening == b"," else b"[]"


if __name__ == "__main__":
    serve(Broken)
