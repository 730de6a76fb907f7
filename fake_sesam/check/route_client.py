"""Requests to a route, with measurements of each response."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from bench_core.reach import unreachable
from fake_sesam.check.entity_traits import EntityTraits
from fake_sesam.errors import ReadError
from fake_sesam.pump.entity_stream import parse_entities
from fake_sesam.pump.puller import with_query

__all__ = ["RouteClient", "RoutePull"]

_NOT_A_NUMBER = re.compile(rb"[\[:,]\s*-?(?:NaN|Infinity)\b")


@dataclass(slots=True)
class RoutePull:
    """One GET of the route: its response, the traits of its entities, times and sizes.

    Units: times in seconds, sizes in bytes after content decoding.

    Attributes:
        status: HTTP status; None if there was no response.
        error: Why the request or the array failed; empty if neither did.
        first_byte_s: Time from the request to the first byte of the body.
        has_not_a_number: The body contains `NaN` or `Infinity`, which JSON does not have.
        is_cut_short: The client stopped reading early, after as many entities as the rule needs.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    traits: EntityTraits = field(default_factory=EntityTraits)
    first_byte_s: float = 0
    total_s: float = 0
    size: int = 0
    largest_chunk: int = 0
    chunks: int = 0
    has_not_a_number: bool = False
    is_cut_short: bool = False

    @property
    def is_success(self) -> bool:
        """Whether Sesam would accept this pull: a 2xx status and one complete array, as far as it was read."""
        return self.status is not None and 200 <= self.status < 300 and not self.error

    @property
    def is_chunked(self) -> bool:
        """Whether the response uses `Transfer-Encoding: chunked`."""
        return self.headers.get("Transfer-Encoding", "").lower() == "chunked"


class RouteClient:
    """Client for one route; it ignores proxies from the environment.

    Args:
        url: Address of the route.
        headers: Sent with every request.
        timeout_s: Seconds to wait for a connection and for each read.
        clock: Monotonic clock in seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout_s: float,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(headers)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def pull(
        self, *, headers: Mapping[str, str] | None = None, stop_after: int | None = None, **query: Any
    ) -> RoutePull:
        """GET the route and read the response to its end, as a `json` source would.

        A failed request is no exception; `RoutePull.error` describes it.

        Args:
            headers: Sent in addition to the headers of the client.
            stop_after: Stop once there are more entities than this.
            query: Query parameters.
        """
        pull = RoutePull()
        url, started = with_query(self._url, query), self._clock()
        try:
            with self._session.get(url, headers=dict(headers or {}), stream=True, timeout=self._timeout_s) as response:
                pull.status, pull.headers = response.status_code, response.headers
                self._read(response, pull, started, stop_after)
        except (requests.RequestException, ReadError) as error:
            pull.error = unreachable(error, url) or str(error)
        pull.total_s = self._clock() - started
        return pull

    def status_of(self, method: str, **query: Any) -> int | None:
        """Send a request with another method; return the status, None if there was no response."""
        try:
            with self._session.request(
                method, with_query(self._url, query), stream=True, timeout=self._timeout_s
            ) as response:
                return response.status_code
        except requests.RequestException:
            return None

    def _read(self, response: requests.Response, pull: RoutePull, started: float, stop_after: int | None) -> None:
        chunks = self._measure(response, pull, started)
        if not 200 <= response.status_code < 300:
            for _ in chunks:
                pass
            return
        for entity in parse_entities(chunks):
            pull.traits.add(entity)
            if stop_after is not None and pull.traits.count > stop_after:
                pull.is_cut_short = True
                return

    def _measure(self, response: requests.Response, pull: RoutePull, started: float) -> Iterator[bytes]:
        """Yield the chunks of the body and measure them; a chunked body is read in the chunks that were sent."""
        is_chunked = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
        for chunk in response.iter_content(None if is_chunked else 65536):
            if pull.chunks == 0:
                pull.first_byte_s = self._clock() - started
            pull.chunks += 1
            pull.size += len(chunk)
            pull.largest_chunk = max(pull.largest_chunk, len(chunk))
            pull.has_not_a_number = pull.has_not_a_number or _NOT_A_NUMBER.search(chunk) is not None
            yield chunk
