"""A test that leaves the process changed is noticed, and the process is set back."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.nested_pytest import LIGHT
from tests.support.process_settings import ProcessSettings

pytest_plugins = ["pytester"]

CHANGES: dict[str, Callable[[], object]] = {
    "folder": lambda: os.chdir("/"),
    "environment NEW_VARIABLE": lambda: os.environ.update(NEW_VARIABLE="1"),
    "environment HOME": lambda: os.environ.update(HOME="/nowhere"),
    "environment PATH": lambda: os.environ.pop("PATH"),
    "environment BYTES": lambda: os.environb.update({b"BYTES": b"1"}),
    "disabled": lambda: logging.disable(logging.CRITICAL),
    "logger root": lambda: logging.getLogger().setLevel(1),
    "logger urllib3": lambda: logging.getLogger("urllib3").setLevel(logging.CRITICAL),
    "logger tests": lambda: setattr(logging.getLogger("tests"), "propagate", False),
    "logger fake": lambda: setattr(logging.getLogger("fake"), "disabled", True),
}


@pytest.fixture(scope="module")
def settings() -> ProcessSettings:
    """One for all tests here: Python never removes what listens to its events."""
    for name in ("urllib3", "tests", "fake"):
        logging.getLogger(name)
    return ProcessSettings()


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found_and_undone(settings: ProcessSettings, what: str) -> None:
    before = settings.now()

    CHANGES[what]()

    found = settings.changes_since(before)
    settings.restore(before)
    assert list(found) == [what]
    assert settings.changes_since(before) == {}


def test_a_new_logger_and_the_variable_of_pytest_are_no_changes(settings: ProcessSettings) -> None:
    before = settings.now()

    logging.getLogger("made.by.a.test").setLevel(logging.DEBUG)

    assert "PYTEST_CURRENT_TEST" in os.environ
    assert settings.changes_since(before) == {}


def test_the_fixture_fails_the_test_that_changed_something_and_not_the_next_one(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import settings_of_the_process\n")
    pytester.makepyfile(
        """
        import os

        def test_first():
            os.environ["LEFT"] = "1"

        def test_second():
            assert "LEFT" not in os.environ
        """
    )

    result = pytester.runpytest(*LIGHT, "-p", "no:randomly")

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*the test left the process changed: {'environment LEFT': '1'}"])
    assert Path.cwd() == pytester.path
