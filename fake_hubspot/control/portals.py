"""Portals: make one for each test, drop it afterwards; nothing in it touches another."""

from typing import Any, TypedDict

import msgspec

from fake_hubspot.control.bodies import read_body
from fake_hubspot.errors import UnknownPortalError
from fake_hubspot.exchange import Doc, Exchange, Reply, Route, Tenant
from fake_hubspot.host import Host, PortalPlan
from fake_hubspot.seeds import Recipe

__all__ = ["routes"]


class PortalAnswer(TypedDict):
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

    portals: list[PortalAnswer]


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


def routes(host: Host) -> list[Route]:
    """`/_fake/portals`."""

    def read_all(_: Exchange) -> Reply:
        return Reply.of({"portals": [to_wire(tenant) for tenant in host.tenants]})

    def create(exchange: Exchange) -> Reply:
        return Reply.of(to_wire(host.create(_plan(host, read_body(exchange, NewPortal)))), status=201)

    def read(exchange: Exchange) -> Reply:
        return Reply.of(to_wire(_known(host, exchange)))

    def drop(exchange: Exchange) -> Reply:
        host.drop(_known(host, exchange))
        return Reply.empty()

    many, one = "/_fake/portals", "/_fake/portals/{portalId}"
    listing, making = Doc(answer=PortalList), Doc(body=NewPortal, answer=PortalAnswer, statuses=(201,))
    reading, dropping = Doc(answer=PortalAnswer), Doc(statuses=(204,))
    access = "control"
    return [
        Route("control.portals.list", "GET", many, read_all, access=access, summary="The portals", doc=listing),
        Route("control.portals.create", "POST", many, create, access=access, summary="Make a portal", doc=making),
        Route("control.portals.read", "GET", one, read, access=access, summary="A portal", doc=reading),
        Route("control.portals.drop", "DELETE", one, drop, access=access, summary="Drop a portal", doc=dropping),
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


def _plan(host: Host, wanted: NewPortal) -> PortalPlan:
    portal_id = wanted.portal_id if wanted.portal_id is not None else host.next_id()
    return PortalPlan(
        portal_id=portal_id,
        token=wanted.token or f"pat-{wanted.data_center}-{portal_id:08d}-0000-4000-8000-000000000000",
        recipe=Recipe(wanted.contacts),
        scenario=wanted.scenario,
        seed=wanted.seed,
        tier=wanted.tier,
        enforce_limits=wanted.enforce_limits,
        data_center=wanted.data_center,
    )


def _known(host: Host, exchange: Exchange) -> Tenant:
    text = exchange.params["portalId"]
    tenant = host.tenants.get(int(text)) if text.isascii() and text.isdecimal() else None
    if tenant is None:
        raise UnknownPortalError(text)
    return tenant
