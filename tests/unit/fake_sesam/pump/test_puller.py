"""The `json` source on the wire: what is sent, and every way in which an answer is an error."""

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_sesam import Node
from fake_sesam.assumptions import Assumptions
from tests.unit.fake_sesam.conftest import Connector, Handler, NodeDir

PIPE_ID = "things-collect"
GOOD = b'[{"id": "a"}, {"id": "b"}]'


def raw(content: bytes) -> Callable[[Handler], None]:
    """Return a reply that writes bytes as they are and closes."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return reply


def head(*lines: str) -> bytes:
    """Return the head of a 200 response."""
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


BROKEN: list[tuple[str, Callable[[Handler], None], str]] = [
    ("short Content-Length", raw(head("Content-Length: 100") + GOOD), "the response was cut off"),
    ("long Content-Length", raw(head("Content-Length: 20") + GOOD), "not a complete JSON array"),
    ("bad Content-Length", raw(head("Content-Length: many") + GOOD), "expected a number as Content-Length"),
    ("no last chunk", raw(head("Transfer-Encoding: chunked") + b"1a\r\n" + GOOD + b"\r\n"), "the response was cut off"),
    ("short chunk", raw(head("Transfer-Encoding: chunked") + b"40\r\n" + GOOD), "the response was cut off"),
    ("bad gzip", raw(head("Content-Encoding: gzip", "Content-Length: 26") + GOOD), "the response was cut off"),
    ("no answer", raw(b""), "cannot read"),
    ("no HTTP", raw(b"hello\r\n\r\n"), "cannot read"),
    ("status 204", lambda handler: handler.send(b"", status=204), "empty body"),
    ("status 304", lambda handler: handler.send(b"", status=304), "expected a 2xx status, got 304"),
    ("status 404", lambda handler: handler.send(GOOD, status=404), "expected a 2xx status, got 404"),
    ("two arrays", lambda handler: handler.send(GOOD + GOOD), "not a complete JSON array"),
    ("bad UTF-8", lambda handler: handler.send(b'[{"id": "\xff"}]'), "not a complete JSON array"),
    ("object", lambda handler: handler.send(b'{"id": "a"}'), "Wrap it in [ ]"),
    ("null element", lambda handler: handler.send(b'[{"id": "a"}, null]'), "expected an object as element 2"),
]


@pytest.mark.parametrize(("reply", "message"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_response_fails_the_pump_and_deletes_nothing(
    node: Node, connector: Connector, reply: Callable[[Handler], None], message: str
) -> None:
    """The dataset is what it was."""
    connector.sends(GOOD)
    node.run_pipe(PIPE_ID)
    connector.replies(reply)

    result = node.run_pipe(PIPE_ID)

    assert message in str(result.error)
    assert result.deleted == 0
    assert [entity["_id"] for entity in node.dataset(PIPE_ID).entities()] == ["a", "b"]


def test_an_error_with_a_body_that_is_cut_off_is_retried(node_dir: NodeDir, connector: Connector) -> None:
    """As any error of the source."""
    node_dir.pipe(pump={"max_read_retries": 1})
    cut = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100\r\n\r\nsor"
    good: Callable[[Handler], None] = lambda handler: handler.send(GOOD)  # noqa: E731 - one of two replies
    replies = iter([raw(cut), good])
    connector.replies(lambda handler: next(replies)(handler))
    with node_dir.open(connector.url) as node:
        result = node.run_pipe(PIPE_ID)

        types = [event["event_type"] for event in node.execution_log(PIPE_ID)]
    assert (result.ok, types) == (True, ["pump-started", "read-error", "pump-completed"])


GOOD_ANSWERS: list[tuple[str, Callable[[Handler], None]]] = [
    ("plain", lambda handler: handler.send(GOOD)),
    ("spaces around", lambda handler: handler.send(b" \r\n" + GOOD + b"\n ")),
    ("status 201", lambda handler: handler.send(GOOD, status=201)),
    ("text/html", lambda handler: handler.send(GOOD, headers={"Content-Type": "text/html"})),
    (
        "gzip",
        lambda handler: handler.send(
            (body := gzip.compress(GOOD)), headers={"Content-Encoding": "gzip", "X-N": str(len(body))}
        ),
    ),
    ("until close", raw(head("Connection: close") + GOOD)),
    (
        "one byte a chunk",
        raw(head("Transfer-Encoding: chunked") + b"".join(b"1\r\n%c\r\n" % c for c in GOOD) + b"0\r\n\r\n"),
    ),
]


@pytest.mark.parametrize("reply", [case[1] for case in GOOD_ANSWERS], ids=[case[0] for case in GOOD_ANSWERS])
def test_a_valid_response_is_accepted_however_it_is_sent(
    node: Node, connector: Connector, reply: Callable[[Handler], None]
) -> None:
    """Framing, compression and content type do not matter."""
    connector.replies(reply)

    assert node.run_pipe(PIPE_ID).changed == 2


@pytest.mark.parametrize("body", [b"the token has expired", b'{"message": "the token has expired"}'])
def test_an_error_that_is_compressed_is_told_as_it_was_written(node: Node, connector: Connector, body: bytes) -> None:
    connector.sends(gzip.compress(body), status=401, headers={"Content-Encoding": "gzip"})

    assert str(node.run_pipe(PIPE_ID).error).endswith("got 401 Unauthorized: the token has expired")


def test_an_error_text_instead_of_the_closing_bracket_reaches_the_log(node: Node, connector: Connector) -> None:
    """A convention of Sesam's community: 200 with a body that is broken on purpose. No entity is quoted."""
    connector.sends(b'[{"id": "a"},\nHubSpot answered 502 on page 2')
    told = node.run_pipe(PIPE_ID)
    connector.sends(b'[{"id": "a"}, {"email": "person@example.com", "x')

    untold = node.run_pipe(PIPE_ID)

    assert "It ends with: HubSpot answered 502 on page 2" in str(told.error)
    assert "person@example.com" not in json.dumps(untold.events)


