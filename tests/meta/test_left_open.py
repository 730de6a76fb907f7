"""The check after each test notices everything that complains if it is never closed."""

import gc
import mmap
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases import for_each
from tests.support.left_open import Opened, WatchedConnection, unraisable_errors

OPENING: dict[str, Callable[[], Any]] = {
    "file": lambda: Path(__file__).open("rb"),  # noqa: SIM115 - it is left open
    "folder": lambda: os.scandir("."),
    "socket": socket.socket,
    "database": lambda: sqlite3.connect(":memory:"),
    "process": lambda: subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE),
    "temporary folder": tempfile.TemporaryDirectory,
}


@pytest.fixture(scope="module")
def opened() -> Opened:
    """One for all tests here: Python never removes what listens to its events."""
    return Opened()


class Cycle:
    """Keeps something until the garbage collector runs."""

    def __init__(self, kept: object) -> None:
        self.kept, self.itself = kept, self


@for_each("kind", OPENING)
def test_what_is_left_open_is_noticed_and_found(kind: str, opened: Opened) -> None:
    opened.anything()

    with unraisable_errors() as found:
        kept = Cycle(OPENING[kind]())
        if kind == "folder":
            next(kept.kept)  # type: ignore[call-overload]
        if kind == "process":
            kept.kept.stdin.close()  # type: ignore[attr-defined]
        assert opened.anything()
        del kept
        gc.collect()

    assert len(found) == 1


def test_a_map_of_memory_is_noticed(opened: Opened) -> None:
    opened.anything()

    mmap.mmap(-1, 1).close()

    assert opened.anything()


def test_each_is_noticed_once(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fixtures of the session have open."""
    monkeypatch.setattr(WatchedConnection, "still_open", set())
    Path(__file__).open("rb").close()

    assert [opened.anything(), opened.anything()] == [True, False]
