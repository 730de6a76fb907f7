"""Faults: what can go wrong on purpose, one fault per file, and rules that say at which requests each one fires.

Those that need no knowledge of HubSpot are in `bench_core.faults`, with the machinery that all faults share; here are
those that know its errors, pages and records. The application calls them through `fake_hubspot.context.FaultHook`.

A fault is a module in the folder of its group, or in another package that has an entry point. It registers itself.
"""

from bench_core.exchange import Body, Message, Response
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault import Alteration, BodyChange, Delay, Replacement, WireFault, response_head
from bench_core.faults.fault_set import ArmedFault
from bench_core.faults.registry import UnknownFaultError
from bench_core.faults.rule import FaultRule, Selector
from bench_core.wire import Wire
from fake_hubspot.faults.fault import PageChange, PortalChange
from fake_hubspot.faults.fault_set import FaultSet, faults_of
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import catalogue, find_fault, register

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
