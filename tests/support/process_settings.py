"""What one test can change for all others: the folder, the environment, the levels of loggers."""

import logging
import os
import sys
from dataclasses import dataclass
from typing import Any

__all__ = ["ProcessSettings", "Settings"]

OF_PYTEST = "PYTEST_CURRENT_TEST"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings at one moment.

    Attributes:
        loggers: By name, the level of each logger, whether it passes records on, and whether it is disabled.
    """

    folder: str
    environment: dict[str, str]
    disabled: int
    loggers: dict[str, tuple[int, bool, bool]]


class ProcessSettings:
    """Reads and restores the settings. The environment is read only after a change, because that takes longest."""

    def __init__(self) -> None:
        self._environment = _environment()
        self._is_stale = False
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.putenv", "os.unsetenv") and arguments[0] != OF_PYTEST.encode():
            self._is_stale = True

    def now(self) -> Settings:
        """Return the settings."""
        if self._is_stale:
            self._is_stale = False
            self._environment = _environment()
        return Settings(os.getcwd(), self._environment, logging.root.manager.disable, _loggers())  # noqa: PTH109

    def changes_since(self, before: Settings) -> dict[str, Any]:
        """Return what is different now. Loggers that are new are no change."""
        now = self.now()
        if now == before:
            return {}
        found: dict[str, Any] = {}
        if now.folder != before.folder:
            found["folder"] = now.folder
        for name in sorted(now.environment.keys() | before.environment.keys()):
            if now.environment.get(name) != before.environment.get(name):
                found[f"environment {name}"] = now.environment.get(name)
        if now.disabled != before.disabled:
            found["disabled"] = now.disabled
        for name, values in now.loggers.items():
            if values != before.loggers.get(name, values):
                found[f"logger {name}"] = values
        return found

    def restore(self, before: Settings) -> None:
        """Set the process back."""
        os.chdir(before.folder)
        os.environ.update(before.environment)
        for name in os.environ.keys() - before.environment.keys() - {OF_PYTEST}:
            del os.environ[name]
        logging.disable(before.disabled)
        for name, (level, propagate, disabled) in before.loggers.items():
            logger = logging.getLogger(name)
            logger.propagate, logger.disabled = propagate, disabled
            logger.setLevel(level)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != OF_PYTEST}


def _loggers() -> dict[str, tuple[int, bool, bool]]:
    root = logging.root
    found = {"root": (root.level, root.propagate, root.disabled)}
    for name, each in root.manager.loggerDict.items():
        if isinstance(each, logging.Logger):
            found[name] = (each.level, each.propagate, each.disabled)
    return found
