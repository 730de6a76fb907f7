"""One request to a route, with what can be measured about it."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from fake_sesam.check.entity_traits import EntityTraits
from fake_sesam.errors import ReadError
from fake_sesam.pump.entity_stream import parse_entities
from fake_sesam.pump.puller import with_query

__all__ = ["RouteClient", "RoutePull"]

_NOT_A_NUMBER = re.compile(rb"[\[:,]\s*-?(?:NaN|Infinity)\b")


@dataclass(slots=True)
class RoutePull:
    """What came of a request.

    Units: times in seconds, sizes in bytes as they arrived after decoding.
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
        """Whether Sesam would believe this pull: a 2xx status and one complete array, as far as it was read."""
        return self.status is not None and 200 <= self.status < 300 and not self.error

    @property
    def is_chunked(self) -> bool:
        """Whether the body came in chunks and not with a length."""
        return self.headers.get("Transfer-Encoding", "").lower() == "chunked"


class RouteClient:
    """Sends requests to one route."""

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

    def pull(self, *, headers: Mapping[str, str] | None = None, enough: int | None = None, **query: Any) -> RoutePull:
        """GET the route and read it to its end, as a ``json`` source would.

        Arguments:
            headers: Sent beside the probe's own.
            enough: Stop after so many entities; what a rule asks may be known by then.
            query: Sent as query parameters.
        """
        pull = RoutePull()
        url, begun = with_query(self._url, query), self._clock()
        try:
            with self._session.get(url, headers=dict(headers or {}), stream=True, timeout=self._timeout_s) as response:
                pull.status, pull.headers = response.status_code, response.headers
                self._read(response, pull, begun, enough)
        except (requests.RequestException, ReadError) as error:
            pull.error = str(error)
        pull.total_s = self._clock() - begun
        return pull

    def status_of(self, method: str, **query: Any) -> int | None:
        """Send a request of another kind; return its status, None where nothing came."""
        try:
            with self._session.request(
                method, with_query(self._url, query), stream=True, timeout=self._timeout_s
            ) as response:
                return response.status_code
        except requests.RequestException:
            return None

    def _read(self, response: requests.Response, pull: RoutePull, begun: float, enough: int | None) -> None:
        chunks = self._measured(response, pull, begun)
        if not 200 <= response.status_code < 300:
            for _ in chunks:
                pass
            return
        for entity in parse_entities(chunks):
            pull.traits.add(entity)
            if enough is not None and pull.traits.count > enough:
                pull.is_cut_short = True
                return

    def _measured(self, response: requests.Response, pull: RoutePull, begun: float) -> Iterator[bytes]:
        """Yield the body's chunks and note their times and sizes; chunks of a chunked body come as they were sent."""
        is_chunked = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
        for chunk in response.iter_content(None if is_chunked else 65536):
            if pull.chunks == 0:
                pull.first_byte_s = self._clock() - begun
            pull.chunks += 1
            pull.size += len(chunk)
            pull.largest_chunk = max(pull.largest_chunk, len(chunk))
            pull.has_not_a_number = pull.has_not_a_number or _NOT_A_NUMBER.search(chunk) is not None
            yield chunk
