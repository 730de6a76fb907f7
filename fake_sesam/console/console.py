"""Answers every request for a page: asks for the token if there is one, calls the page, and shows what went wrong."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from importlib import metadata
from pathlib import Path
from types import ModuleType

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bench_core.pages import PageResponse, RefusedFormError, Site
from bench_core.pages.web import response_of
from bench_core.pages.words import FILTERS
from fake_sesam.api.responses import STATUS_OF
from fake_sesam.console.call import PageCall
from fake_sesam.console.feed import Feed
from fake_sesam.console.options import ConsoleOptions
from fake_sesam.console.pages import api, datasets, overview, pipes, problems, systems
from fake_sesam.dataset.hashing import encode
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node

__all__ = ["Console"]

PAGES: Mapping[str, ModuleType] = {
    "api": api,
    "overview": overview,
    "pipes": pipes,
    "datasets": datasets,
    "systems": systems,
    "problems": problems,
}
SIGNED_IN = "fake-sesam-token"
TICK_S = 0.25
REST = 4
MAX_DIGITS = 19
SILENT_TICKS = 60  # after 15 s of silence a comment tells whether somebody still listens


class Console:
    """The pages of one node."""

    def __init__(self, node: Node, feed: Feed, options: ConsoleOptions) -> None:
        self._node = node
        self._feed = feed
        self._options = options
        self._site = Site(
            name="fake Sesam",
            root="/ui/",
            folder=Path(__file__).parent / "templates",
            product=_product(),
            start="/",
            filters={**FILTERS, "as_json": lambda value: encode(value).decode("utf-8", "replace")},
        )

    def answer(self, name: str, request: Request, body: bytes) -> Response:
        """Answer the route of that name."""
        call = self._call(request, body)
        if name in ("common", "missing"):
            return response_of(self._common(call, request.method))
        if name == "sign_in":
            return response_of(self._sign_in(call))
        if not self._is_let_in(call, request):
            return response_of(call.bare(401, "Give the token", "This node was started with a token."))
        module, _, function = name.partition(".")
        return response_of(self._try(call, getattr(PAGES[module], function)))

    def stream(self, name: str, request: Request) -> Response:
        """Answer with a stream of events for as long as the browser listens."""
        call = self._call(request, b"")
        if not self._is_let_in(call, request):
            return Response("give the token first", 401, media_type="text/plain")
        module, _, function = name.partition(".")
        try:
            news: Callable[[], bytes] = getattr(PAGES[module], function)(call)
        except FakeSesamError as error:
            return Response(call.redact(str(error)), 404, media_type="text/plain")
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        seen = -1 if name == "systems.live" else _version_in(call)  # a log says itself which lines are new
        return StreamingResponse(self._events(news, seen), media_type="text/event-stream", headers=headers)

    async def _events(self, news: Callable[[], bytes], seen: int) -> AsyncIterator[bytes]:
        """Yield what is new whenever something has happened after the version that the page has seen."""
        yield b"retry: 1000\n\n"
        silent = 0
        while not self._feed.is_ended:
            begun = time.monotonic()
            if self._feed.version != seen:
                seen, silent = self._feed.version, 0
                yield await run_in_threadpool(news)
            # What takes long, such as counting a million entities, is not done all the time.
            await asyncio.sleep(max(TICK_S, REST * (time.monotonic() - begun)))
            silent += 1
            if silent >= SILENT_TICKS:
                silent = 0
                yield b": still here\n\n"

    def _call(self, request: Request, body: bytes) -> PageCall:
        return PageCall(self._node, self._feed, self._site, self._options, request, body)

    def _try(self, call: PageCall, answer: Callable[[PageCall], PageResponse]) -> PageResponse:
        try:
            return answer(call)
        except RefusedFormError as error:
            return call.problem(400, "The form was not accepted", str(error))
        except FakeSesamError as error:
            status = next(code for kind, code in STATUS_OF.items() if isinstance(error, kind))
            title = "There is nothing here" if status == 404 else "That was refused"
            return call.problem(status, title, str(error))

    def _common(self, call: PageCall, method: str) -> PageResponse:
        try:
            answered = self._site.common(call.request, method)
        except RefusedFormError as error:
            return PageResponse(400, str(error).encode(), (("content-type", "text/plain; charset=utf-8"),))
        return answered or call.problem(404, "There is nothing here", "The address is wrong.")

    def _is_let_in(self, call: PageCall, request: Request) -> bool:
        tokens = self._options.tokens
        if tokens is None:
            return True
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and tokens.is_valid(token):
            return True
        return secrets.compare_digest(call.request.cookies.get(SIGNED_IN, "").encode(), self._proof().encode())

    def _sign_in(self, call: PageCall) -> PageResponse:
        try:
            form = self._site.checked_form(call.request)
        except RefusedFormError as error:
            return call.bare(400, "Give the token", str(error))
        if self._options.tokens is None or not self._options.tokens.is_valid(form.get("token", "").strip()):
            return call.bare(401, "That is not the token", "The node printed it when it started, or got it with --jwt.")
        cookie = f"{SIGNED_IN}={self._proof()}; Path=/; SameSite=Strict; HttpOnly"
        return self._site.redirect(self._site.back_of(form), headers=[("set-cookie", cookie)])

    def _proof(self) -> str:
        """Return what the cookie holds: it tells that a token was given, not which."""
        return hmac.new(self._site.token.encode(), SIGNED_IN.encode(), hashlib.sha256).hexdigest()


def _version_in(call: PageCall) -> int:
    text = call.values.get("after", "")
    return int(text) if text.isdecimal() and len(text) < MAX_DIGITS else call.version


def _product() -> str:
    try:
        return f"contract-bench {metadata.version('contract-bench')}"
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return "contract-bench"
