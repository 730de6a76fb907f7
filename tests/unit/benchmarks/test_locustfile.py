"""The pipes of the Locust file read like a Sesam node. Locust itself is replaced: it has an environment of its own."""

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

from tests.support.cases import for_each

WHOLE = b'[{"_id": "1", "_updated": "b"}, {"_id": "2", "_updated": "c"}, {"_id": "3", "_updated": "a"}]'
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


class PlayedUser:
    """The parts of Locust's user that the file needs."""

    host = ""

    def __init__(self, environment: Any) -> None:
        self.environment = environment


@pytest.fixture(scope="module")
def pipes() -> Iterator[ModuleType]:
    """Import the file with a Locust that does nothing."""
    played: Any = ModuleType("locust")
    played.User, played.task = PlayedUser, lambda function: function
    listener = SimpleNamespace(add_listener=lambda function: function)
    played.events = SimpleNamespace(init_command_line_parser=listener)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "locust", played)
        yield importlib.import_module("benchmarks.locustfile")
        sys.modules.pop("benchmarks.locustfile")


class Connector:
    """Answers with scripted bytes and keeps the requests."""

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
    """Start one connector for all tests of this file."""
    connector = Connector()
    thread = threading.Thread(target=connector.server.serve_forever, args=(0.02,))
    thread.start()
    yield connector
    connector.server.shutdown()
    thread.join(5)
    connector.server.server_close()


@pytest.fixture
def connector(server: Connector) -> Connector:
    """Return the connector without requests."""
    server.asked.clear()
    return server


@pytest.fixture
def fired() -> list[dict[str, Any]]:
    """Return the events that Locust received."""
    return []


@pytest.fixture
def environment(fired: list[dict[str, Any]]) -> Any:
    """Return Locust's environment with the default options."""
    request = SimpleNamespace(fire=lambda **told: fired.append(told))
    options = SimpleNamespace(route="get_contacts", entities=None, pause_s=0.0)
    return SimpleNamespace(events=SimpleNamespace(request=request), parsed_options=options)


def sized(body: bytes, *, head: bytes = OK) -> bytes:
    """Return a response with a length."""
    return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_entities_are_counted_and_the_largest_token_is_kept(pipes: ModuleType) -> None:
    """It does not have to be the last one."""
    array = pipes.Array(io.BytesIO(b"  " + WHOLE))

    assert pipes.read(array) == pipes.Pulled(3, "c")
    assert array.length == len(WHOLE) + 2


@for_each(
    "text", [b"", b"[", b'[{"_id": "1"}', b'[{"_id": "1"},', b'{"_id": "1"}', b'["1"]', b"[{}]]", b"[{}] Traceback"]
)
def test_a_body_that_a_node_would_reject_is_an_error(pipes: ModuleType, text: bytes) -> None:
    """Not closed, not an array, not objects, or followed by something."""
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
def test_a_broken_pull_is_reported_to_locust_as_a_failure(
    pipes: ModuleType, connector: Connector, environment: Any, fired: list[dict[str, Any]], answer: bytes
) -> None:
    """However it broke. The pipe keeps its token."""
    connector.answer = answer
    pipe = pipes.SincePipe(environment)
    pipe.host, pipe.token = connector.url, "before"

    pipe.pull_what_changed()

    assert [(told["name"], told["exception"] is None) for told in fired] == [("since pull", False)]
    assert pipe.token == "before"


def test_a_pipe_reads_everything_and_then_the_changes(
    pipes: ModuleType, connector: Connector, environment: Any, fired: list[dict[str, Any]]
) -> None:
    """An empty response leaves the token unchanged."""
    pipe = pipes.SincePipe(environment)
    pipe.host = f"{connector.url}/"

    for body in (WHOLE, b"[]", b"[]"):
        connector.answer = sized(gzip.compress(body), head=OK + b"Content-Encoding: gzip\r\n")
        pipe.pull_what_changed()

    assert connector.asked == ["/get_contacts", "/get_contacts?since=c", "/get_contacts?since=c"]
    assert [told["name"] for told in fired] == ["full pull", "since pull", "since pull"]
    assert all(told["exception"] is None for told in fired)


@pytest.mark.parametrize(("wanted", "is_failure"), [(3, False), (4, True)])
def test_a_full_pull_must_return_the_given_number_of_entities(
    pipes: ModuleType,
    connector: Connector,
    environment: Any,
    fired: list[dict[str, Any]],
    wanted: int,
    is_failure: bool,
) -> None:
    """An array that was closed too early cannot be detected otherwise."""
    connector.answer, environment.parsed_options.entities = sized(WHOLE), wanted
    pipe = pipes.FullPipe(environment)
    pipe.host = connector.url

    pipe.pull_everything()

    assert [told["exception"] is not None for told in fired] == [is_failure]


def test_an_unreachable_connector_is_a_failure(
    pipes: ModuleType, environment: Any, fired: list[dict[str, Any]]
) -> None:
    """It does not end the load."""
    pipe = pipes.FullPipe(environment)
    pipe.host = "http://127.0.0.1:1"

    pipe.pull_everything()

    assert fired[0]["exception"] is not None
