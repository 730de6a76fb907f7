"""Every route of HubSpot's older APIs that this fake has."""

from fake_hubspot.context import Route
from fake_hubspot.legacy import (
    account,
    associations,
    change_log,
    companies,
    contact_lists,
    contacts,
    crm_objects,
    deals,
    email,
    engagements,
    forms,
    owners,
    pipelines,
    properties,
    timeline,
    workflows,
)

__all__ = ["legacy_routes"]

FAMILIES = (
    contacts,
    contact_lists,
    companies,
    deals,
    engagements,
    crm_objects,
    change_log,
    associations,
    properties,
    pipelines,
    owners,
    email,
    forms,
    workflows,
    timeline,
    account,
)


def legacy_routes() -> list[Route]:
    """Return the routes of all families."""
    return [row.route() for family in FAMILIES for row in family.ROWS]
