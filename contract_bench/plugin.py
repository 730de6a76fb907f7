"""The objects that the pytest fixtures return.

Each name is imported on first use: a test that needs a portal does not wait for the Sesam node to be loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_bench.roles.hubspot import Faults, HubSpotControl, HubSpotPortal
    from contract_bench.roles.sesam import SesamNode

__all__ = ["Faults", "HubSpotControl", "HubSpotPortal", "SesamNode"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "sesam" if name == "SesamNode" else "hubspot"
    return getattr(import_module(f"contract_bench.roles.{module}"), name)
