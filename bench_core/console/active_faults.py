"""The faults that are set, as the pages list them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from bench_core.console.call import FAULTS, ConsoleCall
from bench_core.console.sentences import sentence_of
from bench_core.faults.definition import FaultDescription, defaults_of, describe_fault
from bench_core.faults.fault_set import ArmedFault
from bench_core.faults.registry import Registry
from bench_core.faults.rule import FaultRule
from bench_core.pages.words import counted

__all__ = ["ActiveFault", "active_faults", "describe_rule", "described"]


@cache
def described(registry: Registry, name: str) -> FaultDescription:
    """Return the description of a fault by its name or alias; making one takes longer than showing it.

    Raises:
        UnknownFaultError: There is no such fault.
    """
    return describe_fault(registry.find(name))


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """A fault that is set.

    Attributes:
        state: How often it struck, in words.
        is_spent: Whether it will not strike again.
    """

    id: str
    name: str
    href: str
    sentence: str
    state: str
    is_spent: bool


def active_faults(call: ConsoleCall) -> list[ActiveFault]:
    """Return the faults that are set, in their order."""
    return [_active(call, armed) for armed in call.faults]


def _active(call: ConsoleCall, armed: ArmedFault) -> ActiveFault:
    name = armed.fault.name
    state = f"struck {counted(armed.fired, 'time')}" if armed.fired else "has not struck yet"
    if armed.matched > armed.fired:
        state += f" at {counted(armed.matched, 'matching request')}"
    params = msgspec.to_builtins(armed.fault)
    sentence = describe_rule(call, armed.rule, params)
    return ActiveFault(armed.id, name, call.url(f"{FAULTS}/{name}"), sentence, state, armed.is_spent)


def describe_rule(call: ConsoleCall, rule: FaultRule, params: dict[str, Any]) -> str:
    """Return a rule as a sentence."""
    registry = call.faults.registry
    summary, defaults = described(registry, rule.fault).summary, defaults_of(registry.find(rule.fault))
    return sentence_of(rule, summary=summary, params=params, defaults=defaults, places=call.places)
