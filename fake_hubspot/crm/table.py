"""Every route of HubSpot's API that this fake answers."""

from fake_hubspot.crm import objects
from fake_hubspot.exchange import Route

__all__ = ["crm_routes"]


def crm_routes() -> list[Route]:
    """The routes of all families."""
    return objects.routes()
