"""HubSpot's API, one module per family: parses the request, asks the portal and renders the response."""

from fake_hubspot.crm.table import crm_routes

__all__ = ["crm_routes"]
