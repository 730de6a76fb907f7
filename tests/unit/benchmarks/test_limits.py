"""The page about HubSpot's limits shows the results of the formulas, and the formulas use the fake's limits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import limits
from fake_hubspot import TIERS as FAKE_TIERS
from tests.support.cases import for_each

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "explanation" / "limits-of-one-account.md"


@for_each("table", limits.TABLES)
def test_the_page_shows_the_table(table: Callable[[], str]) -> None:
    """Exactly as `python -m benchmarks.limits` prints it."""
    assert table() in PAGE.read_text(encoding="utf-8")


def test_the_tiers_are_the_same_as_in_the_fake() -> None:
    """Burst limit, daily limit and search limit. `unlimited` is not HubSpot's."""
    theirs = [tier for tier in FAKE_TIERS.values() if tier.name != "unlimited"]

    assert [(tier.burst, tier.daily) for tier in limits.TIERS] == [(tier.burst, tier.daily) for tier in theirs]
    assert {tier.search_per_second for tier in theirs} == {limits.SEARCHES_PER_S}


@for_each(("changes", "requests"), [(0, 1), (1, 1), (199, 1), (200, 2), (398, 2), (399, 3), (10_000, 51)])
def test_number_of_searches(changes: int, requests: int) -> None:
    """The first search that is not full is the last."""
    assert limits.searches(changes) == requests


def test_a_million_contacts_calculated_by_hand() -> None:
    """10,001 requests at 10 per second; 5,026 searches at 4 per second."""
    free = limits.TIERS[0]

    assert limits.full_hours(free, 1_000_000) == pytest.approx(1000.1 / 3600)
    assert limits.incremental_s(1_000_000) == pytest.approx(5025 / 4)
    assert limits.days_of_quota(free, 100_000_000) == pytest.approx(4.0, rel=1e-3)
    assert limits.rate_per_s(free, 0.5) == 2


@for_each(
    ("seconds", "words"),
    [(0, "0 s"), (0.25, "0.25 s"), (12.5, "12 s"), (119, "119 s"), (120, "2.0 min"), (7200, "2.0 h")],
)
def test_durations_are_formatted_as_people_say_them(seconds: float, words: str) -> None:
    """Two significant digits."""
    assert limits.span(seconds) == words
