"""Finding faults: those of this package by their folders, those of other packages by their entry points."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bench_core.errors import UsageError
from bench_core.faults.definition import GROUPS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["ENTRY_POINT_GROUP", "FaultPluginError", "import_built_in", "import_plugins", "installed_plugins"]

ENTRY_POINT_GROUP = "fake_hubspot.faults"


class FaultPluginError(UsageError):
    """An installed package whose faults cannot be used."""

    def __init__(self, plugin: "EntryPoint", problem: str) -> None:
        self.plugin = plugin.name
        self.problem = problem
        package = plugin.dist.name if plugin.dist else plugin.module
        super().__init__(
            f"the fault plug-in {plugin.name!r} ({plugin.value}) cannot be used: {problem}."
            f" Fix or uninstall the package {package}"
        )


def import_built_in(package: str) -> None:
    """Import every module in the folders of the groups in a package; the faults among them register themselves."""
    folders = {each.name for each in pkgutil.iter_modules(importlib.import_module(package).__path__)}
    for group in GROUPS:
        if group in folders:
            folder = importlib.import_module(f"{package}.{group}")
            for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
                importlib.import_module(module.name)


def installed_plugins() -> tuple["EntryPoint", ...]:
    """Return the entry points of installed packages, in a stable order."""
    from importlib.metadata import entry_points  # here, because it takes longer to import than the faults themselves

    return tuple(sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: (one.name, one.value)))


def import_plugins(plugins: Iterable["EntryPoint"], check: Callable[["EntryPoint"], None]) -> None:
    """Import every plug-in, then let `check` look at what it registered.

    Raises:
        FaultPluginError: A plug-in cannot be imported, or `check` raised an error.
    """
    for plugin in plugins:
        try:
            plugin.load()
            check(plugin)
        except UsageError as error:
            raise FaultPluginError(plugin, str(error)) from error
        except Exception as error:
            reason = " ".join(str(error).split())
            raise FaultPluginError(plugin, f"{type(error).__name__}: {reason}") from error
