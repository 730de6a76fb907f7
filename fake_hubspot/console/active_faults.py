"""The faults that are set, as the pages list them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from bench_core.faults.definition import defaults_of, describe_fault
from bench_core.pages.words import counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.options import UI
from fake_hubspot.console.sentences import sentence_of
from fake_hubspot.faults import ArmedFault, FaultDescription, FaultRule, faults_of, find_fault

__all__ = ["ActiveFault", "active_faults", "describe_rule", "described"]


@cache
def described(name: str) -> FaultDescription:
    """Return the description of a fault by its name or alias; making one takes longer than showing it.

    Raises:
        UnknownFaultError: There is no such fault.
    """
    return describe_fault(find_fault(name))


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


def active_faults(call: PageCall) -> list[ActiveFault]:
    """Return the faults that are set for the account, in their order."""
    return [_active(call, armed) for armed in faults_of(call.tenant)]


def _active(call: PageCall, armed: ArmedFault) -> ActiveFault:
    name = armed.fault.name
    state = f"struck {counted(armed.fired, 'time')}" if armed.fired else "has not struck yet"
    if armed.matched > armed.fired:
        state += f" at {counted(armed.matched, 'matching request')}"
    params = msgspec.to_builtins(armed.fault)
    return ActiveFault(
        armed.id, name, call.url(f"{UI}/faults/{name}"), describe_rule(armed.rule, params), state, armed.is_spent
    )


def describe_rule(rule: FaultRule, params: dict[str, Any]) -> str:
    """Return a rule as a sentence."""
    defaults = defaults_of(find_fault(rule.fault))
    return sentence_of(rule, summary=described(rule.fault).summary, params=params, defaults=defaults)
