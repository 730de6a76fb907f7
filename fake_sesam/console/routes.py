"""The routes of the pages. What answers them is imported with the first page, so that the server starts quickly."""

from functools import cache
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.console.feed import Feed
from fake_sesam.console.options import ConsoleOptions
from fake_sesam.node import Node

if TYPE_CHECKING:
    from fake_sesam.console.console import Console

__all__ = ["console_routes"]

# The name of a page is that of the function which answers it: `pipes.show` is `show` in `pages/pipes.py`.
TABLE = (
    ("overview.show", "GET", "/"),
    ("api.show", "GET", "/ui/api"),
    ("api.document", "GET", "/ui/openapi.json"),
    ("pipes.show_all", "GET", "/ui/pipes"),
    ("pipes.show", "GET", "/ui/pipes/{id}"),
    ("pipes.operate", "POST", "/ui/pipes/{id}"),
    ("pipes.show_preview", "GET", "/ui/pipes/{id}/preview"),
    ("pipes.preview", "POST", "/ui/pipes/{id}/preview"),
    ("pipes.show_configuration", "GET", "/ui/pipes/{id}/configuration"),
    ("datasets.show_all", "GET", "/ui/datasets"),
    ("datasets.show", "GET", "/ui/datasets/{id:path}/entities"),
    ("datasets.show_entity", "GET", "/ui/datasets/{id:path}/entity"),
    ("datasets.remove", "POST", "/ui/datasets/{id:path}/remove"),
    ("systems.show_all", "GET", "/ui/systems"),
    ("systems.show", "GET", "/ui/systems/{id}"),
    ("systems.operate", "POST", "/ui/systems/{id}"),
    ("problems.show", "GET", "/ui/problems"),
    ("common", "GET", "/ui/assets/{file}"),
    ("common", "POST", "/ui/theme"),
    ("sign_in", "POST", "/ui/sign-in"),
)
LIVE = (
    ("overview.live", "/ui/live/overview"),
    ("pipes.live_all", "/ui/live/pipes"),
    ("pipes.live", "/ui/live/pipes/{id}"),
    ("datasets.live", "/ui/live/datasets/{id:path}"),
    ("systems.live", "/ui/live/systems/{id}"),
)


def console_routes(node: Node, feed: Feed, options: ConsoleOptions) -> list[Route]:
    """Return the routes of the pages."""

    @cache
    def console() -> "Console":
        from fake_sesam.console.console import Console

        return Console(node, feed, options)

    def page(name: str, method: str, path: str) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body() if method == "POST" else b""
            return await run_in_threadpool(lambda: console().answer(name, request, body))

        return Route(path, endpoint, methods=[method], name=name)

    def stream(name: str, path: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(lambda: console().stream(name, request))

        return Route(path, endpoint, name=name)

    missing = page("missing", "GET", "/ui/{rest:path}")
    return [*(page(*row) for row in TABLE), *(stream(*row) for row in LIVE), missing]
