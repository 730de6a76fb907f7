"""One request for a page, with what a page needs to answer it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bench_core.console.call import ConsoleWords
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.masking import Masking
from bench_core.pages import PageRequest, PageResponse, Said, Section, Site
from bench_core.pages.words import Moment, moment_of, spanned
from fake_hubspot.console.inner_api import InnerApi
from fake_hubspot.console.options import HEADERS_OF_HUBSPOT, UI, ConsoleOptions
from fake_hubspot.console.places import PLACES
from fake_hubspot.context import RequestContext, Tenant
from fake_hubspot.errors import NotFoundError
from fake_hubspot.faults import faults_of
from fake_hubspot.portal.clock import Clock, format_time
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["PageCall"]

LEAST_SHIFT_MS = 1000
WORDS = ConsoleWords(
    program="fake-hubspot",
    hint="unmatched",
    hint_title="No match",
    hint_count="had no match",
    token_variable="HUBSPOT_TOKEN",  # noqa: S106 - the name of a variable
    path="/crm/v3/objects/*",
    route="objects.batch.read",
    has_types=True,
    list_route="objects.list",
    unlisted=HEADERS_OF_HUBSPOT,
)
SECTIONS = {
    "Overview": "/_fake/",
    "Records": f"{UI}/records",
    "Requests": f"{UI}/requests",
    "Faults": f"{UI}/faults",
    "Webhooks": f"{UI}/webhooks",
    "Settings": f"{UI}/settings",
}


class PageCall:
    """A request for a page.

    Attributes:
        context: The request as the server has read it.
        request: The same as the shared pages read it.
        api: Calls the routes of the APIs.
    """

    def __init__(self, context: RequestContext, site: Site, api: InnerApi, options: ConsoleOptions) -> None:
        self.context = context
        self.site = site
        self._api = api
        self._options = options
        asked = context.request
        self.request = PageRequest(
            asked.path,
            asked.raw_query.decode("latin-1"),
            asked.headers.get(b"cookie", b"").decode("latin-1"),
            asked.body,
            asked.headers.get(b"content-type", b"").decode("latin-1"),
        )

    @property
    def tenant(self) -> Tenant:
        """The account with its faults and its scenario."""
        return self.context.tenant

    @property
    def portal(self) -> Portal:
        """The account."""
        return self.context.portal

    @property
    def default_account(self) -> int:
        """The id of the account that pages show without `?portal=`."""
        return self._options.portals.default.portal.id

    @property
    def masking(self) -> Masking:
        """Masks the account's secrets."""
        return Masking(self.portal.access.secrets())

    @property
    def exchange(self) -> RequestContext:
        """The request as the control API reads it."""
        return self.context

    @property
    def faults(self) -> FaultSet:
        """The faults that are set for the account."""
        return faults_of(self.tenant)

    @property
    def words(self) -> ConsoleWords:
        """How the fake speaks of requests."""
        return WORDS

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """The routes that forms offer."""
        return PLACES

    @property
    def object_types(self) -> Sequence[str]:
        """The object types of the account."""
        return sorted(kind.wire_name for kind in self.portal.types.all())

    @property
    def example(self) -> str:
        """A command that sends a request."""
        origin = self.context.request.origin
        return f"curl -H 'Authorization: Bearer {self.tenant.token}' {origin}/crm/v3/objects/contacts"

    @property
    def params(self) -> Mapping[str, str]:
        """The parts of the path."""
        return self.context.params

    def remarks(self, fault: FaultDescription) -> list[str]:
        """Return what else is to be known about a fault."""
        pages = ["It strikes only pages of lists: records, owners and the like."] if fault.needs_page else []
        return [*pages, *(["It changes records of the account."] if fault.changes_portal else [])]

    def set_fault(self, rule: Mapping[str, Any]) -> ArmedFault:
        """Set a fault through the control API.

        Raises:
            ApiRefusedError: The rule is not accepted.
        """
        return self.faults.find(self.api("POST", "/_fake/faults", rule)["id"])

    def api(self, method: str, path: str, body: object = None, *, query: str = "") -> Any:
        """Call a route of the APIs for this account; see `InnerApi.call`."""
        return self._api.call(self.context, method, path, body, query=query)

    def kind(self) -> ObjectType:
        """Return the object type that the path names; contacts if it names none.

        Raises:
            NotFoundError: There is no such type.
        """
        name = self.params.get("objectType", "contacts")
        found = self.portal.types.find_leniently(name)
        if found is None:
            raise NotFoundError(f"There is no object type {name[:60]!r}; the page of the records lists all.")
        return found

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
        """Return the address of a page of this account; what is None or empty is left out of the query."""
        account = {} if self.tenant is self._options.portals.default else {"portal": self.portal.id}
        given = {name: value for name, value in {**query, **account}.items() if value not in (None, "")}
        return quote(path) + (f"?{urlencode(given)}" if given else "")

    def moment(self, at_ms: int) -> Moment:
        """Return a time of the account's clock for people."""
        return moment_of(at_ms, now_ms=self.portal.clock.now_ms())

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
            sections=[Section(name, self.url(path)) for name, path in SECTIONS.items()],
            links=self._links(),
            layout="hubspot.html.jinja",
            carried={} if self.tenant is self._options.portals.default else {"portal": self.portal.id},
            frame=self._frame(),
            url=self.url,
            moment=self.moment,
            **context,
        )

    def problem(self, status: int, title: str, text: str) -> PageResponse:
        """Return a page that only says what is wrong."""
        return self.page("problem.html.jinja", title=title, status=status, text=text)

    def _links(self) -> list[Section]:
        links = [Section("API", self.url(f"{UI}/api")), Section("Health", "/health")]
        if self._options.other_side:
            links.insert(0, Section("Fake Sesam node", self._options.other_side))
        return links

    def _frame(self) -> dict[str, Any]:
        """Return what the head of every page shows of the account."""
        clock = self.portal.clock
        return {
            "accounts": [tenant.portal.id for tenant in self._options.portals],
            "account": self.portal.id,
            "is_other": self.tenant is not self._options.portals.default,
            "scenario": self.tenant.scenario,
            "clock": _clock(clock),
            "other_side": self._options.other_side,
        }


def _clock(clock: Clock) -> str:
    """Return in words how an account's clock differs from the real time; empty if it does not."""
    shift_ms, frozen_ms = clock.state
    if frozen_ms is not None:
        return f"Clock stopped at {format_time(frozen_ms)}"
    if abs(shift_ms) < LEAST_SHIFT_MS:
        return ""
    return f"Clock {spanned(abs(shift_ms))} {'ahead' if shift_ms > 0 else 'behind'}"
