"""Portals: make one for each test, drop it afterwards; nothing in it touches another."""

from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import Operation, RequestContext, Response, Route, Tenant
from fake_hubspot.control.bodies import read_body
from fake_hubspot.errors import UnknownPortalError
from fake_hubspot.portal_registry import PortalPlan, PortalRegistry
from fake_hubspot.seeds import Seeder

__all__ = ["routes"]


class PortalResponse(TypedDict):
    """A portal: what selects it and what it holds."""

    portalId: int
    token: str
    scenario: str
    dataCenter: str
    tier: str
    contacts: int
    requests: int


class PortalList(TypedDict):
    """Every portal of this server."""

    portals: list[PortalResponse]


class NewPortal(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A portal to make; everything has a default. `contacts` is exact; without it there are the two samples."""

    portal_id: int | None = None
    token: str | None = None
    contacts: int | None = None
    scenario: str = "success"
    seed: int = 0
    tier: str = "free"
    enforce_limits: bool = False
    data_center: str = "na1"


def routes(portals: PortalRegistry) -> list[Route]:
    """`/_fake/portals`."""

    def read_all(_: RequestContext) -> Response:
        return Response.of({"portals": [to_wire(tenant) for tenant in portals]})

    def create(context: RequestContext) -> Response:
        return Response.of(to_wire(portals.create(_plan(portals, read_body(context, NewPortal)))), status=201)

    def read(context: RequestContext) -> Response:
        return Response.of(to_wire(_known(portals, context)))

    def drop(context: RequestContext) -> Response:
        portals.drop(_known(portals, context))
        return Response.empty()

    many, one = "/_fake/portals", "/_fake/portals/{portalId}"
    listing, making = (
        Operation(response=PortalList),
        Operation(body=NewPortal, response=PortalResponse, statuses=(201,)),
    )
    reading, dropping = Operation(response=PortalResponse), Operation(statuses=(204,))
    access = "control"
    return [
        Route("control.portals.list", "GET", many, read_all, access=access, summary="The portals", operation=listing),
        Route("control.portals.create", "POST", many, create, access=access, summary="Make a portal", operation=making),
        Route("control.portals.read", "GET", one, read, access=access, summary="A portal", operation=reading),
        Route("control.portals.drop", "DELETE", one, drop, access=access, summary="Drop a portal", operation=dropping),
    ]


def to_wire(tenant: Tenant) -> dict[str, Any]:
    """Shape: `{portalId, token, scenario, dataCenter, tier, contacts, requests}`."""
    portal = tenant.portal
    return {
        "portalId": portal.id,
        "token": tenant.token,
        "scenario": tenant.scenario,
        "dataCenter": portal.options.data_center,
        "tier": portal.limits.tier.name,
        "contacts": portal.store.count("0-1"),
        "requests": portal.journal.count,
    }


def _plan(portals: PortalRegistry, wanted: NewPortal) -> PortalPlan:
    portal_id = wanted.portal_id if wanted.portal_id is not None else portals.next_id()
    return PortalPlan(
        portal_id=portal_id,
        token=wanted.token or f"pat-{wanted.data_center}-{portal_id:08d}-0000-4000-8000-000000000000",
        seeder=Seeder(wanted.contacts),
        scenario=wanted.scenario,
        seed=wanted.seed,
        tier=wanted.tier,
        enforce_limits=wanted.enforce_limits,
        data_center=wanted.data_center,
    )


def _known(portals: PortalRegistry, context: RequestContext) -> Tenant:
    text = context.params["portalId"]
    tenant = portals.get(int(text)) if text.isascii() and text.isdecimal() else None
    if tenant is None:
        raise UnknownPortalError(text)
    return tenant
