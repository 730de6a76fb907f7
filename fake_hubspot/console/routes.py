"""The routes of the pages. What answers them is imported with the first page, so that the server starts quickly."""

from functools import cache, partial
from typing import TYPE_CHECKING

from fake_hubspot.console.options import HEADERS_OF_HUBSPOT, UI, ConsoleOptions
from fake_hubspot.context import Body, Handler, RequestContext, Response, Route, page_route

if TYPE_CHECKING:
    from fake_hubspot.console.console import Console

__all__ = ["console_routes", "start_page"]

# The name of a route is that of the function which answers it: `records.create` is `create` in `pages/records.py`.
TABLE = (
    ("overview.show", "GET", "/_fake"),
    ("overview.stream", "GET", f"{UI}/stream"),
    ("api.show", "GET", f"{UI}/api"),
    ("requests.show", "GET", f"{UI}/requests"),
    ("requests.change", "POST", f"{UI}/requests"),
    ("requests.stream", "GET", f"{UI}/requests/stream"),
    ("requests.har", "GET", f"{UI}/requests/har"),
    ("faults.show", "GET", f"{UI}/faults"),
    ("faults.change", "POST", f"{UI}/faults"),
    ("faults.stream", "GET", f"{UI}/faults/stream"),
    ("faults.describe", "GET", f"{UI}/faults/{{name}}"),
    ("faults.set_fault", "POST", f"{UI}/faults/{{name}}"),
    ("faults.preview", "POST", f"{UI}/faults/{{name}}/sentence"),
    ("records.show", "GET", f"{UI}/records"),
    ("records.show", "GET", f"{UI}/records/{{objectType}}"),
    ("records.ask", "GET", f"{UI}/records/{{objectType}}/new"),
    ("records.create", "POST", f"{UI}/records/{{objectType}}/new"),
    ("record.show", "GET", f"{UI}/records/{{objectType}}/{{objectId}}"),
    ("record.change", "POST", f"{UI}/records/{{objectType}}/{{objectId}}"),
    ("webhooks.show", "GET", f"{UI}/webhooks"),
    ("webhooks.change", "POST", f"{UI}/webhooks"),
    ("settings.show", "GET", f"{UI}/settings"),
    ("settings.change", "POST", f"{UI}/settings"),
)
STREAMS = frozenset({"requests.stream", "overview.stream", "faults.stream"})


def console_routes(options: ConsoleOptions) -> list[Route]:
    """Return the routes of the pages."""

    @cache
    def console() -> "Console":
        from fake_hubspot.console.console import Console

        return Console(options)

    def answer(name: str, context: RequestContext) -> Response:
        return console().answer(name, context)

    common = (("common", "GET", f"{UI}/assets/{{file}}"), ("common", "POST", f"{UI}/theme"))
    # A browser asks for this icon where a page names none, as for the API document.
    icon = page_route("icon", "GET", "/favicon.ico", _lead_to(f"{UI}/assets/icon.svg"))
    table = (*TABLE, *common, ("sign_in", "POST", f"{UI}/sign-in"))
    made = [
        page_route(name, method, path, partial(answer, name), streams=name in STREAMS) for name, method, path in table
    ]
    return [*made, icon]


def start_page() -> Route:
    """Return the route that leads a browser from `/` to the pages."""
    return page_route("start", "GET", "/", _lead_to("/_fake/"))


def _lead_to(path: str) -> Handler:
    headers = [(b"location", path.encode())]
    return lambda _: Response(302, Body(b""), None, headers, HEADERS_OF_HUBSPOT)
