"""Webhooks over real connections: what a receiver gets, and what a receiver can do to the fake."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from fake_hubspot import Server, Settings
from fake_hubspot.portal.signatures import verify_signature
from tests.unit.fake_hubspot.conftest import Client

SECRET = "the-secret-of-the-app"
CONTACTS = "/crm/v3/objects/contacts"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Receiver:
    """Receives webhooks, and answers each with what `answers` yields: bytes, or what is done to the connection."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[bytes | Callable[[socket.socket], None]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                answer = receiver.answers.pop(0) if receiver.answers else ANSWER
                self.close_connection = True
                with contextlib.suppress(OSError):
                    if isinstance(answer, bytes):
                        self.wfile.write(answer)
                    else:
                        answer(self.connection)

            def do_GET(self) -> None:
                receiver.requests.append((self.path, {}, b""))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def events(self) -> list[dict[str, Any]]:
        """Every event that has arrived, in order."""
        return [event for _, _, body in self.requests for event in msgspec.json.decode(body)]


@pytest.fixture(scope="module")
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@pytest.fixture(scope="module")
def serving() -> Iterator[Client]:
    with Server(Settings(contacts=0)) as server:
        client = Client(server)
        yield client
        client.close()


@pytest.fixture
def receiver(receiving: Receiver) -> Receiver:
    receiving.requests.clear()
    receiving.answers.clear()
    return receiving


@pytest.fixture
def client(serving: Client) -> Client:
    assert serving.post("/_fake/reset", {}).ok
    return serving


def subscribe(client: Client, receiver: Receiver, *types: str, **more: Any) -> None:
    subscriptions = [{"eventType": one} for one in types or ("contact.creation",)]
    body = {"targetUrl": receiver.url, "secret": SECRET, "subscriptions": subscriptions} | more
    answer = client.request("PUT", "/_fake/webhooks/apps/7", json=body)
    assert answer.ok, answer.text


def create(client: Client, name: str = "Ada") -> str:
    return str(client.post(CONTACTS, {"properties": {"firstname": name}}).json()["id"])


