"""Opens cassettes in a test with vcrpy, in a safe configuration.

with open_cassette(Path("cassettes/contacts/full-walk.yaml")) as played:
    requests.get("http://fake-hubspot.test/crm/v3/objects/contacts?limit=100")

* Nothing is recorded and no request leaves the machine (record mode `none`). Requests to this machine are not replayed.
* Requests match by method, host, path, query **and body**. Identical requests are answered in recorded order.
* vcrpy replaces the connection classes of the whole process, so only one cassette is open at a time: another thread
  waits, and a second cassette in the same thread is an error. Threads may share the open cassette. While vcrpy creates
  a connection it briefly removes its replacement; here it does so only for the standard library, so that no request of
  another thread reaches the network. Processes (pytest-xdist) are independent of each other.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteError, CassetteOpenError
from contract_bench.cassettes.model import Cassette
from contract_bench.cassettes.usage import note_played
from contract_bench.cassettes.vcrpy_loader import load_vcrpy, to_vcrpy

__all__ = ["PlayedCassette", "open_cassette"]

MATCH_ON = ("method", "host", "path", "query", "body")
WAIT_S = 60.0


class _OneAtATime:
    """Lets one thread at a time have a cassette open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: tuple[int, Path] | None = None

    @contextmanager
    def taken(self, path: Path, *, wait_s: float) -> Iterator[None]:
        holder = self._holder
        if holder is not None and holder[0] == threading.get_ident():
            raise CassetteOpenError(holder[1], path)
        if not self._lock.acquire(timeout=wait_s):
            raise CassetteError(
                f"{path} cannot be opened: another thread did not close {self._holder and self._holder[1]} within "
                f"{wait_s:.0f} s. Close it, or play one cassette per process."
            )
        self._holder = (threading.get_ident(), path)
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()


_ONE_AT_A_TIME = _OneAtATime()


class PlayedCassette:
    """An open cassette and what has been played from it.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, cassette: Any) -> None:
        self.path = path
        self._cassette = cassette

    @property
    def play_count(self) -> int:
        """How many responses have been played."""
        return int(self._cassette.play_count)

    @property
    def all_played(self) -> bool:
        """Whether every interaction has been played."""
        return bool(self._cassette.all_played)

    @property
    def indices(self) -> tuple[int, ...]:
        """The indices of the interactions that have been played."""
        return tuple(sorted(self._cassette.play_counts))


@contextmanager
def open_cassette(
    path: Path, *, allow_playback_repeats: bool = False, wait_s: float = WAIT_S
) -> Iterator[PlayedCassette]:
    """Answer the HTTP requests of this process from a cassette and refuse every request that is not recorded.

    Raises:
        CassetteUnreadableError: The cassette is missing or cannot be read.
        CassetteOpenError: This thread already has a cassette open.
        VcrpyMissingError: vcrpy is not installed.
    """
    vcr, cassette = load_vcrpy(), read_cassette(path)
    recorder = vcr.VCR(record_mode="none", match_on=MATCH_ON, ignore_localhost=True)
    recorder.register_persister(_Persister(cassette))
    with ExitStack() as stack:
        stack.enter_context(_ONE_AT_A_TIME.taken(path, wait_s=wait_s))
        stack.enter_context(_thread_safe(vcr))
        opened = stack.enter_context(recorder.use_cassette(str(path), allow_playback_repeats=allow_playback_repeats))
        played = PlayedCassette(path, opened)
        try:
            yield played
        finally:
            for index in played.indices:
                note_played(path, index)


class _Persister:
    """Passes a cassette in any supported format to vcrpy, and saves nothing."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette

    def load_cassette(self, path: str, serializer: object) -> tuple[list[Any], list[Any]]:  # noqa: ARG002 - vcrpy's
        pairs = [to_vcrpy(one) for one in self._cassette]
        return [request for request, _ in pairs], [response for _, response in pairs]

    def save_cassette(self, path: str, cassette: object, serializer: object) -> None:
        """Do nothing: in this mode nothing is recorded."""


@contextmanager
def _thread_safe(vcr: Any) -> Iterator[None]:
    """Close two race conditions between threads that share a cassette.

    While vcrpy creates a connection it restores all original classes (`force_reset`), and a thread that connects at
    that moment reaches the network. Restoring the classes of the standard library is enough, because only they refer
    to themselves by name. The second race: vcrpy looks up a response and marks it as played in two steps.
    """
    lock = threading.RLock()
    look_up = vcr.stubs.VCRConnection.getresponse

    @contextmanager
    def reset_stdlib() -> Iterator[None]:
        plain, tls = vcr.patch._HTTPConnection, vcr.patch._HTTPSConnection
        with lock, mock.patch.multiple(http.client, HTTPConnection=plain, HTTPSConnection=tls):
            yield

    def getresponse(connection: Any, *args: Any, **kwargs: Any) -> Any:
        if connection.cassette.filter_request(connection._vcr_request) is None:
            return look_up(connection, *args, **kwargs)  # a request to this machine must not block the others
        with lock:
            return look_up(connection, *args, **kwargs)

    with (
        mock.patch.object(vcr.patch, "force_reset", reset_stdlib),
        mock.patch.object(vcr.stubs.VCRConnection, "getresponse", getresponse),
    ):
        yield
