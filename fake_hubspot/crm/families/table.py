"""Every route of the families besides records."""

from fake_hubspot.context import Route
from fake_hubspot.crm.families import files, simple

__all__ = ["family_routes"]

FAMILIES = (files, simple)


def family_routes() -> list[Route]:
    """Return the routes of all of them."""
    return [route for family in FAMILIES for route in family.routes()]
