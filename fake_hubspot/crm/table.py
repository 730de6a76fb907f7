"""The routes that most clients use: records, and what describes and connects them."""

from fake_hubspot.context import Route
from fake_hubspot.crm import (
    account,
    association_limits,
    associations_batch,
    associations_v3,
    associations_v4,
    batch,
    labels,
    list_details,
    list_folders,
    lists,
    memberships,
    merging,
    oauth,
    objects,
    owners,
    pipelines,
    properties,
    property_groups,
    schemas,
    search,
    users,
    webhooks,
)

__all__ = ["crm_routes"]

FAMILIES = (
    objects,
    batch,
    search,
    merging,
    associations_batch,
    associations_v3,
    associations_v4,
    labels,
    association_limits,
    properties,
    property_groups,
    owners,
    users,
    pipelines,
    schemas,
    lists,
    list_folders,
    list_details,
    memberships,
    account,
    oauth,
    webhooks,
)


def crm_routes() -> list[Route]:
    """Return the routes of all families but those in `fake_hubspot.crm.families`."""
    return [route for family in FAMILIES for route in family.routes()]
