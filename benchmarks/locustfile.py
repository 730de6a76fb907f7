"""A self-contained Locust file that puts load on a connector with pipes that read like a Sesam node.

Each user is a pipe. It reads the array to its end, entity by entity. A pull counts as failed when a node's pump would
fail: a status other than 2xx, an array that is not closed, a broken connection, or an element that is not an object.
`FullPipe` reads everything each time. `SincePipe` reads everything once, and then only what changed since the largest
token of the last complete pull. Locust reports the time and the size of whole pulls.

On one machine, three pipes for half a minute; the exit status is 1 if a pull failed:

    locust -f locustfile.py --headless -u 3 -t 30s -s 60 -H http://127.0.0.1:5000 FullPipe

(`-s 60` lets pulls that are still running after the half minute finish.) On several machines, one is the leader. It
sends this file to the others, which pull with one worker per core:

    locust -f locustfile.py --headless -u 30 -t 60s -s 60 -H http://connector:5000 --master --expect-workers 4 FullPipe
    locust -f - --worker --processes -1 --master-host LEADER

Without `--headless`, the leader serves a page on port 8089 instead. `--entities 10000` fails a full pull that returns
any other number, which detects an array that was closed too early. `--help` explains `--route` and `--pause-s`. If the
connector requires a name and a password, set `LOCUST_HOST=http://NAME:PASSWORD@connector:5000`.

Requires Locust and ijson.
"""

import io
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import ijson  # type: ignore[import-untyped]  # it has no stubs
import requests
import urllib3
from locust import User, events, task  # type: ignore[import-not-found]  # an environment of its own

TIMEOUTS_S = (60, 1800)  # a Sesam system's defaults for connecting and for reading
PIECE = 1 << 16
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, ijson.JSONError, ValueError, TypeError)
Token = str | int


class Body(Protocol):
    """A response's body."""

    def read(self, amount: int, /) -> bytes:
        """Return some bytes, or none at the end."""


@dataclass(slots=True)
class Array:
    """Passes a body on, counts its bytes and checks that it starts an array, because ijson also accepts an object."""

    body: Body = field(default_factory=io.BytesIO)
    length: int = 0
    begun: bool = False

    def read(self, amount: int) -> bytes:
        """Return the next piece for ijson. Yield to other pipes first, even if the piece has already arrived."""
        time.sleep(0)
        piece = self.body.read(amount)
        self.length += len(piece)
        if not self.begun and (start := piece.lstrip()):
            if not start.startswith(b"["):
                raise ValueError(f"expected an array, got a body that starts with {start[:1]!r}")
            self.begun = True
        return piece


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a complete pull. `token` is the largest `_updated`, or None if no entity had one."""

    entities: int
    token: Token | None


def read(array: Array) -> Pulled:
    """Read to the end.

    Raises:
        ValueError: It is not an array, or an element is not an object.
        ijson.JSONError: It is not valid JSON, not closed, or followed by something.
    """
    count, token = 0, None
    for entity in ijson.items(array, "item", buf_size=PIECE, use_float=True):
        if not isinstance(entity, dict):
            raise ValueError(f"expected only objects, got an element of type {type(entity).__name__}")
        count += 1
        token = later(token, entity.get("_updated"))
    return Pulled(count, token)


def later(one: Token | None, other: Token | None) -> Token | None:
    """Return the larger of two tokens, either of which may be missing."""
    return max((token for token in (one, other) if token is not None), default=None)


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def add_options(parser: Any) -> None:
    """Add the options of this file to the command line."""
    parser.add_argument("--route", default="get_contacts", help="the route that the pipes read")
    parser.add_argument("--entities", type=int, default=None, help="how many entities a full pull must return")
    parser.add_argument("--pause-s", type=float, default=0.0, help="seconds between two pulls of a pipe")


class Pipe(User):  # type: ignore[misc]
    """What both kinds of pipe have in common."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.options = environment.parsed_options
        self.session = requests.Session()
        self.session.trust_env = False
        self.token: Token | None = None

    def wait_time(self) -> float:
        """Return the seconds between two pulls."""
        return float(self.options.pause_s)

    def pull(self, since: Token | None) -> None:
        """Pull once and report the result to Locust. A failed pull leaves the token unchanged, like a pipe's offset."""
        array, begun, problem = Array(), time.perf_counter(), None
        try:
            pulled = self._read(array, since)
            self.token = pulled.token or self.token
        except FAILURES as error:
            problem = error
        self.environment.events.request.fire(
            request_type="GET",
            name="full pull" if since is None else "since pull",
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=array.length,
            exception=problem,
            context={},
        )

    def _read(self, array: Array, since: Token | None) -> Pulled:
        url, wanted = f"{self.host.rstrip('/')}/{self.options.route.lstrip('/')}", self.options.entities
        params = {} if since is None else {"since": str(since)}
        with self.session.get(url, params=params, stream=True, timeout=TIMEOUTS_S) as answer:
            if answer.status_code // 100 != 2:
                raise ValueError(f"expected a 2xx status, got {answer.status_code}")
            answer.raw.decode_content = True
            array.body = answer.raw
            pulled = read(array)
        if since is None and wanted not in (None, pulled.entities):
            raise ValueError(f"expected {wanted} entities, got {pulled.entities}")
        return pulled


class FullPipe(Pipe):
    """Reads everything each time."""

    @task  # type: ignore[untyped-decorator]
    def pull_everything(self) -> None:
        """Pull without `since`."""
        self.pull(None)


class SincePipe(Pipe):
    """Reads everything once, and then only what changed."""

    @task  # type: ignore[untyped-decorator]
    def pull_what_changed(self) -> None:
        """Pull from the last token on, if there is one."""
        self.pull(self.token)
