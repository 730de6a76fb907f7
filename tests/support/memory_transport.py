"""A connection in memory: what a protocol of asyncio writes, and how it ends the connection."""

import asyncio
from typing import Any

__all__ = ["MemoryTransport"]


class MemoryTransport(asyncio.Transport):
    """Keeps what is written. The protocol hears of the connection's end only through `lose`.

    Attributes:
        extra: What is known about the connection, by name.
        written: Everything that was written.
        ending: How the protocol ended the connection: "", "close" or "abort".
        reads: Whether the protocol wants to read.
        says_eof: Whether the protocol has said that it will write nothing more.
        unsent: What `get_write_buffer_size` says.
    """

    def __init__(self, *, can_write_eof: bool = True) -> None:
        super().__init__()
        self.extra: dict[str, Any] = {"peername": ("127.0.0.1", 50_000), "sockname": ("127.0.0.1", 80)}
        self.written = b""
        self.ending = ""
        self.reads = True
        self.says_eof = False
        self.unsent = 0
        self._can_write_eof = can_write_eof

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return one of `extra`."""
        return self.extra.get(name, default)

    def write(self, data: Any) -> None:
        """Keep bytes."""
        assert not self.ending, f"written after the end: {data!r}"
        self.written += data

    def write_eof(self) -> None:
        """Note that nothing more will be written."""
        self.says_eof = True

    def can_write_eof(self) -> bool:
        """Say whether the connection can be ended in one direction, which TLS cannot."""
        return self._can_write_eof

    def is_closing(self) -> bool:
        """Say whether the protocol has ended the connection."""
        return bool(self.ending)

    def close(self) -> None:
        """Note an end in order."""
        self.ending = self.ending or "close"

    def abort(self) -> None:
        """Note an end at once."""
        self.ending = "abort"

    def pause_reading(self) -> None:
        """Note that nothing more is wanted for now."""
        self.reads = False

    def resume_reading(self) -> None:
        """Note that more is wanted."""
        self.reads = True

    def get_write_buffer_size(self) -> int:
        """Return `unsent`."""
        return self.unsent
