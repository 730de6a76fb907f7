"""The body of an answer with and without gzip, whatever the caller accepts."""

import gzip

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import head
from fake_hubspot.protocol import Wire

__all__ = ["compressed", "decoded", "send_as_gzip"]


def is_gzip(message: Message) -> bool:
    """Whether the body is compressed."""
    return (b"content-encoding", b"gzip") in message.headers


def decoded(message: Message) -> bytes:
    """The body as it is without compression."""
    return gzip.decompress(message.body) if is_gzip(message) and message.body else message.body


def compressed(message: Message) -> bytes:
    """The body as it is with compression."""
    return message.body if is_gzip(message) else gzip.compress(message.body, compresslevel=1, mtime=0)


async def send_as_gzip(wire: Wire, message: Message, body: bytes) -> None:
    """Send a body that claims to be gzip, with the right length.

    Raises: ConnectionGoneError.
    """
    claims = [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(body))]
    await wire.write(head(wire, message, without=(b"content-length", b"content-encoding"), extra=claims) + body)
    wire.keep()
