"""One request for a page of the proxy, with what a page needs to answer it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from bench_core.console.call import FAULTS, OVERVIEW, REQUESTS, UI, ConsoleWords
from bench_core.errors import UsageError
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.faults.rule import FaultRule
from bench_core.masking import Masking
from bench_core.pages import PageRequest, PageResponse, Said, Section, Site
from bench_core.pages.words import Moment, moment_of
from contract_bench.proxy.context import ProxyContext

__all__ = ["ProxyCall"]

SECTIONS = {"Overview": OVERVIEW, "Requests": REQUESTS, "Faults": FAULTS}
WORDS = ConsoleWords(
    program="proxy",
    hint="incomplete",
    hint_title="No whole answer of the API",
    hint_count="incomplete",
    token_variable="API_TOKEN",  # noqa: S106 - the name of a variable
    path="/orders*",
    route="GET /orders/*",
    has_types=False,
)
MOST_PLACES = 40


class ProxyCall:
    """A request for a page.

    Attributes:
        context: The request as the control API reads it.
        site: The pages of the proxy.
        upstream: The address of the API.
        params: The parts of the path.
        request: The request as the shared pages read it.
    """

    words = WORDS
    object_types: Sequence[str] = ()

    def __init__(self, context: ProxyContext, site: Site, upstream: str, params: Mapping[str, str]) -> None:
        self.context = context
        self.site = site
        self.upstream = upstream
        self.params = params
        asked = context.request
        self.request = PageRequest(
            asked.path,
            asked.raw_query.decode("latin-1"),
            asked.headers.get(b"cookie", b"").decode("latin-1"),
            asked.body,
            asked.headers.get(b"content-type", b"").decode("latin-1"),
        )

    @property
    def exchange(self) -> ProxyContext:
        """The request as the control API reads it."""
        return self.context

    @property
    def faults(self) -> FaultSet:
        """The faults that are set."""
        return self.context.state.faults

    @property
    def masking(self) -> Masking:
        """Masks the secrets that clients have sent."""
        return self.context.state.masking()

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """The routes that clients have asked for, the latest first."""
        routes = dict.fromkeys(entry.route for entry in reversed(self.context.journal))
        masking = self.masking
        shown = [route for route in routes if masking(route) == route][:MOST_PLACES]
        return {route: (route, route) for route in shown}

    @property
    def example(self) -> str:
        """A command that sends a request."""
        return f"curl {self.context.request.origin}/"

    def remarks(self, fault: FaultDescription) -> list[str]:  # noqa: ARG002 - the protocol's signature
        """Return nothing: what these faults do is all in their descriptions."""
        return []

    def set_fault(self, rule: Mapping[str, Any]) -> ArmedFault:
        """Set a fault.

        Raises:
            UsageError: The rule is not accepted.
        """
        try:
            return self.faults.arm(msgspec.convert(rule, FaultRule))
        except msgspec.ValidationError as error:
            raise UsageError(str(error)) from error

    def form(self) -> Mapping[str, str]:
        """Return the fields of a form with this server's token.

        Raises:
            RefusedFormError: The form has another one.
        """
        return self.site.checked_form(self.request)

    def done(self, form: Mapping[str, str], said: str, *, to: str = "") -> PageResponse:
        """Lead back to the page of a form, or to another one, and say what was done."""
        return self.site.redirect(to or self.site.back_of(form), said)

    def url(self, path: str, /, **query: object) -> str:
        """Return the address of a page; what is None or empty is left out of the query."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return quote(path) + (f"?{urlencode(given)}" if given else "")

    def moment(self, at_ms: int) -> Moment:
        """Return a time for people."""
        return moment_of(at_ms, now_ms=self.context.now_ms())

    def page(
        self,
        template: str,
        *,
        title: str,
        current: str = "",
        status: int = 200,
        said: Said | None = None,
        **context: Any,
    ) -> PageResponse:
        """Return a page in the frame of all pages."""
        return self.site.page(
            template,
            request=self.request,
            title=title,
            current=current,
            status=status,
            said=said,
            sections=[Section(name, path) for name, path in SECTIONS.items()],
            links=[Section("Health", f"{OVERVIEW}health"), Section("HAR file", f"{UI}/requests/har")],
            layout="proxy.html.jinja",
            carried={},
            upstream=self.upstream,
            url=self.url,
            moment=self.moment,
            **context,
        )

    def problem(self, status: int, title: str, text: str) -> PageResponse:
        """Return a page that only says what is wrong."""
        return self.page("problem.html.jinja", title=title, status=status, text=text)
