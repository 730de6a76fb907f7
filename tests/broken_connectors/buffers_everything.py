"""It keeps everything in memory and answers when the last page is there.

Violates: bounded-memory
Shown by: memory
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    """See the module."""

    def chunks(self, since: str | None) -> Iterator[bytes]:
        """One piece."""
        yield b"".join(super().chunks(since))


if __name__ == "__main__":
    serve(Broken)
