"""Every route of the families besides records."""

from fake_hubspot.context import Route
from fake_hubspot.crm.families import exports, files, imports, simple, submissions

__all__ = ["family_routes"]

FAMILIES = (files, imports, exports, simple, submissions)


def family_routes() -> list[Route]:
    """Return the routes of all of them."""
    return [route for family in FAMILIES for route in family.routes()]
