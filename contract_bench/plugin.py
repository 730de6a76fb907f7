"""The objects that the pytest fixtures return.

Each name is imported on first use: a test that needs a portal does not wait for the Sesam node to be loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_bench.roles.hubspot import Faults, HubSpotControl, HubSpotPortal
    from contract_bench.roles.sesam import SesamNode
    from contract_bench.roles.upstream_proxy import UpstreamProxy
    from contract_bench.roles.webhooks import DeliveryError, Webhooks
    from fake_hubspot import verify_signature

__all__ = [
    "DeliveryError",
    "Faults",
    "HubSpotControl",
    "HubSpotPortal",
    "SesamNode",
    "UpstreamProxy",
    "Webhooks",
    "verify_signature",
]

HOMES = {
    "SesamNode": "contract_bench.roles.sesam",
    "UpstreamProxy": "contract_bench.roles.upstream_proxy",
    "Webhooks": "contract_bench.roles.webhooks",
    "DeliveryError": "contract_bench.roles.webhooks",
    "verify_signature": "fake_hubspot",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES.get(name, "contract_bench.roles.hubspot")), name)
