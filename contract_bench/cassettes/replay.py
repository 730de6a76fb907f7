"""A cassette behind a real socket, for whoever is not in this process: a container, a fake Sesam, curl.

It refuses to guess: a request that was not recorded gets 501 and is told what comes nearest.
"""

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bench_core.listener import BackgroundServer, Receive, Scope, Send
from contract_bench.cassettes.asgi import IncomingRequest, read_request, send_response
from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.matching import Miss, Tape
from contract_bench.cassettes.model import Interaction, Request
from contract_bench.cassettes.usage import note_played

__all__ = ["CassetteServer", "OnMiss", "ReplayApp", "ReplayOptions"]

MISS_STATUS = 501  # a 404 could be taken for an answer of HubSpot's
GZIP_FROM_BYTES = 1000
SKIPPED_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})


class OnMiss(Protocol):
    """What answers a request that was not recorded, for instance by recording it."""

    def __call__(self, request: IncomingRequest) -> Interaction:
        """The interaction that answers the request."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a cassette is served.

    Attributes:
        repeats: Whether answers that have all been played begin again.
        keep_links: Whether links in answers keep leading to the recorded host instead of to this server.
        gzip: Whether bodies are compressed for callers that accept it, as HubSpot does.
        on_miss: What answers a request that was not recorded.
        on_played: Told the index of each interaction that is played.
    """

    repeats: bool = True
    keep_links: bool = False
    gzip: bool = True
    on_miss: OnMiss | None = None
    on_played: Callable[[int], None] | None = None


class ReplayApp:
    """An ASGI application that answers from a tape."""

    def __init__(self, interactions: tuple[Interaction, ...], options: ReplayOptions | None = None) -> None:
        self._options = options or ReplayOptions()
        self.tape = Tape(interactions, repeats=self._options.repeats)
        self.misses: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        found = self.tape.play(Request(request.method, f"{request.origin}{request.target}", request.body))
        if isinstance(found, int):
            await self._send(request, self.tape.interactions[found], send)
            if self._options.on_played is not None:
                self._options.on_played(found)
        elif self._options.on_miss is not None:
            await self._record(request, self._options.on_miss, send)
        else:
            self.misses.append(found.message)
            await send_response(send, MISS_STATUS, [("Content-Type", "application/json")], _explain(found))

    async def _record(self, request: IncomingRequest, on_miss: OnMiss, send: Send) -> None:
        try:
            interaction = await asyncio.to_thread(on_miss, request)
        except CassetteError as error:
            envelope = {"status": "error", "message": str(error), "category": "CASSETTE_MISS"}
            await send_response(send, 502, [("Content-Type", "application/json")], json.dumps(envelope).encode())
            return
        self.tape.append(interaction)
        await self._send(request, interaction, send)

    async def _send(self, request: IncomingRequest, interaction: Interaction, send: Send) -> None:
        response = interaction.response
        headers = [(name, one) for name, values in response.headers.items() for one in values]
        headers = [(name, one) for name, one in headers if name.lower() not in SKIPPED_HEADERS]
        body = response.body
        if not self._options.keep_links:
            recorded = interaction.request.origin
            body = body.replace(recorded.encode(), request.origin.encode())
            headers = [(name, one.replace(recorded, request.origin)) for name, one in headers]
        if self._options.gzip and request.accepts_gzip and len(body) >= GZIP_FROM_BYTES:
            body = gzip.compress(body, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        await send_response(send, response.status, headers, body)


def _explain(miss: Miss) -> bytes:
    """Shape: HubSpot's error envelope, so that a connector shows the message, with ``nearest`` on top."""
    nearest = miss.nearest and {
        "interaction": miss.nearest.index,
        "method": miss.nearest.request.method,
        "uri": miss.nearest.request.uri,
        "differences": list(miss.nearest.differences),
    }
    envelope = {"status": "error", "message": miss.message, "category": "CASSETTE_MISS", "nearest": nearest}
    return json.dumps(envelope, ensure_ascii=False).encode()


class CassetteServer:
    """A cassette served in a thread of this process; a context manager.

    Attributes:
        url: What to give a connector as HubSpot's address.
        misses: A message for each request that was not recorded.
    """

    def __init__(
        self, path: Path, options: ReplayOptions | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.path = path
        options = options or ReplayOptions(on_played=lambda index: note_played(path, index))
        self.app = ReplayApp(read_cassette(path).interactions, options)
        self._listener = BackgroundServer(self.app, host=host, port=port, name="cassette-server")

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._listener.url

    @property
    def misses(self) -> list[str]:
        """What was asked for and is not recorded."""
        return self.app.misses

    def __enter__(self) -> Self:
        self._listener.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.__exit__(kind, error, trace)
