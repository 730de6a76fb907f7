"""How the cost of a fixture is taken from whole runs."""

import pytest

from benchmarks.sections.inner_loop import FEW, WITH, WITHOUT, fixture_s


def test_what_the_first_test_costs_does_not_count() -> None:
    """The server is started once a session."""
    assert fixture_s(1.5, 1.5 + FEW * 0.004) == pytest.approx(0.004)


def test_the_two_kinds_of_tests_differ_in_the_fixture_alone() -> None:
    """So that the difference between their runs is the fixture's."""
    assert "hubspot_portal" in WITH
    assert WITH.replace("portal(number, hubspot_portal)", "nothing(number)") == WITHOUT