def wait(client: Client, **what: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/_fake/webhooks/wait", what).json()
    assert found["met"], found
    return found


def last(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/_fake/webhooks/deliveries?limit=1").json()["deliveries"][0]
    return found


def test_a_receiver_gets_signed_events(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, targetUrl=receiver.url + "?from=hub%2Fspot&x")

    contact_id = create(client)

    assert wait(client, delivered=1)["waiting"] == 0
    ((path, headers, body),) = receiver.requests
    assert path == "/hook?from=hub%2Fspot&x"
    assert [(one["objectId"], one["attemptNumber"]) for one in receiver.events()] == [(int(contact_id), 0)]
    now_ms, uri = time.time_ns() // 1_000_000, receiver.url + "?from=hub%2Fspot&x"
    assert verify_signature(headers, body, secret=SECRET, uri=uri, now_ms=now_ms) is None
    assert {"X-HubSpot-Signature", "X-HubSpot-Signature-v3"} <= set(headers)


def test_signatures_are_those_that_were_chosen(client: Client, receiver: Receiver) -> None:
    for chosen in (["v2"], ["v3"], ["v2", "v3"], []):
        receiver.requests.clear()
        subscribe(client, receiver, signatures=chosen)
        create(client)
        wait(client)
        ((_, headers, body),) = receiver.requests
        found = [headers["X-HubSpot-Signature-Version"]] if "X-HubSpot-Signature" in headers else []
        found += ["v3"] if "X-HubSpot-Signature-v3" in headers else []
        assert found == chosen
        now_ms = time.time_ns() // 1_000_000
        assert (verify_signature(headers, body, secret=SECRET, uri=receiver.url, now_ms=now_ms) is None) is bool(chosen)


def test_disturbed_signatures_are_refused_by_a_receiver(client: Client, receiver: Receiver) -> None:
    for fault, expected in {"wrongSignature": "is wrong", "staleTimestamp": "replay"}.items():
        receiver.requests.clear()
        subscribe(client, receiver, faults={fault: True})
        create(client)
        wait(client)
        ((_, headers, body),) = receiver.requests
        now_ms = time.time_ns() // 1_000_000
        problem = verify_signature(headers, body, secret=SECRET, uri=receiver.url, now_ms=now_ms)
        assert expected in str(problem), fault


def test_a_batch_of_writes_is_one_request(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver)

    client.post(f"{CONTACTS}/batch/create", {"inputs": [{"properties": {"firstname": str(n)}} for n in range(100)]})

    wait(client, delivered=100)
    assert len(receiver.requests) == 1


def test_retries_follow_the_clock_of_the_portal(client: Client, receiver: Receiver) -> None:
    client.request("PUT", "/_fake/clock", json={"freeze": True})
    subscribe(client, receiver)
    receiver.answers = [b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", ANSWER]
    create(client)
    wait(client)
    failed = last(client)
    assert (failed["outcome"], failed["status"], failed["answer"]) == ("failed", 503, "busy")
    assert failed["next"] is not None
    assert len(receiver.requests) == 1

    client.request("PUT", "/_fake/clock", json={"advanceMs": 30_000})

    wait(client, delivered=1)
    assert [one["attemptNumber"] for one in receiver.events()] == [0, 1]
    assert len({one["eventId"] for one in receiver.events()}) == 1
    assert last(client)["attemptNumbers"] == [1]


def test_the_journal_has_what_was_sent_beside_what_was_received(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, targetUrl=f"{receiver.url}?secret=abc")
    receiver.answers = [b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", ANSWER]
    create(client)
    wait(client)
    client.post("/_fake/webhooks/retry", {})
    wait(client, delivered=1)

    entries = client.get("/_fake/journal").json()["entries"]
    failed, delivered = client.get("/_fake/journal?sent=true").json()["entries"]
    received = client.get("/_fake/journal?sent=false").json()["entries"]
    har = client.get("/_fake/journal/har?sent=true&limit=1").json()["log"]["entries"][0]

    assert [one["route"] for one in entries] == ["objects.create", "webhooks.delivery", "webhooks.delivery"]
    assert [one["route"] for one in received] == ["objects.create"]
    assert (failed["path"], failed["status"], failed["note"]) == (receiver.url, 503, "the receiver answered 503")
    assert (delivered["status"], delivered["note"], delivered["hint"]) == (200, None, None)
    assert har["request"]["url"].startswith(f"{receiver.url}?")
    assert '"subscriptionType": "contact.creation"' in har["request"]["postData"]["text"].replace('":"', '": "')
    assert "x-hubspot-signature-v3" in {one["name"] for one in har["request"]["headers"]}


def test_retry_sends_at_once_what_waits(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver)
    receiver.answers = [b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"]
    create(client)
    wait(client)

    assert client.post("/_fake/webhooks/retry", {}).json() == {"hurried": 1}

    assert wait(client, delivered=1)["waiting"] == 0


def hang_until(end: threading.Event) -> None:
    end.wait(30)


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


ENDLESS_HEAD = b"HTTP/1.1 200 OK\r\n" + b"x-filler: " + b"y" * 300_000
ODD_ANSWERS: dict[str, tuple[bytes | Callable[[socket.socket], None], int, str]] = {
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 302, "answered 302"),
    "no answer": (hang_up, 0, "without an answer"),
    "no HTTP": (b"SSH-2.0-x\r\n\r\n", 0, "failed"),
    "endless head": (ENDLESS_HEAD, 0, "failed"),
    "informational only": (b"HTTP/1.1 102 Processing\r\n\r\n", 0, "without an answer"),
    "large body": (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"z" * 9_000_000, 200, ""),
    "cut body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 200, ""),
    "empty 204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_odd_answers_are_bounded_and_no_redirect_is_followed(client: Client, receiver: Receiver, name: str) -> None:
    subscribe(client, receiver)
    answer, status, problem = ODD_ANSWERS[name]
    receiver.answers = [answer]

    create(client)

    wait(client)
    found = last(client)
    assert found["status"] == status, found["problem"]
    assert problem in found["problem"] if problem else found["outcome"] == "delivered"
    assert len(found["answer"]) <= 2000
    assert len(receiver.requests) == 1


def test_a_receiver_that_never_answers_delays_no_request(client: Client, receiver: Receiver) -> None:
    end = threading.Event()
    receiver.answers = [lambda _: hang_until(end)]
    subscribe(client, receiver, timeoutMs=60_000)

    create(client)
    create(client)

    state = wait(client, delivered=1)
    end.set()
    assert state["underWay"] == 1
    wait(client)


def test_a_receiver_has_a_time_to_answer(client: Client, receiver: Receiver) -> None:
    end = threading.Event()
    receiver.answers = [lambda _: hang_until(end)]
    subscribe(client, receiver, timeoutMs=20)

    create(client)

    wait(client)
    end.set()
    assert last(client)["problem"] == "the receiver did not answer within 20 ms"


def test_nobody_listens_is_said(client: Client, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    subscribe(client, receiver, targetUrl=f"http://127.0.0.1:{port}/")

    create(client)

    wait(client)
    assert last(client)["problem"].startswith(f"nobody listens on 127.0.0.1:{port}")


def test_webhooks_do_not_control_a_fake(client: Client, receiver: Receiver) -> None:
    for signatures in (["v1", "v3"], []):
        subscribe(client, receiver, targetUrl=f"{client.server.url}/_fake/reset", signatures=signatures)
        create(client)
        wait(client)
        assert last(client)["status"] == 403
        assert client.get("/_fake/webhooks").json()["apps"], "the reset was carried out"


def test_a_secret_is_shown_nowhere(client: Client, receiver: Receiver) -> None:
    receiver.answers = [f"HTTP/1.1 400 Bad\r\nContent-Length: {len(SECRET)}\r\n\r\n{SECRET}".encode()]
    subscribe(client, receiver)
    create(client)
    wait(client)

    texts = [client.get(path).text for path in ("/_fake/webhooks", "/_fake/webhooks/deliveries")]

    assert not [text for text in texts if SECRET in text]
    assert last(client)["answer"] == "***"


def test_a_server_stops_with_requests_under_way(receiver: Receiver) -> None:
    end = threading.Event()
    receiver.answers = [lambda _: hang_until(end)]
    with Server(Settings(contacts=0)) as server:
        client = Client(server)
        subscribe(client, receiver)
        create(client)
        client.close()
    end.set()
