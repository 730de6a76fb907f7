"""The families of routes besides records: files, forms, e-mails, campaigns, imports and so on."""

from fake_hubspot.crm.families.table import family_routes

__all__ = ["family_routes"]
