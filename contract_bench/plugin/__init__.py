"""What the pytest fixtures hand out. Nothing here is imported before a test asks for it."""

from contract_bench.plugin.node import SesamNode
from contract_bench.plugin.portal import Faults, HubSpotControl, HubSpotPortal

__all__ = ["Faults", "HubSpotControl", "HubSpotPortal", "SesamNode"]
