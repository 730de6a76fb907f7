"""The account: portal, store, clock, limits, journal. No HTTP in here."""

from fake_hubspot.portal.portal import Portal, PortalOptions

__all__ = ["Portal", "PortalOptions"]
