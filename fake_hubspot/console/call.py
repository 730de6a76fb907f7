"""One request for a page, with what a page needs to answer it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench_core.console.call import FAULTS, OVERVIEW, REQUESTS, UI, ConsoleCall, ConsoleWords
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.pages import Section, Site
from bench_core.pages.words import spanned
from fake_hubspot.console.inner_api import InnerApi
from fake_hubspot.console.options import HEADERS_OF_HUBSPOT, ConsoleOptions
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
    "Overview": OVERVIEW,
    "Records": f"{UI}/records",
    "Requests": REQUESTS,
    "Faults": FAULTS,
    "Webhooks": f"{UI}/webhooks",
    "Settings": f"{UI}/settings",
}


class PageCall(ConsoleCall):
    """A request for a page.

    Attributes:
        context: The request as the server has read it.
        api: Calls the routes of the APIs.
    """

    words = WORDS
    layout = "hubspot.html.jinja"
    sections = SECTIONS

    def __init__(self, context: RequestContext, site: Site, api: InnerApi, options: ConsoleOptions) -> None:
        super().__init__(context, site)
        self.context = context
        self._api = api
        self._options = options

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
    def faults(self) -> FaultSet:
        """The faults that are set for the account."""
        return faults_of(self.tenant)

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

    @property
    def links(self) -> list[Section]:
        """The links at the foot of every page."""
        links = [Section("API", self.url(f"{UI}/api")), Section("Health", "/health")]
        if self._options.other_side:
            links.insert(0, Section("Fake Sesam node", self._options.other_side))
        return links

    @property
    def carried(self) -> Mapping[str, object]:
        """The account, unless it is the default one."""
        return {} if self.tenant is self._options.portals.default else {"portal": self.portal.id}

    @property
    def frame(self) -> Mapping[str, Any]:
        """What the head of every page shows of the account."""
        clock = self.portal.clock
        return {
            "accounts": [tenant.portal.id for tenant in self._options.portals],
            "account": self.portal.id,
            "is_other": bool(self.carried),
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
