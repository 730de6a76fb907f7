"""HTTP requests to HubSpot and its responses, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Request", "Response", "header_number"]

_MAX_DIGITS = 15


def header_number(headers: Mapping[str, str], name: str) -> float | None:
    """Return the whole number in a header, None if there is none. One of more than 15 digits is infinite."""
    text = headers.get(name, "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return float(text) if len(text) <= _MAX_DIGITS else float("inf")


@dataclass(frozen=True, slots=True)
class Request:
    """A request to HubSpot.

    Attributes:
        target: Path and query, below the base URL.
        body: The content, None for GET.
        is_search: Whether the request counts against the rate limit of the search API.
    """

    target: str
    method: str = "GET"
    body: bytes | None = None
    content_type: str = "application/json"
    is_search: bool = False

    @property
    def is_batch(self) -> bool:
        """Whether a part of the request can fail although its status is one of success."""
        return self.target.partition("?")[0].endswith("/batch/read")

    @property
    def name(self) -> str:
        """Method and path, for messages. The query is left out because it may contain a key."""
        return f"{self.method} {self.target.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class Response:
    """A complete response from HubSpot.

    Attributes:
        headers: By name in lower case.
        body: The content, decompressed.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