def test_an_invalid_content_length_is_accepted_if_configured(node_dir: NodeDir, connector: Connector) -> None:
    """`ignore_invalid_content_length_response_header`."""
    node_dir.system(ignore_invalid_content_length_response_header=True)
    connector.replies(raw(head("Content-Length: many", "Connection: close") + GOOD))
    with node_dir.open(connector.url) as node:
        assert node.run_pipe(PIPE_ID).ok


def test_the_query_and_the_headers_of_the_configuration_are_sent(node_dir: NodeDir, connector: Connector) -> None:
    """`since` is added to the query string that the URL has."""
    source = {
        "url": "/a/b?x=%20y&z",
        "headers": {"X-Source": "s"},
        "supports_since": True,
        "initial_since_value": "~t1 2",
    }
    node_dir.pipe(source=source)
    node_dir.system(headers={"X-System": "y"})
    connector.gives([])
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)

    assert connector.paths == ["/a/b?x=%20y&z&since=~t1+2"]
    assert (connector.received[0]["X-Source"], connector.received[0]["X-System"]) == ("s", "y")


def test_basic_and_digest_authentication(node_dir: NodeDir, connector: Connector) -> None:
    """Digest answers the challenge; without `authentication` the credentials are ignored."""
    challenge = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'}

    def reply(handler: Handler) -> None:
        is_known = handler.headers.get("Authorization", "").startswith(("Basic dTpw", 'Digest username="u"'))
        handler.send(GOOD if is_known else b"who?", status=200 if is_known else 401, headers=challenge)

    connector.replies(reply)
    outcomes = []
    for authentication in ("basic", "digest", None):
        node_dir.system(username="u", password="p", authentication=authentication)
        with node_dir.open(connector.url) as node:
            outcomes.append(node.run_pipe(PIPE_ID).ok)

    assert outcomes == [True, True, False]


def test_a_source_that_goes_silent_times_out(node_dir: NodeDir, connector: Connector) -> None:
    """`read_timeout` counts between reads."""
    node_dir.system(read_timeout=0.2)
    release = threading.Event()

    def reply(handler: Handler) -> None:
        handler.wfile.write(head("Content-Length: 100") + GOOD)
        handler.wfile.flush()
        release.wait(10)

    connector.replies(reply)
    with node_dir.open(connector.url) as node:
        result = node.run_pipe(PIPE_ID)
        release.set()

    assert not result.ok
    assert "timed out" in str(result.error).lower()


