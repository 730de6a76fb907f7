"""What the pages of every server need: the request for a page, the journal, the faults, and the server's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bench_core.control.operations import CONTROL_PREFIX, ControlExchange
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.masking import Masking
from bench_core.pages import PageRequest, PageResponse, Said, Site
from bench_core.pages.words import Moment

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


class ConsoleCall(Protocol):
    """One request for a page."""

    @property
    def site(self) -> Site:
        """The pages of the server."""

    @property
    def request(self) -> PageRequest:
        """The request as pages read it."""

    @property
    def exchange(self) -> ControlExchange:
        """The request as the control API reads it, with the journal."""

    @property
    def params(self) -> Mapping[str, str]:
        """The parts of the path."""

    @property
    def faults(self) -> FaultSet:
        """The faults that are set."""

    @property
    def masking(self) -> Masking:
        """Masks the secrets of the server."""

    @property
    def words(self) -> ConsoleWords:
        """The words of the server."""

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """Routes with what a person calls their requests, one and several; `{}` stands for the type of the objects."""

    @property
    def object_types(self) -> Sequence[str]:
        """The types of objects that rules can name."""

    @property
    def example(self) -> str:
        """A command that sends a request."""

    def remarks(self, fault: FaultDescription) -> list[str]:
        """Return what else is to be known about a fault."""

    def set_fault(self, rule: Mapping[str, Any]) -> ArmedFault:
        """Set a fault as the control API does.

        Raises:
            CoreError: The rule is not accepted. The text is a sentence for a person.
        """

    def url(self, path: str, /, **query: object) -> str:
        """Return the address of a page of this server; what is None or empty is left out of the query."""

    def moment(self, at_ms: int) -> Moment:
        """Return a time for people."""

    def form(self) -> Mapping[str, str]:
        """Return the fields of a form with this server's token.

        Raises:
            RefusedFormError: The form has another one.
        """

    def done(self, form: Mapping[str, str], said: str, *, to: str = "") -> PageResponse:
        """Lead back to the page of a form, or to another one, and say what was done."""

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
        """Return a page in the frame of all pages of the server.

        Templates find there `layout`, the template of the frame, and `carried`, what every form with GET sends along.
        """
