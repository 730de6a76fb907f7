"""Where a connection leads, and what it says when it fails."""

import http.client
import ssl
from typing import Any

import pytest
from httptools import HttpParserError

from service.downstream import PatientDownstreamClient
from service.errors import MismatchError, PullAbandoned, UpstreamError
from service.proxy import Proxy
from service.upstream.connection import Connection, tls_context
from service.upstream.large_bodies import LargeBodies, Ticket
from service.upstream.messages import Request
from service.upstream.response_reader import ResponseReader
from tests.support.cases import for_each

PAGE = Request("/crm/v3/objects/contacts?limit=1")
PROXY = Proxy("proxy.example", 3128, "Basic a2FyaQ==")


class Wire(http.client.HTTPConnection):
    """A connection that sends nothing, and notes what it would send."""

    def request(self, *given: Any) -> None:  # type: ignore[override]
        """Note a request, or fail."""
        if error := vars(self).get("error"):
            raise error
        vars(self).setdefault("sent", []).append(given)


def connection_of(url: str, proxy: Proxy | None = None) -> tuple[Connection, Any]:
    connection = Connection(url, timeout_s=3, proxy=proxy, tls=ssl.create_default_context)
    return connection, connection._http


@pytest.mark.parametrize(
    ("url", "proxy", "first", "tunnel", "is_tls"),
    [
        ("http://a", None, ("a", 80), None, False),
        ("http://a:8400", None, ("a", 8400), None, False),
        ("https://a", None, ("a", 443), None, True),
        ("https://a:8443", None, ("a", 8443), None, True),
        ("http://[::1]:8400", None, ("::1", 8400), None, False),
        ("http://[::1]", None, ("::1", 80), None, False),
        ("http://a:8400", PROXY, ("proxy.example", 3128), None, False),
        ("https://a", PROXY, ("proxy.example", 3128), (b"a", 443), True),
        ("https://a:8443", PROXY, ("proxy.example", 3128), (b"a", 8443), True),
    ],
)
def test_a_connection_leads_to_hubspot_or_to_the_proxy(
    url: str, proxy: Proxy | None, first: tuple[str, int], tunnel: tuple[bytes, int] | None, is_tls: bool
) -> None:
    _, http_connection = connection_of(url, proxy)

    assert (http_connection.host, http_connection.port) == first
    assert http_connection.timeout == 3
    assert isinstance(http_connection, http.client.HTTPSConnection) is is_tls
    host = http_connection._tunnel_host
    assert (host and (host.encode() if isinstance(host, str) else host, http_connection._tunnel_port)) == tunnel
    if tunnel:
        assert http_connection._tunnel_headers["Proxy-Authorization"] == PROXY.authorization


@pytest.mark.parametrize(
    ("url", "proxy", "target", "extra"),
    [
        ("http://a", None, "/crm/v3/objects/contacts?limit=1", {}),
        ("http://a/gateway", None, "/gateway/crm/v3/objects/contacts?limit=1", {}),
        (
            "http://a:8400/gateway",
            PROXY,
            "http://a:8400/gateway/crm/v3/objects/contacts?limit=1",
            {"Proxy-Authorization": PROXY.authorization},
        ),
        ("http://a", Proxy("p", 1), "http://a/crm/v3/objects/contacts?limit=1", {}),
        ("https://a/gateway", PROXY, "/gateway/crm/v3/objects/contacts?limit=1", {}),
    ],
)
def test_a_proxy_for_http_is_sent_whole_urls(
    url: str, proxy: Proxy | None, target: str, extra: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.client, "HTTPConnection", Wire)
    monkeypatch.setattr(http.client.HTTPSConnection, "request", Wire.request)
    connection, wire = connection_of(url, proxy)

    connection.send(Request("/crm/v3/objects/contacts?limit=1", "POST", b"{}"), {"Accept": "x"})

    assert wire.sent == [("POST", target, b"{}", {"Accept": "x", **extra})]


@pytest.mark.parametrize(
    ("error", "kind", "status", "words"),
    [
        (TimeoutError(), "upstream-timeout", 504, "HubSpot did not respond to GET /crm/v3/objects/contacts in time."),
        (
            ConnectionRefusedError("secret"),
            "upstream-connection",
            502,
            "No complete response to GET /crm/v3/objects/contacts arrived from HubSpot at a:8400 "
            "(ConnectionRefusedError). Check the base URL and the network.",
        ),
        (http.client.RemoteDisconnected("x"), "upstream-connection", 502, "(RemoteDisconnected)"),
        (http.client.BadStatusLine("x"), "upstream-connection", 502, "(BadStatusLine)"),
        (HttpParserError("x"), "upstream-connection", 502, "(HttpParserError)"),
        (ValueError("secret"), "mismatch", 502, "GET /crm/v3/objects/contacts cannot be sent"),
    ],
)
def test_a_request_that_cannot_be_sent_closes_the_connection(
    error: Exception, kind: str, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.client, "HTTPConnection", Wire)
    connection, wire = connection_of("http://me:pw@a:8400")
    closed: list[bool] = []
    wire.error, wire.close = error, lambda: closed.append(True)

    with pytest.raises(UpstreamError) as caught:
        connection.send(PAGE, {})

    assert (caught.value.kind, caught.value.response_status, closed) == (kind, status, [True])
    assert words in caught.value.message
    assert "secret" not in caught.value.message
    assert isinstance(caught.value, MismatchError) is isinstance(error, ValueError)


