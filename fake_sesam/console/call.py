"""One request for a page, with what a page needs to answer it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from bench_core.pages import PageResponse, Section, Site
from bench_core.pages.web import page_request
from bench_core.pages.words import Moment, counted, moment_of
from fake_sesam.console.feed import Feed
from fake_sesam.console.options import ConsoleOptions
from fake_sesam.node import Node

__all__ = ["PageCall", "page_url"]

SECTIONS = {
    "Overview": "/",
    "Pipes": "/ui/pipes",
    "Datasets": "/ui/datasets",
    "Systems": "/ui/systems",
    "Problems": "/ui/problems",
}


def page_url(*parts: str, **query: object) -> str:
    """Return the address of a page below `/ui`; what is None, False or empty is left out of the query."""
    given = {name: value for name, value in query.items() if value not in (None, "", False)}
    return "/ui/" + "/".join(quote(part, safe="") for part in parts) + (f"?{urlencode(given)}" if given else "")


class PageCall:
    """A request for a page.

    Attributes:
        node: The node that the pages show.
        feed: What has happened.
        request: The request as the shared pages read it.
        params: The parts of the path.
        version: The version of the feed that the page shows at least.
    """

    def __init__(
        self, node: Node, feed: Feed, site: Site, options: ConsoleOptions, asked: Request, body: bytes = b""
    ) -> None:
        self.node = node
        self.feed = feed
        self.site = site
        self.version = feed.version  # before anything is read: live updates go on from here
        self.origin = f"{asked.url.scheme}://{asked.headers.get('host', 'localhost')}"
        self.params: Mapping[str, str] = asked.path_params
        self.request = page_request(asked, body)
        self._options = options
        self.api = options.api

    @property
    def values(self) -> Mapping[str, str]:
        """The query."""
        return self.request.values

    def form(self) -> Mapping[str, str]:
        """Return the fields of a form with this server's token.

        Raises:
            RefusedFormError: The form has another one.
        """
        return self.site.checked_form(self.request)

    def done(self, form: Mapping[str, str], said: str, *, tone: str = "good") -> PageResponse:
        """Lead back to the page of a form, and say what was done."""
        return self.site.redirect(self.site.back_of(form), self.node.configuration.redact(said), tone=tone)

    def redact(self, text: str) -> str:
        """Mask the secrets in a text."""
        return self.node.configuration.redact(text)

    def moment(self, seconds: float) -> Moment:
        """Return a time (in seconds since 1970) for people."""
        return moment_of(seconds * 1000, now_ms=self.node.clock.now() * 1000)

    def page(self, template: str, *, title: str, **context: Any) -> PageResponse:
        """Return a page in the frame of all pages; see `Site.page`."""
        return self.site.page(
            template,
            request=self.request,
            title=title,
            sections=[Section(name, path) for name, path in SECTIONS.items()],
            links=self._links(),
            frame=self.frame(),
            version=self.version,
            url=page_url,
            **context,
        )

    def problem(self, status: int, title: str, text: str) -> PageResponse:
        """Return a page that only says what is wrong."""
        return self.page("problem.html.jinja", title=title, status=status, text=self.redact(text))

    def bare(self, status: int, title: str, text: str) -> PageResponse:
        """Return a page for somebody who may not see the node; it asks for the token."""
        sections = [Section("Overview", "/")]
        return self.site.page(
            "bare.html.jinja", request=self.request, title=title, status=status, sections=sections, text=text
        )

    def frame(self) -> dict[str, str]:
        """Return what the head of every page shows."""
        running = len(self.node.pumps.progress())
        problems = sum(problem.level == "error" for problem in self.node.configuration.problems)
        return {
            "node": self.node.name,
            "running": f"{counted(running, 'pipe')} running" if running else "",
            "errors": counted(problems, "error") if problems else "",
            "other_side": self._options.other_side,
        }

    def _links(self) -> list[Section]:
        links = [Section("API", "/ui/api"), Section("Health", "/health")]
        if self._options.other_side:
            links.insert(0, Section("Fake HubSpot", self._options.other_side))
        return links
