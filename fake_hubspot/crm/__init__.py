"""HubSpot's API, one module per family: parse the call, ask the portal, render the answer."""

from fake_hubspot.crm.table import crm_routes

__all__ = ["crm_routes"]
