"""A process of pytest-xdist reports every failure, and nothing that is not shown."""

from typing import Any

import pytest

from tests.support.nested_pytest import LIGHT
from tests.support.short_reports import report_less

pytest_plugins = ["pytester"]


class Sent:
    """Stands in for the plugin of pytest-xdist."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def sendevent(self, name: str, **content: Any) -> None:
        """Note what is sent."""
        data = content.get("data", {})
        self.names.append(" ".join([name, *(str(data[key]) for key in ("when", "outcome") if key in data)]))


def test_only_what_is_shown_is_sent() -> None:
    sent = Sent()
    report_less(sent)
    reports = [
        {"when": when, "outcome": outcome, "sections": sections}
        for when in ("setup", "call", "teardown")
        for outcome in ("passed", "failed", "skipped")
        for sections in ([], [("Captured stdout setup", "text")])
    ]

    for name in ("workerready", "logstart", "logfinish", "runtest_protocol_complete", "warning_recorded"):
        sent.sendevent(name)
    for report in reports:
        sent.sendevent("testreport", data=report)

    assert sent.names[:3] == ["workerready", "runtest_protocol_complete", "warning_recorded"]
    silent = ["testreport setup passed", "testreport teardown passed"]
    expected = [f"testreport {report['when']} {report['outcome']}" for report in reports]
    for one in silent:
        expected.remove(one)  # the one without a section
    assert sorted(sent.names[3:]) == sorted(expected)


def test_the_names_of_a_passed_test_are_not_sent() -> None:
    """They are of use only in a report of what went wrong."""
    sent = Sent()
    report_less(sent)
    reports: dict[str, dict[str, Any]] = {
        outcome: {"when": "call", "outcome": outcome, "sections": [], "keywords": {"test_a": 1}}
        for outcome in ("passed", "failed", "skipped")
    }

    for report in reports.values():
        sent.sendevent("testreport", data=report)

    assert [report["keywords"] for report in reports.values()] == [{}, {"test_a": 1}, {"test_a": 1}]


def test_errors_of_fixtures_are_shown_by_several_processes(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import pytest_sessionstart\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def no_setup():
            raise RuntimeError("setup is broken")

        @pytest.fixture
        def no_teardown():
            yield
            raise RuntimeError("teardown is broken")

        def test_good(): pass
        def test_bad(): assert 0
        def test_setup(no_setup): pass
        def test_teardown(no_teardown): pass
        def test_skipped(): pytest.skip("no reason")
        """
    )

    result = pytester.runpytest(*LIGHT, "-n", "1", "-p", "no:randomly")

    result.assert_outcomes(passed=2, failed=1, errors=2, skipped=1)
    result.stdout.fnmatch_lines(["*setup is broken", "*teardown is broken"])
