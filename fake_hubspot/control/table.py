"""Every route of the control API."""

from fake_hubspot.control import faults, health, journal, scenario
from fake_hubspot.exchange import Route

__all__ = ["control_routes"]


def control_routes() -> list[Route]:
    """The control routes and `/health`."""
    return [*health.routes(), *scenario.routes(), *faults.routes(), *journal.routes()]
