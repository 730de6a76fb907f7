"""Rate limits: windows, the day, the headers."""

from hypothesis import given
from hypothesis import strategies as st

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.limits import TIERS, WINDOW_MS, RateLimits


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=400))
def test_no_window_of_ten_seconds_ever_admits_more_than_the_burst(steps_ms: list[int]) -> None:
    """The window rolls."""
    limits = RateLimits(TIERS["free"], enforced=True)
    now, admitted = 0, []

    for step in steps_ms:
        now += step // 30
        if limits.admit(now) is None:
            admitted.append(now)

    for index, at in enumerate(admitted):
        assert sum(1 for other in admitted[index:] if other < at + WINDOW_MS) <= TIERS["free"].burst


def test_a_client_that_obeys_the_headers_need_not_wait_for_a_clock_that_stands_still() -> None:
    """With the tier `unlimited`: with any other one the window stays used up."""
    limits = RateLimits(TIERS["unlimited"], enforced=True)

    refused = {limits.admit(0, is_search=bool(number % 2)) for number in range(5_000)}

    told = dict(limits.headers())
    assert refused == {None}
    assert int(told[b"x-hubspot-ratelimit-remaining"]) > 0.9 * int(told[b"x-hubspot-ratelimit-max"])


def test_without_enforcement_everything_is_admitted_and_counted() -> None:
    """The headers are always sent."""
    limits = RateLimits(TIERS["free"])

    refused = [limits.admit(0) for _ in range(300)]

    told = dict(limits.headers())
    assert set(refused) == {None}
    assert told[b"x-hubspot-ratelimit-remaining"] == b"0"
    assert told[b"x-hubspot-ratelimit-daily-remaining"] == b"249700"


def test_daily_counters_restart_at_midnight_of_the_account() -> None:
    """Five hours behind UTC in winter, four in summer."""
    for midnight in ("2026-01-15T05:00:00Z", "2026-07-15T04:00:00Z"):
        limits = RateLimits(TIERS["free"], enforced=True)
        limits.use(250_000, parse_time(midnight) - 1)

        assert limits.admit(parse_time(midnight) - 1) == "DAILY"
        assert limits.admit(parse_time(midnight)) is None


def test_search_has_a_bucket_of_its_own() -> None:
    """Five per second, without affecting the other limits."""
    limits = RateLimits(TIERS["free"], enforced=True)

    verdicts = [limits.admit(0, is_search=True) for _ in range(6)]

    assert verdicts == [None] * 5 + ["SECONDLY"]
    assert limits.admit(0) is None
    assert limits.admit(1000, is_search=True) is None


def test_an_oauth_app_is_told_nothing_of_the_day() -> None:
    """110 in ten seconds and no daily headers, as recorded."""
    told = dict(RateLimits(TIERS["free"]).headers(is_oauth=True))

    assert told[b"x-hubspot-ratelimit-max"] == b"110"
    assert not any(b"daily" in name for name in told)
