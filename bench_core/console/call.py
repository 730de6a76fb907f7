"""What the pages of every server need: the request for a page, the journal, the faults, and the server's own words."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from bench_core.control.operations import CONTROL_PREFIX, ControlExchange
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.masking import Masking
from bench_core.pages import PageRequest, PageResponse, Said, Section, Site
from bench_core.pages.words import Moment, moment_of

__all__ = ["FAULTS", "OVERVIEW", "REQUESTS", "UI", "ConsoleCall", "ConsoleWords"]

UI = f"{CONTROL_PREFIX}ui"
OVERVIEW = CONTROL_PREFIX
REQUESTS = f"{UI}/requests"
FAULTS = f"{UI}/faults"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleWords:
    """How a server speaks of requests on its pages.

    Attributes:
        program: Its name, for HAR files.
        hint: What the hint of a journal entry says, as an adjective: `unmatched`.
        hint_title: The same in front of the hint itself.
        hint_count: The same behind a number of requests: `had no match`.
        token_variable: The variable that stands for the access token in curl commands.
        path: A pattern of paths, as an example.
        route: A pattern of routes, as an example.
        has_types: Whether rules can name a type of objects and a page.
        list_route: The route of pages of objects.
        unlisted: The prefixes of headers that its responses carry and an event stream does not.
    """

    program: str
    hint: str
    hint_title: str
    hint_count: str
    token_variable: str
    path: str
    route: str
    has_types: bool
    list_route: str = "*"
    unlisted: tuple[bytes, ...] = ()


class ConsoleCall(ABC):
    """One request for a page; each server says what its own pages have besides.

    Attributes:
        exchange: The request as the control API reads it, with the journal.
        site: The pages of the server.
        params: The parts of the path.
        request: The request as the shared pages read it.
        words: The words of the server.
        layout: The template of the frame of all pages.
        sections: The main pages, with their addresses.
    """

    words: ConsoleWords
    layout: str
    sections: Mapping[str, str]

    def __init__(self, exchange: ControlExchange, site: Site) -> None:
        self.exchange = exchange
        self.site = site
        self.params = exchange.params
        asked = exchange.request
        self.request = PageRequest(
            asked.path,
            asked.raw_query.decode("latin-1"),
            asked.headers.get(b"cookie", b"").decode("latin-1"),
            asked.body,
            asked.headers.get(b"content-type", b"").decode("latin-1"),
        )

    @property
    @abstractmethod
    def faults(self) -> FaultSet:
        """The faults that are set."""

    @property
    @abstractmethod
    def places(self) -> Mapping[str, tuple[str, str]]:
        """Routes with what a person calls their requests, one and several; `{}` stands for the type of the objects."""

    @property
    def object_types(self) -> Sequence[str]:
        """The types of objects that rules can name."""
        return ()

    @property
    @abstractmethod
    def example(self) -> str:
        """A command that sends a request."""

    @property
    @abstractmethod
    def links(self) -> list[Section]:
        """The links at the foot of every page."""

    @abstractmethod
    def set_fault(self, rule: Mapping[str, Any]) -> ArmedFault:
        """Set a fault as the control API does.

        Raises:
            CoreError: The rule is not accepted. The text is a sentence for a person.
        """

    @property
    def carried(self) -> Mapping[str, object]:
        """What every address of a page carries in its query."""
        return {}

    @property
    def frame(self) -> Mapping[str, Any]:
        """What the template of the frame shows."""
        return {}

    @cached_property
    def masking(self) -> Masking:
        """Masks the secrets of the server."""
        return self.exchange.masking()

    def remarks(self, fault: FaultDescription) -> list[str]:  # noqa: ARG002 - for servers that have some
        """Return what else is to be known about a fault."""
        return []

    def url(self, path: str, /, **query: object) -> str:
        """Return the address of a page of this server; what is None or empty is left out of the query."""
        given = {name: value for name, value in {**query, **self.carried}.items() if value not in (None, "")}
        return quote(path) + (f"?{urlencode(given)}" if given else "")

    def moment(self, at_ms: int) -> Moment:
        """Return a time of the server's clock for people."""
        return moment_of(at_ms, now_ms=self.exchange.now_ms())

    def form(self) -> Mapping[str, str]:
        """Return the fields of a form with this server's token.

        Raises:
            RefusedFormError: The form has another one.
        """
        return self.site.checked_form(self.request)

    def done(self, form: Mapping[str, str], said: str, *, to: str = "") -> PageResponse:
        """Lead back to the page of a form, or to another one, and say what was done."""
        return self.site.redirect(to or self.site.back_of(form), said)

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
        """Return a page in the frame of all pages of the server."""
        return self.site.page(
            template,
            request=self.request,
            title=title,
            current=current,
            status=status,
            said=said,
            sections=[Section(name, self.url(path)) for name, path in self.sections.items()],
            links=self.links,
            layout=self.layout,
            carried=self.carried,
            frame=self.frame,
            url=self.url,
            moment=self.moment,
            **context,
        )

    def problem(self, status: int, title: str, text: str) -> PageResponse:
        """Return a page that only says what is wrong."""
        return self.page("problem.html.jinja", title=title, status=status, text=text)
