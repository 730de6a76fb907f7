"""Every route of the control API."""

from collections.abc import Iterable

from fake_hubspot.control import changes, faults, health, journal, openapi, portals, scenario, settings, state
from fake_hubspot.exchange import Route
from fake_hubspot.host import Host

__all__ = ["control_routes"]

FAMILIES = (health, scenario, journal, state, settings, changes)


def control_routes(host: Host, api: Iterable[Route]) -> list[Route]:
    """The control routes, `/health`, and the document that describes them together with the `api` routes."""
    api = list(api)
    known = {route.name for route in api}
    own = [*portals.routes(host), *faults.routes(known), *(route for family in FAMILIES for route in family.routes())]
    return [*own, *openapi.routes([*api, *own])]
