"""The account: portal, store, clock, limits, journal. No HTTP in here."""

from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.portal import Portal

__all__ = ["Portal", "PortalConfig"]