def test_a_failure_through_a_proxy_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.client, "HTTPConnection", Wire)
    connection, wire = connection_of("http://a", PROXY)
    wire.error = ConnectionRefusedError()

    with pytest.raises(UpstreamError) as caught:
        connection.send(PAGE, {})

    assert caught.value.message.endswith(
        "arrived from HubSpot at a through the proxy http://***@proxy.example:3128 (ConnectionRefusedError). "
        "Check the base URL, the proxy and the network."
    )


@for_each("error", [PullAbandoned("Gone.", kind="caller-gone"), KeyboardInterrupt(), RuntimeError("a bug")])
def test_whatever_ends_the_wait_for_a_response_closes_the_connection(error: BaseException) -> None:
    connection, wire = connection_of("http://a")
    closed: list[bool] = []

    def fail() -> None:
        raise error

    wire.getresponse, wire.close = fail, lambda: closed.append(True)

    with pytest.raises(type(error)):
        connection.receive(PAGE, PatientDownstreamClient())

    assert closed == [True]


def ticket() -> Ticket:
    """Return the claim of a response to a place for a large body."""
    return Ticket(LargeBodies(), PatientDownstreamClient(), limit_s=1)


@pytest.mark.parametrize("proxy", [None, PROXY])
def test_the_standard_library_reads_what_a_proxy_answers_to_connect(
    proxy: Proxy | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And this package reads everything else."""
    monkeypatch.setattr(http.client.HTTPSConnection, "request", Wire.request)
    connection, wire = connection_of("https://a", proxy)
    connection._use_response_reader(PatientDownstreamClient(), ticket())
    reader = wire.response_class

    connection.send(PAGE, {})

    assert reader.func is ResponseReader
    assert reader.keywords["max_body_bytes"] == 8 * 2**20
    assert wire.response_class is (http.client.HTTPResponse if proxy else reader)


def test_a_response_is_read_within_the_limits_of_the_connection() -> None:
    def clock() -> float:
        return 5.0

    connection = Connection("http://a", timeout_s=3, transfer_timeout_s=4, max_body_bytes=5, clock=clock)
    downstream, own = PatientDownstreamClient(), ticket()

    connection._use_response_reader(downstream, own)

    reader: Any = connection._http.response_class
    assert reader.keywords == {
        "downstream": downstream,
        "timeout_s": 3,
        "transfer_timeout_s": 4,
        "max_body_bytes": 5,
        "clock": clock,
        "on_size": own.grow,
        "is_readable": False,
    }


def test_a_connection_of_a_recorder_is_left_alone() -> None:
    """It reads by itself."""

    class Recorder:
        response_class = "its own"

        def request(self, *_given: Any) -> None:
            """Record."""

    connection, _ = connection_of("https://a", PROXY)
    recorder: Any = Recorder()
    connection._http = recorder

    connection.send(PAGE, {})
    connection._use_response_reader(PatientDownstreamClient(), ticket())

    assert recorder.response_class == "its own"


def test_tls_is_verified_and_speaks_http_1_1(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[list[str]] = []
    monkeypatch.setattr(ssl.SSLContext, "set_alpn_protocols", lambda _self, names: offered.append(names))

    context = tls_context()

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert offered == [["http/1.1"]]


def test_a_connection_creates_its_context_if_none_is_shared() -> None:
    connection = Connection("https://a", timeout_s=1)

    assert isinstance(connection._http, http.client.HTTPSConnection)


@for_each(
    ("target", "is_batch"),
    [
        ("/crm/v3/objects/contacts/batch/read", True),
        ("/crm/v3/objects/contacts/batch/read?hapikey=x", True),
        ("/crm/v3/objects/contacts?after=/batch/read", False),
        ("/crm/v3/objects/contacts", False),
    ],
)
def test_a_batch_is_recognised_by_its_path(target: str, is_batch: bool) -> None:
    assert Request(target).is_batch is is_batch
    assert Request(f"{target}", "POST").name == f"POST {target.partition('?')[0]}"
