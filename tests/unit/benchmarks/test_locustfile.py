"""The Locust file's pipes read as a Sesam node does. Locust itself is played: it lives in an environment of its own."""

import gzip
import importlib
import io
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

WHOLE = b'[{"_id": "1", "_updated": "b"}, {"_id": "2", "_updated": "c"}, {"_id": "3", "_updated": "a"}]'
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


class PlayedUser:
    """As much of Locust's user as the file needs."""

    host = ""

    def __init__(self, environment: Any) -> None:
        self.environment = environment


@pytest.fixture(scope="module")
def pipes() -> Iterator[ModuleType]:
    """The file, imported with a Locust that does nothing."""
    played: Any = ModuleType("locust")
    played.User, played.task = PlayedUser, lambda function: function
    listener = SimpleNamespace(add_listener=lambda function: function)
    played.events = SimpleNamespace(init_command_line_parser=listener)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "locust", played)
        yield importlib.import_module("benchmarks.locustfile")
        sys.modules.pop("benchmarks.locustfile")


class Connector:
    """Answers with the bytes it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer = b""
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self.close_connection = True
                self.wfile.write(outer.answer)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def server() -> Iterator[Connector]:
    """One for all tests of the file."""
    connector = Connector()
    thread = threading.Thread(target=connector.server.serve_forever, args=(0.02,))
    thread.start()
    yield connector
    connector.server.shutdown()
    thread.join(5)
    connector.server.server_close()


@pytest.fixture
def connector(server: Connector) -> Connector:
    """As new."""
    server.asked.clear()
    return server


@pytest.fixture
def fired() -> list[dict[str, Any]]:
    """What Locust was told."""
    return []


@pytest.fixture
def environment(fired: list[dict[str, Any]]) -> Any:
    """Locust's, with the options as they are by default."""
    request = SimpleNamespace(fire=lambda **told: fired.append(told))
    options = SimpleNamespace(route="get_contacts", entities=None, pause_s=0.0)
    return SimpleNamespace(events=SimpleNamespace(request=request), parsed_options=options)


def sized(body: bytes, *, head: bytes = OK) -> bytes:
    """A response with a length."""
    return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_an_array_is_counted_and_gives_its_largest_token(pipes: ModuleType) -> None:
    """Which need not be the last one's."""
    array = pipes.Array(io.BytesIO(b"  " + WHOLE))

    assert pipes.read(array) == pipes.Pulled(3, "c")
    assert array.length == len(WHOLE) + 2


@pytest.mark.parametrize(
    "text", [b"", b"[", b'[{"_id": "1"}', b'[{"_id": "1"},', b'{"_id": "1"}', b'["1"]', b"[{}]]", b"[{}] Traceback"]
)
def test_what_a_node_would_not_take_is_an_error(pipes: ModuleType, text: bytes) -> None:
    """Not closed, no array, no objects, something behind it."""
    with pytest.raises(pipes.FAILURES):
        pipes.read(pipes.Array(io.BytesIO(text)))


@pytest.mark.parametrize(
    "answer",
    [
        sized(WHOLE, head=OK.replace(b"200 OK", b"502 Bad Gateway")),
        sized(b"", head=OK.replace(b"200 OK", b"204 No Content")),
        OK + b"Content-Length: 999\r\n\r\n" + WHOLE,
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(WHOLE), WHOLE),
        OK + b"\r\n" + WHOLE[:-1],
        sized(gzip.compress(WHOLE)[:-9], head=OK + b"Content-Encoding: gzip\r\n"),
    ],
    ids=["status", "no content", "too short", "no last chunk", "not closed", "gzip cut"],
)
def test_a_pull_that_broke_is_told_to_locust_as_a_failure(
    pipes: ModuleType, connector: Connector, environment: Any, fired: list[dict[str, Any]], answer: bytes
) -> None:
    """However it broke; and the pipe goes on from where it was."""
    connector.answer = answer
    pipe = pipes.SincePipe(environment)
    pipe.host, pipe.token = connector.url, "before"

    pipe.pull_what_changed()

    assert [(told["name"], told["exception"] is None) for told in fired] == [("since pull", False)]
    assert pipe.token == "before"


def test_a_pipe_asks_for_everything_and_then_for_what_changed(
    pipes: ModuleType, connector: Connector, environment: Any, fired: list[dict[str, Any]]
) -> None:
    """An empty answer leaves the token as it is."""
    pipe = pipes.SincePipe(environment)
    pipe.host = f"{connector.url}/"

    for body in (WHOLE, b"[]", b"[]"):
        connector.answer = sized(gzip.compress(body), head=OK + b"Content-Encoding: gzip\r\n")
        pipe.pull_what_changed()

    assert connector.asked == ["/get_contacts", "/get_contacts?since=c", "/get_contacts?since=c"]
    assert [told["name"] for told in fired] == ["full pull", "since pull", "since pull"]
    assert all(told["exception"] is None for told in fired)


@pytest.mark.parametrize(("wanted", "is_failure"), [(3, False), (4, True)])
def test_a_full_pull_must_bring_as_many_as_it_is_told(
    pipes: ModuleType,
    connector: Connector,
    environment: Any,
    fired: list[dict[str, Any]],
    wanted: int,
    is_failure: bool,
) -> None:
    """An array that was closed too early has no other mark."""
    connector.answer, environment.parsed_options.entities = sized(WHOLE), wanted
    pipe = pipes.FullPipe(environment)
    pipe.host = connector.url

    pipe.pull_everything()

    assert [told["exception"] is not None for told in fired] == [is_failure]


def test_a_connector_that_is_not_there_is_a_failure(
    pipes: ModuleType, environment: Any, fired: list[dict[str, Any]]
) -> None:
    """And no end of the load."""
    pipe = pipes.FullPipe(environment)
    pipe.host = "http://127.0.0.1:1"

    pipe.pull_everything()

    assert fired[0]["exception"] is not None
