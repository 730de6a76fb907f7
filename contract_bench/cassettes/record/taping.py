"""An HTTP client of its own that vcrpy records.

vcrpy normally replaces the connection classes of the whole process, so whatever else talks HTTP in it lands in the
cassette or gets lost. Here vcrpy's connections are bound to the pools of one client instead: nothing is patched, other
threads are neither recorded nor disturbed, and two tapes can run side by side.
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

__all__ = ["Answer", "TapingClient", "now_utc"]

TIMEOUT = urllib3.Timeout(connect=10, read=110)  # Cloudflare gives up on HubSpot after 100 s, and says so


def now_utc() -> datetime:
    """The moment, with its time zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its body decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TapingClient:
    """Sends requests one after the other and keeps what was said.

    Args:
        clock: When an interaction was recorded; vcrpy does not say it.
    """

    def __init__(self, *, clock: Callable[[], datetime] = now_utc) -> None:
        vcr = load_vcrpy()
        self._cassette: Any = vcr.cassette.Cassette("recording", record_mode=vcr.record_mode.RecordMode.ALL)
        self._pool = _bound_pool(vcr.stubs.urllib3_stubs, self._cassette)
        self._clock = clock
        self._times: list[str] = []
        self._lock = threading.Lock()

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What was recorded so far, in its order."""
        pairs = zip(self._cassette.data, self._times, strict=True)
        return tuple(from_vcrpy(request, response, recorded_at) for (request, response), recorded_at in pairs)

    def clear(self) -> None:
        """Forget what was recorded so far."""
        with self._lock:
            self._cassette.data.clear()
            self._times.clear()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one request and record it with its answer.

        Raises:
            urllib3.exceptions.HTTPError: there is no complete answer; nothing is recorded.
        """
        with self._lock:
            response: Any = self._pool.request(
                method, url, headers=headers, body=body or None, redirect=False, retries=False, timeout=TIMEOUT
            )
            self._times.append(utc(self._clock()))
            return Answer(response.status, dict(response.headers), response.data)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


def _bound_pool(stubs: Any, cassette: Any) -> urllib3.PoolManager:
    """A pool whose connections are vcrpy's, bound to one cassette."""
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
