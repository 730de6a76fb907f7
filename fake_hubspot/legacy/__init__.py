"""HubSpot's older APIs, one module per family: other views of what the CRM API reads and writes."""

from fake_hubspot.legacy.table import legacy_routes

__all__ = ["legacy_routes"]
