"""Every fault by its name, and what a person can be told about each."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from fake_hubspot.errors import UsageError
from fake_hubspot.faults import answers, bodies, portal, records, walk, wire
from fake_hubspot.faults.card import FaultCard
from fake_hubspot.faults.fault import Fault

__all__ = [
    "FAULTS",
    "FaultCard",
    "UnknownFaultError",
    "WrongParamsError",
    "catalogue",
    "find_fault",
    "make_fault",
]

GROUPS: Mapping[str, tuple[type[Fault], ...]] = {
    "answers": answers.FAULTS,
    "bodies": bodies.FAULTS,
    "walk": walk.FAULTS,
    "records": records.FAULTS,
    "portal": portal.FAULTS,
    "wire": wire.FAULTS,
}
FAULTS: Mapping[str, type[Fault]] = {fault.name: fault for faults in GROUPS.values() for fault in faults}


class UnknownFaultError(UsageError):
    """A fault that nobody registered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known = sorted(FAULTS)
        super().__init__(f"there is no fault named {name!r}; known are: {', '.join(self.known)}")


class WrongParamsError(UsageError):
    """Parameters that a fault does not take, or not with these values."""

    def __init__(self, fault: type[Fault], problem: str) -> None:
        self.fault = fault.name
        self.problem = problem
        known = ", ".join(f"{name} = {default}" for name, default in _defaults(fault).items()) or "none"
        super().__init__(
            f"the fault {fault.name} does not take these parameters: {problem}. Known, with defaults: {known}"
        )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_fault(name: str) -> type[Fault]:
    """The fault with that name, or with that alias of WireMock or Toxiproxy. Case, `-` and `_` do not matter.

    Raises: UnknownFaultError.
    """
    wanted = _plain(name)
    for fault in FAULTS.values():
        if wanted in {_plain(known) for known in (fault.name, *fault.aliases)}:
            return fault
    raise UnknownFaultError(name)


def make_fault(name: str, params: Mapping[str, Any]) -> Fault:
    """A fault with its parameters, checked.

    Raises: UnknownFaultError, WrongParamsError.
    """
    fault = find_fault(name)
    unknown = sorted(set(params) - set(_defaults(fault)))
    if unknown:
        raise WrongParamsError(fault, f"{', '.join(unknown)} is not known")
    try:
        return msgspec.convert(dict(params), fault)
    except msgspec.ValidationError as error:
        raise WrongParamsError(fault, str(error)) from error


def _defaults(fault: type[Fault]) -> dict[str, Any]:
    return {field.name: field.default for field in msgspec.inspect.type_info(fault).fields}  # type: ignore[attr-defined]  # a dataclass has fields


def catalogue() -> list[FaultCard]:
    """Every fault, group by group."""
    return [_card(group, fault) for group, faults in GROUPS.items() for fault in faults]


def _card(group: str, fault: type[Fault]) -> FaultCard:
    text = inspect.getdoc(fault) or ""
    about, _, source = text.partition("Source:")
    source = " ".join(source.split())
    schema = msgspec.json.schema(fault)["$defs"][fault.__name__]
    return FaultCard(
        name=fault.name,
        group=group,
        aliases=fault.aliases,
        summary=" ".join(about.split()),
        source=source,
        evidence=tuple(re.findall(r"\b(?:recording|docs|reader|assumed)\b", source)),
        params=schema["properties"],
        examples=fault.examples,
        needs_page=fault.needs_page,
        changes_portal=fault.changes_portal,
    )
