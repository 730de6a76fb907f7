"""One firing of a fault of the fake HubSpot: its context has the portal, the route and the page."""

from bench_core.faults.firing import FiringOf
from fake_hubspot.context import RequestContext

__all__ = ["Firing"]

Firing = FiringOf[RequestContext]
