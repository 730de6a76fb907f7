"""An HTTP client whose requests are recorded with vcrpy.

vcrpy normally replaces the connection classes of the whole process, so HTTP requests of other code are recorded too.
Here vcrpy's connection classes are used only in the pools of one client: nothing is patched, other threads are not
affected, and several clients can record at the same time.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import urllib3

from contract_bench.cassettes.evidence import utc
from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.vcrpy_loader import from_vcrpy, load_vcrpy

__all__ = ["RecordingClient", "UpstreamResponse", "now_utc"]

TIMEOUT = urllib3.Timeout(connect=10, read=110)  # Cloudflare answers in place of HubSpot after 100 s


def now_utc() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class UpstreamResponse:
    """A response with a decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class RecordingClient:
    """Sends requests one after the other and records them.

    Args:
        clock: Gives the time of an interaction; vcrpy does not record it.
        on_recorded: Called after each interaction.
    """

    def __init__(
        self, *, clock: Callable[[], datetime] = now_utc, on_recorded: Callable[[], None] = lambda: None
    ) -> None:
        vcr = load_vcrpy()
        self._cassette: Any = vcr.cassette.Cassette("recording", record_mode=vcr.record_mode.RecordMode.ALL)
        self._pool = _bound_pool(vcr.stubs.urllib3_stubs, self._cassette)
        self._clock = clock
        self._on_recorded = on_recorded
        self._times: list[str] = []
        self._lock = threading.Lock()

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """The interactions recorded so far, in order."""
        pairs = zip(self._cassette.data, self._times, strict=True)
        return tuple(from_vcrpy(request, response, recorded_at) for (request, response), recorded_at in pairs)

    def clear(self) -> None:
        """Discard the interactions recorded so far."""
        with self._lock:
            self._cassette.data.clear()
            self._times.clear()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> UpstreamResponse:
        """Send a request and record the interaction.

        Raises:
            urllib3.exceptions.HTTPError: There is no complete response; nothing is recorded.
        """
        with self._lock:
            response: Any = self._pool.request(
                method, url, headers=headers, body=body or None, redirect=False, retries=False, timeout=TIMEOUT
            )
            self._times.append(utc(self._clock()))
            self._on_recorded()
            return UpstreamResponse(response.status, dict(response.headers), response.data)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()


def _bound_pool(stubs: Any, cassette: Any) -> urllib3.PoolManager:
    """Return a pool manager with vcrpy's connection classes, bound to one cassette."""
    classes: dict[str, type[urllib3.HTTPConnectionPool]] = {
        "http": _bound(urllib3.HTTPConnectionPool, stubs.VCRRequestsHTTPConnection, cassette),
        "https": _bound(urllib3.HTTPSConnectionPool, stubs.VCRRequestsHTTPSConnection, cassette),
    }
    manager = urllib3.PoolManager()
    manager.pool_classes_by_scheme = classes
    return manager


def _bound(pool: type[Any], connection: type[Any], cassette: Any) -> type[Any]:
    taping = type(connection.__name__, (connection,), {"cassette": cassette})
    return type(pool.__name__, (pool,), {"ConnectionCls": taping})
