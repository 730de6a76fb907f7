"""What can go wrong on purpose: one fault a file, what each is called, and when it strikes.

`fault.py` says what a fault is, `registry.py` lists them, `plan.py` says when one strikes, `active.py` holds those set
for a portal. The seam to the server is described in `fake_hubspot.context`.

The faults themselves are imported when the first one is asked for: they are eighty modules, a quarter of the time that
a server needs to start, and a portal without faults does without them.
"""

from typing import TYPE_CHECKING, Any

from fake_hubspot.faults.active import ArmedFault, FaultSet, faults_of
from fake_hubspot.faults.card import FaultCard
from fake_hubspot.faults.plan import Plan, Selector

if TYPE_CHECKING:
    from fake_hubspot.faults.registry import catalogue, find_fault

__all__ = ["ArmedFault", "FaultCard", "FaultSet", "Plan", "Selector", "catalogue", "faults_of", "find_fault"]


def __getattr__(name: str) -> Any:
    """`catalogue` and `find_fault`, with all faults behind them."""
    if name not in ("catalogue", "find_fault"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fake_hubspot.faults import registry

    return getattr(registry, name)
