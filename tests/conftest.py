"""What holds for every test: hypothesis without deadlines, a printed seed of the order, and nothing left open.

A test fails if something that it opened is never closed: a database, a socket, a file, a process. Python reports such
an object when the garbage collector finds it, so the collector runs after each test, not in the middle of a later one.
"""

import gc
import os
import sqlite3
import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.recorded import write_recorded

# No deadline: a slow machine is not a defect. No database: an example that once failed is kept as `@example`, which
# every machine runs, not in a folder of one machine.
hypothesis.settings.register_profile("local", deadline=None, database=None, print_blob=True)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("local"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


class WatchedConnection(sqlite3.Connection):
    """A database connection that warns if it is never closed, as Python 3.13 does and older versions do not."""

    _is_closed = False

    def close(self) -> None:
        """Close the connection."""
        self._is_closed = True
        super().close()

    if sys.version_info < (3, 13):

        def __del__(self) -> None:
            if not self._is_closed:
                warnings.warn(f"unclosed database in {self!r}", ResourceWarning, stacklevel=1, source=self)


def pytest_configure(config: pytest.Config) -> None:
    """Watch every database that is opened from now on."""
    connect = sqlite3.connect

    def watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **{"factory": WatchedConnection, **kwargs})
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]
    config.add_cleanup(lambda: setattr(sqlite3, "connect", connect))


def pytest_collection_finish() -> None:
    """Exempt all modules from garbage collection: a collection after each test then takes a millisecond."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test if it left something open. Fixtures of the module that are still in use are not garbage."""
    result = yield
    getattr(item, "funcargs", {}).clear()
    with unraisable_errors() as left_open:
        gc.collect()
    if left_open:
        pytest.fail("the test or one of its fixtures did not close:\n" + "\n".join(left_open), pytrace=False)
    return result


@contextmanager
def unraisable_errors() -> Iterator[list[str]]:
    """Collect the errors of finalizers, which Python cannot raise."""
    found: list[str] = []
    before = sys.unraisablehook
    sys.unraisablehook = lambda error: found.append(f"  {error.exc_value!r} in {error.object!r}")
    try:
        yield found
    finally:
        sys.unraisablehook = before


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cassettes in the form of real recordings."""
    return write_recorded(tmp_path_factory.mktemp("recordings"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the seed at the end too: with -q pytest prints no header."""
    if config.pluginmanager.hasplugin("randomly") and config.getoption("randomly_reorganize", False):
        seed = config.getoption("randomly_seed")
        terminalreporter.write_line(f"order of the tests: pytest -p randomly --randomly-seed={seed}")
