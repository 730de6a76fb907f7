"""A cassette in memory: plain values, bodies always plain bytes, whatever dialect the file was written in."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = ["Cassette", "Interaction", "Request", "Response", "checksum_of", "header_of", "json_of"]

Headers = Mapping[str, tuple[str, ...]]


def header_of(headers: Headers, name: str) -> str | None:
    """The first value of a header, whatever its spelling."""
    wanted = name.lower()
    return next((values[0] for key, values in headers.items() if key.lower() == wanted and values), None)


def json_of(body: bytes) -> Any:
    """The JSON value of a body.

    Raises:
        ValueError: the body is no JSON.
    """
    return json.loads(body)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent, without what redaction took out."""

    method: str
    uri: str
    body: bytes = b""
    headers: Headers = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path, without origin and query."""
        return urlsplit(self.uri).path or "/"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.uri)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def target(self) -> str:
        """Path and query, as they stand in a request line."""
        parts = urlsplit(self.uri)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's names and values in their order; blank values are kept."""
        return tuple(parse_qsl(urlsplit(self.uri).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with its body decoded: no content coding, no transfer coding.

    Attributes:
        stale_headers: Names of headers in the file that do not fit the body any more.
    """

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=dict)
    reason: str = ""
    stale_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and its answer.

    Attributes:
        recorded_at: When, as the file says it; vcrpy itself writes none.
    """

    request: Request
    response: Response
    recorded_at: str | None = None


@dataclass(frozen=True, slots=True)
class Cassette:
    """What a cassette file holds.

    Attributes:
        checksum: The checksum in the file, if there is one.
        unknown_fields: JSON paths of fields that no dialect known here defines.
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
    """A checksum of what the interactions say, independent of how the file is laid out.

    Shape: ``sha256:<64 hexadecimal digits>``.
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
