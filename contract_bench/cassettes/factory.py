"""Opens cassettes in a test: vcrpy, with its traps closed.

with open_cassette(Path("cassettes/contacts/full-walk.yaml")) as played:
    requests.get("http://fake-hubspot.test/crm/v3/objects/contacts?limit=100")

* Nothing is recorded and nothing leaves the machine (mode ``none``); requests to this machine itself pass.
* Two requests are the same when method, host, path, query **and body** are; the same request is answered in the order
  it was recorded in.
* vcrpy replaces the connection classes of the whole process. So one cassette is open at a time: another thread waits
  for its turn, and a second one in the same thread is an error. Threads that share the open cassette lose nothing
  either: vcrpy lifts its replacement for a moment whenever it makes a connection, here it does so only for the
  standard library. Processes (pytest-xdist) are independent of each other.
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

__all__ = ["Played", "open_cassette"]

MATCH_ON = ("method", "host", "path", "query", "body")
WAIT_S = 60.0


class _Turn:
    """Whose turn it is to have a cassette open, in this process."""

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
                f"{path} waited {wait_s:.0f} s for another thread to close {self._holder and self._holder[1]}"
            )
        self._holder = (threading.get_ident(), path)
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()


_TURN = _Turn()


class Played:
    """An open cassette.

    Attributes:
        path: Its file.
    """

    def __init__(self, path: Path, cassette: Any) -> None:
        self.path = path
        self._cassette = cassette

    @property
    def play_count(self) -> int:
        """How many answers were given."""
        return int(self._cassette.play_count)

    @property
    def all_played(self) -> bool:
        """Whether each interaction was played."""
        return bool(self._cassette.all_played)

    @property
    def indices(self) -> tuple[int, ...]:
        """The interactions that were played."""
        return tuple(sorted(self._cassette.play_counts))


@contextmanager
def open_cassette(path: Path, *, allow_playback_repeats: bool = False, wait_s: float = WAIT_S) -> Iterator[Played]:
    """Answer this process's HTTP requests from a cassette, and refuse every request that it does not hold.

    Raises:
        CassetteUnreadableError: there is no such cassette.
        CassetteOpenError: this thread has one open already.
        VcrpyMissingError: vcrpy is not installed.
    """
    vcr, cassette = load_vcrpy(), read_cassette(path)
    recorder = vcr.VCR(record_mode="none", match_on=MATCH_ON, ignore_localhost=True)
    recorder.register_persister(_Persister(cassette))
    with ExitStack() as stack:
        stack.enter_context(_TURN.taken(path, wait_s=wait_s))
        stack.enter_context(_thread_safe(vcr))
        opened = stack.enter_context(recorder.use_cassette(str(path), allow_playback_repeats=allow_playback_repeats))
        played = Played(path, opened)
        try:
            yield played
        finally:
            for index in played.indices:
                note_played(path, index)


class _Persister:
    """Gives vcrpy what was read in any dialect; nothing is ever saved."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette

    def load_cassette(self, path: str, serializer: object) -> tuple[list[Any], list[Any]]:  # noqa: ARG002 - vcrpy's
        pairs = [to_vcrpy(one) for one in self._cassette]
        return [request for request, _ in pairs], [response for _, response in pairs]

    def save_cassette(self, path: str, cassette: object, serializer: object) -> None:
        """Nothing is recorded in this mode."""


@contextmanager
def _thread_safe(vcr: Any) -> Iterator[None]:
    """Close the two gaps through which threads that share a cassette lose requests.

    Making a connection, vcrpy puts every original class back for a moment (``force_reset``): a thread that connects
    just then reaches the network. Only the standard library's classes are needed there, because they call themselves
    by name. And looking an answer up and taking it are two steps.
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
            return look_up(connection, *args, **kwargs)  # to this machine itself: it must not hold up the others
        with lock:
            return look_up(connection, *args, **kwargs)

    with (
        mock.patch.object(vcr.patch, "force_reset", reset_stdlib),
        mock.patch.object(vcr.stubs.VCRConnection, "getresponse", getresponse),
    ):
        yield
