"""The objects that the pytest fixtures return.

Each name is imported on first use: a test that needs a portal does not wait for the Sesam node to be loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_bench.roles.hubspot import Faults, HubSpotControl, HubSpotPortal
    from contract_bench.roles.sesam import SesamNode
    from contract_bench.roles.upstream_proxy import UpstreamProxy

__all__ = ["Faults", "HubSpotControl", "HubSpotPortal", "SesamNode", "UpstreamProxy"]

HOMES = {"SesamNode": "sesam", "UpstreamProxy": "upstream_proxy"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"contract_bench.roles.{HOMES.get(name, 'hubspot')}"), name)
