"""A portal for the tests that have none of their own."""

from tests.unit.fake_hubspot.portal.still_portal import portal

__all__ = ["portal"]
