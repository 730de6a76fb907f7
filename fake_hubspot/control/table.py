"""Every route of the control API."""

from collections.abc import Callable, Iterable

from fake_hubspot.context import Route
from fake_hubspot.control import changes, faults, journal, openapi, rules, scenario, settings, state, webhooks
from fake_hubspot.control import portals as portal_routes
from fake_hubspot.control.health import health_routes
from fake_hubspot.portal_registry import PortalRegistry

__all__ = ["control_routes"]

FAMILIES = (scenario, journal, settings, changes, rules, webhooks)


def control_routes(portals: PortalRegistry, api: Callable[[], Iterable[Route]]) -> list[Route]:
    """Return the control routes, and the document that describes them, `/health` and the routes that `api` returns."""
    own = [
        *portal_routes.routes(portals),
        *faults.routes(lambda: {route.name for route in api()}),
        *state.routes(portals.seed_folders),
        *(route for family in FAMILIES for route in family.routes()),
    ]
    return [*own, *openapi.routes(lambda: [*api(), *own, *health_routes()])]
