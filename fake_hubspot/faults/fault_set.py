"""The faults that are set for one portal, and what they have to know about HubSpot's routes and pages."""

from collections.abc import Hashable

import msgspec

from bench_core.exchange import Response
from bench_core.faults.fault import Fault, ResponseFault
from bench_core.faults.fault_set import FaultSet as AnyFaultSet
from bench_core.faults.fault_set import Traits
from fake_hubspot.context import RequestContext, Tenant
from fake_hubspot.faults import registry
from fake_hubspot.faults.fault import PageChange, PortalChange, read_page
from fake_hubspot.paging import (
    hand_out_changed,
    has_chosen_cursor,
    is_last_page,
    requested_cursor,
    walk_without_connection,
)

__all__ = ["FaultSet", "PortalTraits", "faults_of"]

# Pages whose rows are links, members of lists or results of a batch: neither records nor other things of the account.
OTHER_PAGES = ("associations.", "memberships.", "objects.batch.", "legacy.associations.", "legacy.companies.vids")
NO_CONTENT = 204


class PortalTraits(Traits):
    """What is known about HubSpot's routes, pages and walks."""

    def can_affect(self, fault: Fault, context: RequestContext) -> bool:
        """Whether the route answers with what the fault changes."""
        if fault.needs_page and not _asks_for_records(context):
            return False
        if fault.needs_parameter and not context.takes(fault.needs_parameter):
            return False
        if fault.needs_chosen_cursor and not has_chosen_cursor(context):
            return False
        if fault.needs_body and _has_no_body(context):
            return False
        return bool(context.object_type) or not isinstance(fault, PortalChange)

    def has_chosen_cursor(self, context: RequestContext) -> bool:
        """Whether the client chose the cursor of its request itself."""
        return has_chosen_cursor(context)

    def is_last_page(self, context: RequestContext) -> bool:
        """Whether the request is for the page with which a list of records ends."""
        return is_last_page(context)

    def page_of(self, context: RequestContext) -> Hashable:
        """Return the page of the walk. A retry may come on another connection.

        A range that begins within a page is told apart from the one that ends there: it has another cursor.
        """
        walk = context.object_type if context.page is None else walk_without_connection(context)
        chosen = requested_cursor(context) if has_chosen_cursor(context) else None
        return context.route_name, walk, context.page, chosen

    def note_sent(self, fault: ResponseFault, context: RequestContext, original: Response, sent: Response) -> None:
        """Record the cursor that a fault has put into a page."""
        if isinstance(fault, PageChange):
            _count_page(context, original, sent)


def _asks_for_records(context: RequestContext) -> bool:
    """Return whether the response is a page whose rows are records or other things of the account, such as forms."""
    return context.page is not None and not context.route_name.startswith(OTHER_PAGES)


def _has_no_body(context: RequestContext) -> bool:
    """Return whether the response to a request has no body, as far as that is known before it is handled."""
    return context.request.method == "HEAD" or (
        context.route is not None and context.route.operation.statuses == (NO_CONTENT,)
    )


def _count_page(context: RequestContext, original: Response, sent: Response) -> None:
    try:
        page, changed = read_page(original), read_page(sent)
    except msgspec.DecodeError:
        return  # no client can read this page's cursor either
    if page is not None and changed is not None:
        hand_out_changed(context, page, changed)


class FaultSet(AnyFaultSet):
    """The faults of one portal, in the order in which they were set."""

    def __init__(self) -> None:
        super().__init__(registry.REGISTRY, PortalTraits())


def faults_of(tenant: Tenant) -> FaultSet:
    """Return the faults of a portal. There may be none."""
    if not isinstance(tenant.fault_hooks, FaultSet):
        tenant.fault_hooks = FaultSet()
    return tenant.fault_hooks
