"""A scripted HubSpot for tests of the connector: it sends the responses of the test and records the requests."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.contacts import listed_contact

TOKEN = "pat-na1-00000000-2222-4333-8444-555555555555"
CORRELATION_ID = "019dab0b-6a7c-7027-be99-1b61f6cd4513"


@dataclass
class ReceivedRequest:
    """A request the stub received."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class StubResponse:
    """A response of the stub. A `declared_length` other than the body's length closes the connection."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json;charset=utf-8"})
    declared_length: int | None = None


Responder = Callable[[ReceivedRequest], StubResponse]


class _QuietServer(ThreadingHTTPServer):
    """Does not log errors, because clients disconnect in many tests."""

    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet."""


class UpstreamStub:
    """An HTTP server on a free port that sends scripted responses and records the requests.

    A script that fails closes the connection, which the connector may or may not notice in time. So the failure is
    kept, and `close()` raises it.
    """

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.reset()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are sent one after the other

            def do_POST(self) -> None:
                self.do_GET()

            def do_DELETE(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                request = ReceivedRequest(self.command, parts.path, parse_qs(parts.query), dict(self.headers), body)
                stub.requests.append(request)
                try:
                    response = stub.respond(request)
                except Exception as error:
                    stub.failures.append(f"{self.command} {self.path}: {error!r}")
                    raise
                self._send(response)
                stub.answered.append(request)

            def _send(self, response: StubResponse) -> None:
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                declared = len(response.body) if response.declared_length is None else response.declared_length
                self.send_header("Content-Length", str(declared))
                self.end_headers()
                self.wfile.write(response.body)
                self.close_connection = declared != len(response.body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.002,), daemon=True).start()

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """Forget all requests and answer like an empty portal."""
        self.requests: list[ReceivedRequest] = []
        self.answered: list[ReceivedRequest] = []
        self.respond: Responder = lambda _request: json_response({"results": []})

    def close(self) -> None:
        """Stop listening.

        Raises:
            AssertionError: The script of the test failed for a request.
        """
        self._server.shutdown()
        self._server.server_close()
        assert not self.failures, f"the test's script for HubSpot failed for {self.failures}"


def json_response(document: object, *, status: int = 200, headers: dict[str, str] | None = None) -> StubResponse:
    """Return a JSON response as HubSpot encodes it: compact, not ASCII-escaped."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return StubResponse(status, body, {"Content-Type": "application/json;charset=utf-8", **(headers or {})})


def error_response(status: int, message: str = "internal error") -> StubResponse:
    """Return an error in HubSpot's format."""
    return json_response({"status": "error", "message": message, "correlationId": CORRELATION_ID}, status=status)


def record(number: int, *, updated: str = "2026-03-12T07:34:24.559Z") -> dict[str, Any]:
    """Return a contact of HubSpot's list."""
    created, email = "2026-02-25T16:23:49.023Z", f"c{number}@example.com"
    return listed_contact(number, created=created, updated=updated, email=email, firstname="Zoë", lastname=None)


def list_responder(records: Sequence[dict[str, Any]]) -> Responder:
    """Answer as the list endpoint: `after` is an inclusive lower bound of the id, and the last page has no `paging`.

    A search is answered with the highest id, which is what the connector asks for beside a list.
    """

    def answer(request: ReceivedRequest) -> StubResponse:
        if request.path.endswith("/search"):
            highest = max(records, key=lambda row: int(row["id"]), default=None)
            return json_response({"total": len(records), "results": [highest] if highest else []})
        after, limit = int(request.query.get("after", ["0"])[0]), int(request.query["limit"][0])
        rest = [row for row in records if int(row["id"]) >= after]
        document: dict[str, Any] = {"results": rest[:limit]}
        if len(rest) > limit:
            cursor = str(int(rest[limit - 1]["id"]) + 1)
            link = f"https://api.hubapi.com/crm/objects/v3/contacts?limit={limit}&after={cursor}"
            document["paging"] = {"next": {"after": cursor, "link": link}}
        return json_response(document)

    return answer
