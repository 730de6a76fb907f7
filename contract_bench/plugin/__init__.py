"""What the pytest fixtures hand out.

Each name is imported when it is asked for: a test that needs a portal does not wait for a Sesam node to be loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_bench.plugin.node import SesamNode
    from contract_bench.plugin.portal import Faults, HubSpotControl, HubSpotPortal

__all__ = ["Faults", "HubSpotControl", "HubSpotPortal", "SesamNode"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "node" if name == "SesamNode" else "portal"
    return getattr(import_module(f"{__name__}.{room}"), name)
