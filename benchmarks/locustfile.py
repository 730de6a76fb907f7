"""Load on a connector by pipes that read as a Sesam node does: a file for Locust, complete in itself.

A user is a pipe. It reads the array to its end, entity by entity, and a pull counts as failed where a node's pump would
fail: another status than 2xx, an array that is not closed, a connection that broke off, something that is no object.
`FullPipe` reads everything each time; `SincePipe` reads everything once, and then what changed since the largest token
that a whole pull brought. Locust's times are those of whole pulls, its sizes those of whole arrays.

On one machine, three pipes for half a minute; the exit status is 1 where a pull failed:

    locust -f locustfile.py --headless -u 3 -t 30s -s 60 -H http://127.0.0.1:5000 FullPipe

(`-s 60` lets the pulls end that are under way after the half minute.) From several machines: one leads; the others
pull, with a worker for each core, and are sent this file by the leader:

    locust -f locustfile.py --headless -u 30 -t 60s -s 60 -H http://connector:5000 --master --expect-workers 4 FullPipe
    locust -f - --worker --processes -1 --master-host LEADER

Without `--headless` the leader shows a page at port 8089 instead. `--entities 10000` fails a full pull that brings
another number: that finds an array which was closed too early. `--route` and `--pause-s` are explained by `--help`.
Where the connector asks for a name and a password, they go into `LOCUST_HOST=http://NAME:PASSWORD@connector:5000`.

Needs Locust and ijson.
"""

import io
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import ijson  # type: ignore[import-untyped]  # it has no stubs
import requests
import urllib3
from locust import User, events, task  # type: ignore[import-not-found]  # an environment of its own

TIMEOUTS_S = (60, 1800)  # a Sesam system's own, for connecting and for silence
PIECE = 1 << 16
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, ijson.JSONError, ValueError, TypeError)
Token = str | int


class Body(Protocol):
    """A response's body."""

    def read(self, amount: int, /) -> bytes:
        """Some bytes, none at the end."""


@dataclass(slots=True)
class Array:
    """Hands a body on, counts its bytes and makes sure that it begins as an array, for ijson believes an object too."""

    body: Body = field(default_factory=io.BytesIO)
    length: int = 0
    begun: bool = False

    def read(self, amount: int) -> bytes:
        """What ijson asks for. Others have their turn in between, even where the next piece is there already."""
        time.sleep(0)
        piece = self.body.read(amount)
        self.length += len(piece)
        if not self.begun and (start := piece.lstrip()):
            if not start.startswith(b"["):
                raise ValueError(f"expected an array, it begins with {start[:1]!r}")
            self.begun = True
        return piece


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a whole pull brought; `token` is the largest `_updated`, None where no entity had one."""

    entities: int
    token: Token | None


def read(array: Array) -> Pulled:
    """Read to the end.

    Raises:
        ValueError: it is no array, or an element is no object.
        ijson.JSONError: it is not closed, no JSON, or something follows it.
    """
    count, token = 0, None
    for entity in ijson.items(array, "item", buf_size=PIECE, use_float=True):
        if not isinstance(entity, dict):
            raise ValueError(f"expected objects, one element is of type {type(entity).__name__}")
        count += 1
        token = later(token, entity.get("_updated"))
    return Pulled(count, token)


def later(one: Token | None, other: Token | None) -> Token | None:
    """The larger of two tokens, either of which may be missing."""
    return max((token for token in (one, other) if token is not None), default=None)


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def add_options(parser: Any) -> None:
    """What is asked of the connector."""
    parser.add_argument("--route", default="get_contacts", help="what the pipes read")
    parser.add_argument("--entities", type=int, default=None, help="how many a full pull must bring")
    parser.add_argument("--pause-s", type=float, default=0.0, help="seconds between two pulls of a pipe")


class Pipe(User):  # type: ignore[misc]
    """What both have in common."""

    abstract = True

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.options = environment.parsed_options
        self.session = requests.Session()
        self.session.trust_env = False
        self.token: Token | None = None

    def wait_time(self) -> float:
        """Between two pulls."""
        return float(self.options.pause_s)

    def pull(self, since: Token | None) -> None:
        """One pull, told to Locust. After a failed one the token is what it was, as a pipe's offset is."""
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
                raise ValueError(f"expected a status of 2xx, got {answer.status_code}")
            answer.raw.decode_content = True
            array.body = answer.raw
            pulled = read(array)
        if since is None and wanted not in (None, pulled.entities):
            raise ValueError(f"expected {wanted} entities, got {pulled.entities}")
        return pulled


class FullPipe(Pipe):
    """Reads everything, again and again."""

    @task  # type: ignore[untyped-decorator]
    def pull_everything(self) -> None:
        """A pull without `since`."""
        self.pull(None)


class SincePipe(Pipe):
    """Reads everything once, and then what changed."""

    @task  # type: ignore[untyped-decorator]
    def pull_what_changed(self) -> None:
        """A pull from the token on, as soon as there is one."""
        self.pull(self.token)
