"""What the pages need to know about their server."""

from collections.abc import Callable

import msgspec

from fake_hubspot.context import Route
from fake_hubspot.portal_registry import PortalRegistry

__all__ = ["HEADERS_OF_HUBSPOT", "UI", "ConsoleOptions"]

UI = "/_fake/ui"
# The prefixes of what HubSpot's responses carry and a page does not.
HEADERS_OF_HUBSPOT = (b"cf-", b"strict-", b"vary", b"access-control", b"server", b"x-hubspot", b"x-fake")


class ConsoleOptions(msgspec.Struct):
    """What the pages need to know about their server.

    Attributes:
        portals: The accounts.
        api: Returns the routes of HubSpot's API and of the control API.
        control_token: What a browser on another machine must give first.
        other_side: The address of the fake Sesam node, if there is one beside this server.
    """

    portals: PortalRegistry
    api: Callable[[], tuple[Route, ...]]
    control_token: str | None = None
    other_side: str = ""
