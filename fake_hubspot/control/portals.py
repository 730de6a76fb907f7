"""Portals: create one for each test and delete it afterwards; they share nothing."""

from typing import Any, TypedDict

from bench_core.control.bodies import read_fields
from fake_hubspot.context import Operation, Pending, RequestContext, Response, Route, Tenant, control_route
from fake_hubspot.errors import UnknownPortalError
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import BULK_FROM
from fake_hubspot.portal_registry import PortalRegistry

__all__ = ["routes"]


class PortalResponse(TypedDict):
    """A portal: how it is selected and what it contains."""

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


def routes(portals: PortalRegistry) -> list[Route]:
    """Return the routes under `/_fake/portals`."""

    def read_all(_: RequestContext) -> Response:
        return Response.of({"portals": [to_wire(tenant) for tenant in portals]})

    def create(context: RequestContext) -> Response:
        config = _read_config(portals, context)
        portals.reserve(config)

        def make() -> Response:
            return Response.of(to_wire(portals.create(config)), status=201)

        is_long = (config.contacts or 0) >= BULK_FROM or config.seed_files
        return Pending.on(make, holds_portal=False) if is_long else make()

    def read(context: RequestContext) -> Response:
        return Response.of(to_wire(_known(portals, context)))

    def drop(context: RequestContext) -> Response:
        portals.drop(_known(portals, context))
        return Response.empty()

    many, one = "/_fake/portals", "/_fake/portals/{portalId}"
    listing, making = (
        Operation(response=PortalList),
        Operation(body=PortalConfig, response=PortalResponse, statuses=(201,)),
    )
    reading, dropping = Operation(response=PortalResponse), Operation(statuses=(204,))
    return [
        control_route("portals.list", "GET", many, read_all, summary="List portals", operation=listing),
        control_route("portals.create", "POST", many, create, summary="Create a portal", operation=making),
        control_route("portals.read", "GET", one, read, summary="Read a portal", operation=reading),
        control_route("portals.drop", "DELETE", one, drop, summary="Delete a portal", operation=dropping),
    ]


def to_wire(tenant: Tenant) -> dict[str, Any]:
    """Render one portal.

    Shape: `{portalId, token, scenario, dataCenter, tier, contacts, requests}`.
    """
    portal = tenant.portal
    return {
        "portalId": portal.id,
        "token": tenant.token,
        "scenario": tenant.scenario,
        "dataCenter": portal.config.data_center,
        "tier": portal.limits.tier.name,
        "contacts": portal.store.count("0-1"),
        "requests": portal.journal.count,
    }


def _read_config(portals: PortalRegistry, context: RequestContext) -> PortalConfig:
    """Read what the new portal is made of; every field may be left out."""
    return read_fields(context, portals.complete)


def _known(portals: PortalRegistry, context: RequestContext) -> Tenant:
    text = context.params["portalId"]
    tenant = portals.get(parse_id(text))
    if tenant is None:
        raise UnknownPortalError(text)
    return tenant
