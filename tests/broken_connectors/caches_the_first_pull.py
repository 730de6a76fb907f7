"""It caches the first pull and repeats it for every later one.

Violates: no-lost-update
Shown by: complete
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    cache: bytes | None = None

    def chunks(self, since: str | None) -> Iterator[bytes]:
        """Yield the same array as the first time."""
        self.cache = self.cache or b"".join(super().chunks(since))
        yield self.cache


if __name__ == "__main__":
    serve(Broken)
