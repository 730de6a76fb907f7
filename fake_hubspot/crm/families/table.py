"""Every route of the families besides records."""

from fake_hubspot.context import Route
from fake_hubspot.crm.families import (
    campaigns,
    documents,
    emails,
    exports,
    files,
    imports,
    limits,
    marketing_events,
    occurrences,
    simple,
    submissions,
    subscriptions,
    timeline,
)

__all__ = ["family_routes"]

FAMILIES = (
    files,
    imports,
    exports,
    simple,
    submissions,
    campaigns,
    emails,
    subscriptions,
    occurrences,
    timeline,
    marketing_events,
    limits,
    documents,
)


def family_routes() -> list[Route]:
    """Return the routes of all of them."""
    return [route for family in FAMILIES for route in family.routes()]
