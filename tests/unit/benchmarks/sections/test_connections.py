"""The benchmark of several connections: what it promises, and that the longest pull is measured once."""

import pytest

from benchmarks.figures import Section
from benchmarks.sections.connections import FULL, LONGEST, QUICK, USUAL, Waiting, _add
from benchmarks.sections.full_pull import Pulled
from tests.support.cases import for_each


@for_each(("seconds", "are_kept"), [(1.4, [True, False]), (0.7, [True, True]), (1.6, [False, False])])
def test_pulls_are_compared_with_pages_and_latency(seconds: float, are_kept: list[bool]) -> None:
    """One connection has no goal: it takes a latency for each page."""
    section, waiting = Section("connections", "", "4 connections"), Waiting(10_000, 50, 1)

    _add(section, waiting, {count: Pulled(10_000, seconds, 30.0) for count in (1, USUAL, 8)})

    assert [figure.value for figure in section.figures] == [pytest.approx(seconds / 5)] * 3
    assert [goal.kept for goal in section.goals] == are_kept


def test_both_sizes_and_both_latencies_have_goals() -> None:
    """All of them in a long run, in which the longest is measured beside the others."""
    assert {(each.contacts, each.latency_ms) for each in FULL} == {
        (contacts, ms) for contacts in (10_000, 100_000) for ms in (50, 200)
    }
    assert [each for each in FULL if each == LONGEST] == [Waiting(100_000, 200, 1)]
    assert all(USUAL in each.connections for each in (*QUICK, *FULL))
