"""It catches every exception and returns an empty array.

Violates: no-false-deletion
Shown by: full/list:first/always/server-error
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    def chunks(self, since: str | None) -> Iterator[bytes]:
        """Yield an array even after an error."""
        try:
            yield b"".join(super().chunks(since))
        except Exception:
            self.log("something went wrong")
            yield b"[]"


if __name__ == "__main__":
    serve(Broken)
