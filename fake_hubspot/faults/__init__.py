"""What can go wrong on purpose: one fault a file, what each is called, and when it strikes.

`fault.py` says what a fault is, `registry.py` lists them, `plan.py` says when one strikes, `active.py` holds those set
for a portal. The seam to the server is described in `fake_hubspot.exchange`.
"""

from fake_hubspot.faults.active import ArmedFault, FaultSet, faults_of
from fake_hubspot.faults.plan import Plan, Selector
from fake_hubspot.faults.registry import FaultCard, catalogue, find_fault

__all__ = ["ArmedFault", "FaultCard", "FaultSet", "Plan", "Selector", "catalogue", "faults_of", "find_fault"]
