"""A client without a network for tests of what the connector requests: it records requests and answers as scripted."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from service.pending import Pending
from service.upstream.account import PullClients
from service.upstream.client import Client
from service.upstream.messages import Request, Response

__all__ = ["Asked", "Respond", "ScriptedClient", "ScriptedClients"]


@dataclass(frozen=True)
class Asked:
    """A request, taken apart.

    Attributes:
        path: Without the query.
        query: Parameters by name.
        document: The body as JSON, None without a body.
    """

    path: str
    query: dict[str, str]
    document: Any

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Take a request apart. No parameter may be given twice."""
        parts = urlsplit(request.target)
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        assert all(len(values) == 1 for values in query.values()), request.target
        document = None if request.body is None else json.loads(request.body)
        return cls(parts.path, {name: values[0] for name, values in query.items()}, document)

    @property
    def ids(self) -> list[str]:
        """The ids of a batch."""
        return [row["id"] for row in self.document["inputs"]]


Respond = Callable[[Asked], object]


class ScriptedClient:
    """Answers every request with the JSON that `respond` returns, or with a `Response`.

    Attributes:
        requests: Every request as it was sent.
        asked: Every request, taken apart.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self.requests: list[Request] = []
        self.asked: list[Asked] = []

    def begin(self, request: Request) -> Pending[Response]:
        """Record a request. It is answered now, as HubSpot would, and read later."""
        asked = Asked.of(request)
        self.requests.append(request)
        self.asked.append(asked)
        answer = self._respond(asked)
        if isinstance(answer, Response):
            return Pending(lambda: answer)
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        return Pending(lambda: Response(200, {}, body))

    def request(self, request: Request) -> Response:
        """Record a request and return the response."""
        return self.begin(request).result()

    @property
    def client(self) -> Client:
        """This client for code that takes a real one."""
        return cast(Client, self)


class ScriptedClients:
    """The two clients of a pull, with one script."""

    def __init__(self, respond: Respond) -> None:
        self.primary = ScriptedClient(respond)
        self.secondary = ScriptedClient(respond)

    @property
    def clients(self) -> PullClients:
        """These clients for code that takes real ones."""
        return cast(PullClients, self)
