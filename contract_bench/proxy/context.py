"""A request that goes through the proxy, and the state that requests share: journal, faults, known secrets."""

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from bench_core.exchange import Body, Headers, Request, Response
from bench_core.faults.fault_set import FaultSet
from bench_core.faults.registry import GENERAL
from bench_core.journal import Journal, JournalEntry
from bench_core.masking import SECRET_HEADERS, Masking

if TYPE_CHECKING:
    from bench_core.wire import Wire

__all__ = ["ProxyContext", "ProxyState", "route_of"]

HTML = b"text/html; charset=utf-8"
NOT_FOUND_PAGE = b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>\n"
# Segments that name one thing among many: numbers, UUIDs, long texts with digits.
AN_ID = re.compile(r"\d+|[0-9a-fA-F-]{32,36}|(?=[^/]*\d)[\w.~-]{16,}")
MOST_SECRETS = 100
SCHEME = re.compile(rb"(?i)(?:bearer|basic|token|apikey)\s+")
RAW_SECRET_HEADERS = frozenset(name.encode() for name in SECRET_HEADERS)


@lru_cache(maxsize=4096)
def route_of(method: str, path: str) -> str:
    """Return what requests for things of one kind have in common: `GET /orders/*/lines`."""
    return f"{method} " + "/".join("*" if AN_ID.fullmatch(part) else part for part in path.split("/"))


class ProxyState:
    """What the requests of one proxy share.

    Args:
        journal_capacity: How many requests are kept.
    """

    def __init__(self, *, journal_capacity: int = 1000) -> None:
        self.journal = Journal(journal_capacity)
        self.faults = FaultSet(GENERAL)
        self._secrets: dict[bytes, None] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The credentials that clients have sent, the latest first."""
        texts = (SCHEME.sub(b"", value).decode("latin-1") for value in reversed(self._secrets))
        return tuple(text for text in texts if text)

    def note_secrets(self, headers: Mapping[bytes, bytes]) -> None:
        """Remember the credentials in a request, so that they are masked wherever they appear."""
        for name in RAW_SECRET_HEADERS & headers.keys():
            value = headers[name]
            if value not in self._secrets:
                self._secrets[value] = None
                if len(self._secrets) > MOST_SECRETS:
                    del self._secrets[next(iter(self._secrets))]

    def masking(self) -> Masking:
        """Return what masks the secrets."""
        return Masking(self.secrets)


class ProxyContext(msgspec.Struct):
    """One request on its way through the proxy, as faults and the control API see it."""

    request: Request
    entry: JournalEntry
    state: ProxyState
    params: Mapping[str, str] = {}
    correlation_id: str = ""
    wire: "Wire | None" = None
    page: int | None = None
    answered_ms: int | None = None

    @property
    def route_name(self) -> str:
        """The method and the path, with `*` for ids."""
        return self.entry.route

    @property
    def journal(self) -> Journal:
        """The requests of the proxy."""
        return self.state.journal

    def masking(self) -> Masking:
        """Return what masks the secrets of the proxy."""
        return self.state.masking()

    def now_ms(self) -> int:
        """Return the time."""
        return time.time_ns() // 1_000_000

    def error(
        self,
        status: int,
        message: str,
        *,
        category: str | None = None,
        kind: str = "",
        headers: Headers | None = None,
    ) -> Response:
        """Return an error in a form that many APIs use."""
        if kind == "not-found-page":
            return Response(404, Body(NOT_FOUND_PAGE), HTML)
        error = {"status": status, "message": message} | ({"category": category} if category else {})
        extra = list(headers or ())
        if status == 401:
            extra.append((b"www-authenticate", b"Bearer"))
        return Response.of({"error": error}, status=status, headers=extra)

    def is_of_type(self, object_type: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Return False: the proxy knows no types of objects."""
        return False
