"""What holds for every test: hypothesis without deadlines, a printed seed of the order, and nothing left behind.

A test fails if something that it opened is never closed: a database, a socket, a file, a process. Python reports such
an object when the garbage collector finds it, so the collector runs after each test that opened something, not in the
middle of a later one, and after the last test of a module. A test fails, too, if it leaves the settings of the process
changed: another test, chosen by chance, would suffer.

With `--dist loadfile` the tests of a module run in one process, which sets up the fixtures of the module once.
"""

import gc
import os
import signal
import sqlite3
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.cases import Cases
from tests.support.few_examples import fewer_examples
from tests.support.left_open import Opened, WatchedConnection, unraisable_errors
from tests.support.process_settings import ProcessSettings
from tests.support.recorded import write_recorded
from tests.support.short_reports import report_less

# No deadline: a slow machine is not a defect. No database: an example that once failed is kept as `@example`, which
# every machine runs, not in a folder of one machine.
hypothesis.settings.register_profile("local", deadline=None, database=None, print_blob=True)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("local"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")
HAS_ALL_EXAMPLES = os.environ.get("HYPOTHESIS_EXAMPLES") == "all"


# Modules that take longest: most have processes of their own, the others wait for timeouts.
SLOWEST = (
    "tests/contract/test_service_under_faults.py",
    "tests/unit/contract_bench/matrix/test_matrix.py",
    "tests/unit/contract_bench/convergence/test_convergence.py",
    "tests/unit/service/test_worker.py",
    "tests/unit/service/upstream/test_response_reader.py",
    "tests/contract/test_service_when_nobody_waits.py",
    "tests/contract/test_service_never_lost.py",
    "tests/unit/contract_bench/matrix/test_mutation_score.py",
    "tests/unit/contract_bench/matrix/test_upstream.py",
    "tests/plugin/test_pytest_plugin.py",
    "tests/unit/contract_bench/cassettes/test_record.py",
    "tests/unit/fake_sesam/api/test_sesam_py.py",
    "tests/contract/test_service_between_the_fakes.py",
    "tests/contract/test_service_full_equals_since.py",
    "tests/unit/service/test_memory_bounds.py",
    "tests/plugin/test_examples.py",
)


# The generations that a test's own objects are in. Python 3.14 has no middle one.
YOUNG = 1 if sys.version_info < (3, 14) else 2


# Under `nohup` or in the background of a shell, some signals are ignored, and what a test starts would inherit that.
# A signal with a handler is neither inherited nor does it end the tests.
for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(ending) is signal.SIG_IGN:
        signal.signal(ending, lambda *_: None)

opened = Opened()
process_settings = ProcessSettings()


def pytest_configure(config: pytest.Config) -> None:
    """Watch every database that is opened from now on."""
    connect = sqlite3.connect

    def watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **{"factory": WatchedConnection, **kwargs})
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]
    config.add_cleanup(lambda: setattr(sqlite3, "connect", connect))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let several processes begin with the slowest modules, so that none is left alone with one at the end."""
    if missing := [name for name in SLOWEST if not (config.rootpath / name).exists()]:
        raise pytest.UsageError(f"no such module of tests: {missing}; correct SLOWEST in tests/conftest.py")
    if not HAS_ALL_EXAMPLES:
        for item in items:
            if isinstance(item, pytest.Function):
                fewer_examples(item.obj, item.cls)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.nodeid.partition("::")[0] not in SLOWEST)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a process of pytest-xdist report only what is shown."""
    for plugin in session.config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor" and not session.config.getoption("durations"):
            report_less(plugin)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected: all stay, and looking through them takes a tenth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Exempt all modules from garbage collection, and keep what a test creates in the two young generations.

    The collection after a test then looks at what this test has created and at nothing else. What is garbage by now is
    exempt too: it is little, and finding it would take as long as a hundred tests.
    """
    gc.freeze()
    gc.set_threshold(50_000, 1_000_000, 1_000_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Fail the test if it left something open. Fixtures of the module that are still in use are not garbage."""
    result = yield
    getattr(item, "funcargs", {}).clear()
    ends_module = nextitem is None or nextitem.path != item.path
    if not opened.anything() and not ends_module:
        return result
    with unraisable_errors() as left_open:
        gc.collect(2 if ends_module else YOUNG)
    if ends_module:
        gc.freeze()  # what is left serves all tests to come; schemathesis alone is half a million objects
    if left_open:
        pytest.fail("the test or one of its fixtures did not close:\n" + "\n".join(left_open), pytrace=False)
    return result


@pytest.fixture(autouse=True)
def settings_of_the_process() -> Iterator[None]:
    """Restore what a test changed for all that follow, and fail it. Fixtures of a module have set theirs before."""
    before = process_settings.now()
    yield
    if changed := process_settings.changes_since(before):
        process_settings.restore(before)
        pytest.fail(f"the test left the process changed: {changed}", pytrace=False)


@pytest.fixture
def cases() -> Cases:
    """Collects the failures of many small cases in one test; see `tests.support.cases`."""
    return Cases()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Fail a test whose cases failed, or that has tried none."""
    result = yield
    if isinstance(cases := pyfuncitem.funcargs.get("cases"), Cases):
        cases.check()
    return result


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cassettes in the form of real recordings."""
    return write_recorded(tmp_path_factory.mktemp("recordings"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the seed at the end too: with -q pytest prints no header."""
    if config.pluginmanager.hasplugin("randomly") and config.getoption("randomly_reorganize", False):
        seed = config.getoption("randomly_seed")
        terminalreporter.write_line(f"order of the tests: pytest -p randomly --randomly-seed={seed}")