def test_a_system_that_does_not_listen_is_a_read_error_of_code_0(node_dir: NodeDir) -> None:
    """No communication could be established."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with node_dir.open(f"http://127.0.0.1:{unused.getsockname()[1]}") as node:
            result = node.run_pipe(PIPE_ID)

            error = next(event for event in node.execution_log(PIPE_ID) if event["event_type"] == "read-error")

    assert not result.ok
    assert error["error_code"] == 0


def test_a_certificate_is_checked_only_if_verify_ssl_is_true(node_dir: NodeDir, tls_url: str) -> None:
    """It is false by default, as documented."""
    outcomes = []
    for verify in (False, True):
        node_dir.system(verify_ssl=verify)
        with node_dir.open(tls_url) as node:
            result = node.run_pipe(PIPE_ID)
            outcomes.append(result.ok)

    assert outcomes == [True, False]
    assert "certificate" in str(result.error).lower()


@pytest.fixture
def tls_url(connector: Connector, tmp_path: Path) -> str:
    """The connector behind a certificate that nobody has signed."""
    trustme = pytest.importorskip("trustme", reason="the certificate is made with trustme")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    connector.use_tls(context)
    connector.sends(GOOD)
    return connector.url.replace("http:", "https:")


def redirect(handler: Handler) -> None:
    """Send the caller to another path, where the entities are."""
    if handler.path == "/there":
        handler.send(GOOD)
    else:
        handler.send(b"", status=302, headers={"Location": "/there"})


@pytest.mark.parametrize(
    ("assumptions", "reply", "processed"),
    [
        (Assumptions(), redirect, 2),
        (Assumptions(follows_redirects=False), redirect, None),
        (Assumptions(takes_object=True), lambda handler: handler.send(b' {"id": "a"}'), 1),
        (Assumptions(takes_object=True), lambda handler: handler.send(b'{"id": "a"} x'), None),
        (Assumptions(takes_object=True), lambda handler: handler.send(GOOD), 2),
        (Assumptions(takes_no_content=True), lambda handler: handler.send(b"", status=204), 0),
        (Assumptions(skips_other_elements=True), lambda handler: handler.send(b'[1, {"id": "a"}, null]'), 1),
    ],
)
def test_behaviour_that_the_documents_leave_open_can_be_changed(
    node_dir: NodeDir,
    connector: Connector,
    assumptions: Assumptions,
    reply: Callable[[Handler], None],
    processed: int | None,
) -> None:
    """With `--assume`, or in process."""
    connector.replies(reply)
    with node_dir.open(connector.url, assumptions=assumptions) as node:
        result = node.run_pipe(PIPE_ID)

    assert (result.processed if result.ok else None) == processed


def test_numbers_arrive_exactly_as_they_were_sent(node: Node, connector: Connector) -> None:
    """Integers of any size, decimals to the last digit."""
    connector.sends(
        b'[{"id": "a", "big": 123456789012345678901234567890, "exact": 1.10, "long": 0.1234567890123456789}]'
    )
    node.run_pipe(PIPE_ID)

    (entity,) = node.dataset(PIPE_ID).entities()

    assert entity["big"] == 123456789012345678901234567890
    assert [str(entity["exact"]), str(entity["long"])] == ["1.10", "0.1234567890123456789"]


def test_texts_arrive_exactly_as_they_were_sent(node: Node, connector: Connector) -> None:
    """Any character, nested names that start with an underscore, order of keys."""
    text = 'ÆØÅ \u2028 😀 "\\ \u0000~tilde'
    entity: dict[str, Any] = {"id": "a", "z": text, "a": [None, True, {"_x": text}], "empty": ""}
    connector.gives([{**entity, "_updated": 1, "_ts": 5}])
    node.run_pipe(PIPE_ID)

    (stored,) = node.dataset(PIPE_ID).entities()

    kept = {name: value for name, value in stored.items() if not name.startswith("_")}
    assert json.dumps(kept) == json.dumps(entity)
