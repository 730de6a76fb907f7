"""The cost of a fixture, calculated from whole runs."""

import pytest

from benchmarks.sections.inner_loop import FEW, WITH, WITHOUT, fixture_s


def test_the_cost_of_the_first_test_does_not_count() -> None:
    """The server is started once per session."""
    assert fixture_s(1.5, 1.5 + FEW * 0.004) == pytest.approx(0.004)


def test_the_two_kinds_of_tests_differ_only_in_the_fixture() -> None:
    """So the difference between their runs is the cost of the fixture."""
    assert "hubspot_portal" in WITH
    assert WITH.replace("portal(number, hubspot_portal)", "nothing(number)") == WITHOUT
