"""The body of a response with and without gzip, independent of Accept-Encoding."""

import gzip

from bench_core.exchange import Message
from bench_core.faults.fault import response_head
from bench_core.wire import Wire

__all__ = ["compressed", "decoded", "send_as_gzip"]


def is_gzip(message: Message) -> bool:
    """Whether the body is compressed."""
    return (b"content-encoding", b"gzip") in message.headers


def decoded(message: Message) -> bytes:
    """Return the body without compression."""
    return gzip.decompress(message.body) if is_gzip(message) and message.body else message.body


def compressed(message: Message) -> bytes:
    """Return the body with compression."""
    return message.body if is_gzip(message) else gzip.compress(message.body, compresslevel=1, mtime=0)


async def send_as_gzip(wire: Wire, message: Message, body: bytes) -> None:
    """Send a body that is labelled gzip, with the right Content-Length.

    Raises:
        ConnectionGoneError: The client disconnected, or the server stops.
    """
    labels = [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(body))]
    await wire.write(
        response_head(wire, message, without=(b"content-length", b"content-encoding"), extra=labels) + body
    )
    wire.keep()
