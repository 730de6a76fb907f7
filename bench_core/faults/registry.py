"""Registries of faults: every fault by its name, imported when the first one is needed.

`@register` above a class is all it takes to add a fault. `GENERAL` has those that need no knowledge of an API. Faults
are some eighty modules: a server without faults starts faster without them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from bench_core.errors import UsageError
from bench_core.faults.definition import (
    GROUPS,
    FaultDefinitionError,
    FaultDescription,
    check_definition,
    defaults_of,
    describe_fault,
)
from bench_core.faults.discovery import import_built_in, import_plugins
from bench_core.faults.fault import Fault
from bench_core.names import nearest, no_such

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GENERAL", "Registry", "UnknownFaultError", "WrongParamsError", "register"]

F = TypeVar("F", bound=Fault)


class UnknownFaultError(UsageError):
    """No fault has this name."""

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        super().__init__(no_such("fault", name, self.known, listed_by="fake-hubspot faults"))


class WrongParamsError(UsageError):
    """A fault does not take these parameters, or not these values."""

    def __init__(self, fault: type[Fault], problem: str) -> None:
        self.fault = fault.name
        self.problem = problem
        known = ", ".join(f"{name} = {default}" for name, default in defaults_of(fault).items()) or "none"
        super().__init__(
            f"the fault {fault.name} does not take these parameters: {problem}. Known, with defaults: {known}"
        )


class Registry:
    """Faults by their names and aliases.

    Args:
        built_in: Imports the faults of a package, which register themselves here.
        plugins: Finds the faults of other packages.
        parent: Its faults belong to this registry as well.
    """

    def __init__(
        self,
        built_in: Callable[[], None],
        plugins: Callable[[], Iterable["EntryPoint"]] = tuple,
        *,
        parent: "Registry | None" = None,
    ) -> None:
        self._built_in = built_in
        self._plugins = plugins
        self._parent = parent
        self._faults: list[type[Fault]] = []
        self._by_spelling: dict[str, type[Fault]] = {}
        self._lock = RLock()
        self._is_loaded = False
        self._error: UsageError | None = None

    def register(self, fault: type[F]) -> type[F]:
        """Add a fault; a decorator.

        Raises:
            FaultDefinitionError: The class is not a complete fault, or one of its names is taken.
        """
        check_definition(fault)
        for spelling in (fault.name, *fault.aliases):
            other = self._spelled(spelling)
            if other is not None:
                taken = f"the name {spelling!r} belongs to {other.__module__}.{other.__qualname__}; choose another one"
                raise FaultDefinitionError(fault, taken)
        self._faults.append(fault)
        self._by_spelling |= {_normalised(spelling): fault for spelling in (fault.name, *fault.aliases)}
        return fault

    def faults(self) -> Mapping[str, type[Fault]]:
        """Every fault by its name, group by group.

        Raises:
            FaultPluginError: An installed package has faults that cannot be used.
        """
        self._load()
        order = {group: place for place, group in enumerate(GROUPS)}
        known = [*(self._parent.faults().values() if self._parent else ()), *self._faults]
        return {fault.name: fault for fault in sorted(known, key=lambda one: (order[one.group], one.name))}

    def find(self, name: str) -> type[Fault]:
        """Find a fault by its name or an alias. Case, `-` and `_` make no difference.

        Raises:
            UnknownFaultError: No fault has this name.
            FaultPluginError: An installed package has faults that cannot be used.
        """
        self._load()
        fault = self._spelled(name)
        if fault is None:
            raise UnknownFaultError(name, known=self.faults())
        return fault

    def make(self, name: str, params: Mapping[str, Any]) -> Fault:
        """Make a fault from its name and parameters.

        Raises:
            UnknownFaultError: No fault has this name.
            WrongParamsError: The fault does not take these parameters.
        """
        fault = self.find(name)
        for name in sorted(set(params) - set(defaults_of(fault))):
            meant = nearest(name, defaults_of(fault))
            raise WrongParamsError(fault, f"{name!r} is not known" + (f", did you mean {meant!r}?" if meant else ""))
        try:
            return msgspec.convert(dict(params), fault)
        except msgspec.ValidationError as error:
            raise WrongParamsError(fault, str(error)) from error

    def catalogue(self) -> list[FaultDescription]:
        """Describe every fault, group by group."""
        return [describe_fault(fault) for fault in self.faults().values()]

    def _spelled(self, name: str) -> type[Fault] | None:
        """Return the fault of this name or alias, as far as it has been imported."""
        own = self._by_spelling.get(_normalised(name))
        return own if own is not None or self._parent is None else self._parent._spelled(name)

    def _load(self) -> None:
        if self._parent is not None:
            self._parent._load()
        with self._lock:
            if not self._is_loaded:
                self._is_loaded = True  # first: a plug-in may look up other faults while it is imported
                self._import()
        if self._error is not None:
            raise self._error

    def _import(self) -> None:
        """Import every fault. An error is kept: without some of its faults the catalogue would look complete."""
        try:
            self._built_in()
            import_plugins(self._plugins(), self._check_plugin)
        except UsageError as error:
            self._error = error

    def _check_plugin(self, plugin: "EntryPoint") -> None:
        package = plugin.module.partition(".")[0]
        own = [fault for fault in self._faults if fault.__module__.partition(".")[0] == package]
        if not own:
            raise UsageError("it registers no fault; put @register above the class")
        for fault in own:
            describe_fault(fault)


def _normalised(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# The faults that need no knowledge of the API behind a server.
GENERAL = Registry(partial(import_built_in, __name__.rpartition(".")[0]))


def register(fault: type[F]) -> type[F]:
    """Register the class below as a fault that needs no knowledge of the API behind a server.

    Raises:
        FaultDefinitionError: The class is not a complete fault, or one of its names is taken.
    """
    return GENERAL.register(fault)
