"""A cassette in memory, independent of the file format. Bodies are decoded bytes."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench_core.json_text import parse_json

__all__ = ["Cassette", "Interaction", "Request", "Response", "checksum_of", "header_of", "json_of"]

Headers = Mapping[str, tuple[str, ...]]


def header_of(headers: Headers, name: str) -> str | None:
    """Return the first value of a header; the case of the name does not matter."""
    wanted = name.lower()
    return next((values[0] for key, values in headers.items() if key.lower() == wanted and values), None)


def json_of(body: bytes) -> Any:
    """Parse a body as JSON.

    Raises:
        ValueError: The body is not JSON.
    """
    return parse_json(body)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent, after redaction."""

    method: str
    uri: str
    body: bytes = b""
    headers: Headers = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path without origin and query."""
        return urlsplit(self.uri).path or "/"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.uri)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def target(self) -> str:
        """Path and query as in a request line."""
        parts = urlsplit(self.uri)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the query in order, including blank values."""
        return tuple(parse_qsl(urlsplit(self.uri).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Response:
    """A response with a decoded body: no content coding, no transfer coding.

    Attributes:
        stale_headers: Names of headers in the file that do not match the body.
    """

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=dict)
    reason: str = ""
    stale_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request and its response.

    Attributes:
        recorded_at: The time in the file; vcrpy itself writes none.
    """

    request: Request
    response: Response
    recorded_at: str | None = None


@dataclass(frozen=True, slots=True)
class Cassette:
    """The content of a cassette file.

    Attributes:
        checksum: The checksum in the file, if any.
        dialect: The format of the file: `vcrpy` or `ruby-vcr`.
        unknown_fields: JSON paths of fields that the format does not define.
    """

    interactions: tuple[Interaction, ...]
    checksum: str | None = None
    dialect: str = "vcrpy"
    unknown_fields: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.interactions)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self.interactions)


def checksum_of(interactions: tuple[Interaction, ...]) -> str:
    """Return a checksum of the interactions that does not depend on the layout of the file.

    Shape: `sha256:<64 hexadecimal digits>`.
    """
    digest = hashlib.sha256()
    for interaction in interactions:
        digest.update(json.dumps(_plain(interaction), sort_keys=True, separators=(",", ":")).encode())
        digest.update(b"\n")
    return f"sha256:{digest.hexdigest()}"


def _plain(interaction: Interaction) -> list[Any]:
    request, response = interaction.request, interaction.response
    return [
        [request.method, request.uri, request.body.decode("latin-1"), _plain_headers(request.headers)],
        [response.status, response.reason, response.body.decode("latin-1"), _plain_headers(response.headers)],
        interaction.recorded_at,
    ]


def _plain_headers(headers: Headers) -> dict[str, list[str]]:
    return {name: list(values) for name, values in headers.items()}
