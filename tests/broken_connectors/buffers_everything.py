"""It keeps all records in memory and responds once it has the last page.

Violates: bounded-memory
Shown by: memory
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    def chunks(self, since: str | None) -> Iterator[bytes]:
        """Yield the array in one piece."""
        yield b"".join(super().chunks(since))


if __name__ == "__main__":
    serve(Broken)
