"""Serves a cassette on a real socket, for clients in other processes: a container, a fake Sesam, curl.

A request that was not recorded gets status 501 and a description of the nearest recorded request.
"""

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench_core.listener import BackgroundServer, Receive, Scope, Send
from contract_bench.cassettes.asgi import IncomingRequest, read_request, send_response
from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.model import Interaction, Request
from contract_bench.cassettes.playback import Miss, Playback
from contract_bench.cassettes.usage import note_played

__all__ = ["CassetteServer", "OnMiss", "ReplayApp", "ReplayOptions"]

MISS_STATUS = 501  # a 404 could be mistaken for a response of HubSpot
GZIP_FROM_BYTES = 1000
SKIPPED_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})


class OnMiss(Protocol):
    """Handles a request that was not recorded, for example by recording it."""

    def __call__(self, request: IncomingRequest) -> Interaction:
        """Return an interaction for the request."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a cassette is served.

    Attributes:
        repeats: Whether playback starts over when all matching interactions have been played.
        keep_links: Whether links in responses keep the recorded host instead of being rewritten to this server.
        gzip: Whether bodies are compressed for clients that accept it, as HubSpot does.
        on_miss: Handles requests that were not recorded.
        on_played: Called with the index of each interaction that is played.
    """

    repeats: bool = True
    keep_links: bool = False
    gzip: bool = True
    on_miss: OnMiss | None = None
    on_played: Callable[[int], None] | None = None


class ReplayApp:
    """An ASGI application that answers from recorded interactions."""

    def __init__(self, interactions: tuple[Interaction, ...], options: ReplayOptions | None = None) -> None:
        self._options = options or ReplayOptions()
        self.playback = Playback(interactions, repeats=self._options.repeats)
        self.misses: list[str] = []
        self.has_been_asked = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        if request is None:
            return
        self.has_been_asked = True
        found = self.playback.play(Request(request.method, f"{request.origin}{request.target}", request.body))
        if isinstance(found, int):
            await self._send(request, self.playback.interactions[found], send)
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
        self.playback.append(interaction)
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
    """Shape: HubSpot's error response, so that connectors show the message, with an additional key `nearest`."""
    nearest = miss.nearest and {
        "interaction": miss.nearest.index,
        "method": miss.nearest.request.method,
        "uri": miss.nearest.request.uri,
        "differences": list(miss.nearest.differences),
    }
    envelope = {"status": "error", "message": miss.message, "category": "CASSETTE_MISS", "nearest": nearest}
    return json.dumps(envelope, ensure_ascii=False).encode()


class CassetteServer(BackgroundServer):
    """A cassette served in a thread of this process; a context manager.

    Attributes:
        url: The base URL to configure in a connector.
        misses: One message for each request that was not recorded.
    """

    def __init__(
        self, path: Path, options: ReplayOptions | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.path = path
        options = options or ReplayOptions(on_played=lambda index: note_played(path, index))
        self.app = ReplayApp(read_cassette(path).interactions, options)
        super().__init__(self.app, host=host, port=port, name="cassette-server")

    @property
    def misses(self) -> list[str]:
        """One message for each request that was not recorded."""
        return self.app.misses

    @property
    def has_been_asked(self) -> bool:
        """Whether any request has arrived."""
        return self.app.has_been_asked
