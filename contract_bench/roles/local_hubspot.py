"""Starts a fake HubSpot in a thread of this process."""

from fake_hubspot import Server, Settings

__all__ = ["open_hubspot"]


def open_hubspot(settings: Settings | None = None) -> Server:
    """Return a fake HubSpot that serves while its context is open."""
    return Server(settings) if settings is not None else Server()
