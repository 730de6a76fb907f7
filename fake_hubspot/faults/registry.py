"""The registry of the fake HubSpot: its own faults, those that need no knowledge of HubSpot, and those of plug-ins."""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from bench_core.faults.definition import FaultDescription
from bench_core.faults.discovery import import_built_in, installed_plugins
from bench_core.faults.fault import Fault
from bench_core.faults.registry import GENERAL, Registry

__all__ = ["REGISTRY", "catalogue", "find_fault", "make_fault", "register", "registered_faults"]

F = TypeVar("F", bound=Fault)
REGISTRY = Registry(partial(import_built_in, __name__.rpartition(".")[0]), installed_plugins, parent=GENERAL)


def register(fault: type[F]) -> type[F]:
    """Register the class below as a fault.

    Raises:
        FaultDefinitionError: The class is not a complete fault, or one of its names is taken.
    """
    return REGISTRY.register(fault)


def registered_faults() -> Mapping[str, type[Fault]]:
    """Every fault by its name, group by group."""
    return REGISTRY.faults()


def find_fault(name: str) -> type[Fault]:
    """Find a fault by its name or an alias of WireMock or Toxiproxy. Case, `-` and `_` make no difference.

    Raises:
        UnknownFaultError: No fault has this name.
    """
    return REGISTRY.find(name)


def make_fault(name: str, params: Mapping[str, Any]) -> Fault:
    """Make a fault from its name and parameters.

    Raises:
        UnknownFaultError: No fault has this name.
        WrongParamsError: The fault does not take these parameters.
    """
    return REGISTRY.make(name, params)


def catalogue() -> list[FaultDescription]:
    """Describe every fault, group by group."""
    return REGISTRY.catalogue()
