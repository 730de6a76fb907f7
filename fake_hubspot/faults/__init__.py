"""Faults: what can go wrong on purpose, one fault per file, and rules that say at which requests each one fires.

`fault.py` has the base classes, `registry.py` finds faults by name, `rule.py` says when one fires, and `fault_set.py`
holds those that are set for a portal. The application calls them through `fake_hubspot.context.FaultHook`.

A fault is a module in the folder of its group, or in another package that has an entry point. It registers itself.
"""

from fake_hubspot.context import Body, Message, Response
from fake_hubspot.faults.definition import FaultDescription
from fake_hubspot.faults.fault import (
    Alteration,
    BodyChange,
    Delay,
    PageChange,
    PortalChange,
    Replacement,
    WireFault,
    response_head,
)
from fake_hubspot.faults.fault_set import ArmedFault, FaultSet, faults_of
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import UnknownFaultError, catalogue, find_fault, register
from fake_hubspot.faults.rule import FaultRule, Selector
from fake_hubspot.protocol import Wire

__all__ = [
    "Alteration",
    "ArmedFault",
    "Body",
    "BodyChange",
    "Delay",
    "FaultDescription",
    "FaultRule",
    "FaultSet",
    "Firing",
    "Message",
    "PageChange",
    "PortalChange",
    "Replacement",
    "Response",
    "Selector",
    "UnknownFaultError",
    "Wire",
    "WireFault",
    "catalogue",
    "faults_of",
    "find_fault",
    "register",
    "response_head",
]
