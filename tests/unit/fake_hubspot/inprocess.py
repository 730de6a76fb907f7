"""Requests to the application without a socket: fast, and each test has its own fake."""

import asyncio
import atexit
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings


@dataclass(frozen=True)
class Response:
    """The response to a request."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    """Return the loop of all requests. `asyncio.run` makes a loop for each, which takes longer than the request."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


class Fake:
    """A fake that is called in this process."""

    def __init__(self, settings: Settings) -> None:
        self.app = build_app(msgspec.structs.replace(settings, allow_host=("api.test", *settings.allow_host)))
        self.token = settings.token

    @property
    def portal(self) -> Portal:
        """The default portal."""
        return self.app.portals.default.portal

    def request(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        client: str = "127.0.0.1",
    ) -> Response:
        """Send a request; `body` is JSON unless it is bytes."""
        path, _, query = target.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"host": "api.test", "authorization": f"Bearer {self.token}"}
        if body is not None:
            sent |= {"content-type": "application/json", "content-length": str(len(content))}
        sent |= headers or {}
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items() if value],
            "scheme": "http",
            "client": (client, 1),
        }
        return event_loop().run_until_complete(self._run(scope, content))

    async def _run(self, scope: dict[str, Any], content: bytes) -> Response:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Response(sent[0]["status"], headers, sent[1]["body"])

    def get(self, target: str, **options: Any) -> Response:
        """Send a GET request."""
        return self.request("GET", target, **options)

    def post(self, target: str, body: Any, **options: Any) -> Response:
        """Send a POST request."""
        return self.request("POST", target, body, **options)

    def seed(self, object_type: str, *records: dict[str, Any]) -> None:
        """Add records as they are."""
        answer = self.post("/_fake/seed", {"objectType": object_type, "records": list(records)})
        assert answer.status == 200, answer.content

    def assume(self, **choices: str) -> None:
        """Set assumptions; underscores stand for hyphens."""
        answer = self.request("PATCH", "/_fake/assumptions", {k.replace("_", "-"): v for k, v in choices.items()})
        assert answer.status == 200, answer.content


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A fake with the two sample contacts."""
    made = Fake(Settings())
    yield made
    made.app.portals.close()


@pytest.fixture
def empty() -> Iterator[Fake]:
    """A fake without contacts."""
    made = Fake(Settings(contacts=0))
    yield made
    made.app.portals.close()
