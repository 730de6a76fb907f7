"""The account: records, definitions, clock, limits, journal. It does not depend on HTTP."""

from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.portal import Portal

__all__ = ["Portal", "PortalConfig"]
