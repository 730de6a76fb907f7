"""The node's web application: `/health`, the node API under `/api`, and the pages for a browser at `/`."""

import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bench_core.access import AccessMiddleware, AccessPolicy
from fake_sesam.api import (
    config,
    datasets,
    http_endpoints,
    pipes,
    publishers,
    root,
    run_all_pipes,
    systems,
    variables,
)
from fake_sesam.api.responses import LIMITS, error_response, json_response
from fake_sesam.api.tokens import Tokens
from fake_sesam.console import ConsoleOptions, Feed, console_routes, is_page
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node

__all__ = ["create_app"]

OPEN_PATHS = ("/health", "/api/health", "/api/ping")
# Source: reader (sesam-py posts forms to these).
FORM_PATHS = re.compile(r"/api/(jwt|admin|config|datasets/[^/]+|pipes/[^/]+/(pump|preview))")


def create_app(
    node: Node,
    *,
    tokens: Tokens | None = None,
    requires_token: bool = False,
    policy: AccessPolicy | None = None,
    feed: Feed | None = None,
    console: ConsoleOptions | None = None,
) -> Starlette:
    """Return the application for one node; the caller closes the node.

    Args:
        node: The node that is served.
        tokens: Issues and checks tokens.
        requires_token: Whether every request to the API needs a token that this node issued.
        policy: Refuses what pages of other sites make a browser send. Default: that of a server on loopback.
        feed: Listens to the node for the pages.
        console: What the pages need to know.
    """
    access = Middleware(
        AccessMiddleware,
        policy=policy or AccessPolicy(),
        open_paths=OPEN_PATHS,
        takes_forms=_takes_forms,
        is_page=is_page,
    )
    options = console or ConsoleOptions()
    if requires_token:
        options.tokens = tokens
    listening = feed or Feed()
    listening.listen_to(node)
    minted = tokens or Tokens()

    def health(_request: Request) -> Response:
        return json_response({"status": "ok"})

    async def on_error(_request: Request, error: Exception) -> Response:
        return error_response(error, redact=node.configuration.redact)

    api = [
        *root.routes(node, minted),
        *variables.routes(node),
        *config.routes(node),
        *run_all_pipes.routes(node),
        *pipes.routes(node),
        *datasets.routes(node),
        *systems.routes(node),
        *http_endpoints.routes(node),
        *publishers.routes(node),
    ]
    options.api = tuple(api)
    return Starlette(
        routes=[Route("/health", health), Mount("/api", routes=api), *console_routes(node, listening, options)],
        exception_handlers=dict.fromkeys([FakeSesamError, *LIMITS, Exception], on_error),
        middleware=[access, *([Middleware(_TokenCheck, tokens=minted)] if requires_token else [])],
    )


def _takes_forms(path: str) -> bool:
    """Whether Sesam's API takes a form there, such as the operation of a pump, or a page sends it with its token."""
    return FORM_PATHS.fullmatch(path) is not None or is_page(path)


class _TokenCheck:
    """Rejects requests to the API without a valid bearer token. The pages ask for it themselves."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond 401 without a token and 403 with a wrong one."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        kind, _, token = Request(scope).headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            await json_response(
                {"detail": "expected a bearer token; the node printed one when it started"}, status=401
            )(scope, receive, send)
        elif not self._tokens.is_valid(token):
            await json_response({"detail": "this node did not issue the token"}, status=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
