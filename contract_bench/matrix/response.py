"""The connector's response, parsed from the bytes on the wire. Pure."""

import gzip
import io
import zlib
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any

from bench_core.json_text import parse_json

__all__ = ["ConnectorResponse", "read_response"]

NOTHING = object()
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ConnectorResponse:
    """One response of the connector.

    Attributes:
        status: None if no status line arrived.
        is_complete: Whether the response ended as its head announced.
        value: The JSON in the body, `NOTHING` if it is not JSON.
        body: The body, as much as arrived.
    """

    status: int | None = None
    is_complete: bool = False
    value: Any = field(default=NOTHING, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether it is complete and has a 2xx status."""
        return self.is_complete and self.status is not None and 200 <= self.status < 300

    @property
    def has_json(self) -> bool:
        """Whether the body is one JSON value."""
        return self.value is not NOTHING

    @property
    def entities(self) -> list[dict[str, Any]]:
        """The entities of an array, empty if the body is not an array."""
        return [item for item in self.value if isinstance(item, dict)] if isinstance(self.value, list) else []


class _Bytes:
    """Stands in for the socket that `HTTPResponse` reads."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, mode: str) -> io.BytesIO:
        del mode
        return io.BytesIO(self._raw)


def read_response(raw: bytes) -> ConnectorResponse:
    """Parse the bytes of a connection."""
    if END_OF_HEAD not in raw:  # http.client takes a truncated head for a complete one
        return ConnectorResponse()
    response = HTTPResponse(_Bytes(raw))  # type: ignore[arg-type]  # only makefile is called
    try:
        response.begin()
    except (HTTPException, ValueError):
        return ConnectorResponse()
    body, is_complete = _body(response)
    body = _plain(body, response.getheader("Content-Encoding", ""))
    return ConnectorResponse(response.status, is_complete, _json(body), body)


def _body(response: HTTPResponse) -> tuple[bytes, bool]:
    try:
        return response.read(), True
    except IncompleteRead as error:
        return error.partial, False
    except (HTTPException, ValueError):
        return b"", False


def _plain(body: bytes, encoding: str) -> bytes:
    if encoding != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return b""


def _json(body: bytes) -> Any:
    try:
        return parse_json(body)
    except ValueError:
        return NOTHING
