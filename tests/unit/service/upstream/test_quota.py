import pytest

from service.upstream.quota import Quota, pause_s
from tests.support.cases import for_each


def headers(maximum: object, remaining: object, interval_ms: object = 10_000) -> dict[str, str]:
    """Build the rate limit headers, without those that are None."""
    values = {"max": maximum, "remaining": remaining, "interval-milliseconds": interval_ms}
    return {f"x-hubspot-ratelimit-{name}": str(value) for name, value in values.items() if value is not None}


class Clock:
    """A clock that the test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@for_each(
    ("maximum", "remaining", "interval_ms", "pause"),
    [
        (100, 100, 10_000, 0.0),
        (100, 11, 10_000, 0.0),
        (100, 10, 10_000, 0.1),
        (100, 1, 10_000, 0.1),
        (100, 0, 10_000, 5.0),
        (190, 19, 10_000, 10 / 190),
        (190, 20, 10_000, 0.0),
        (100, 10, 1_000, 0.01),
        (100, 0, 1_000, 0.5),
        (0, 0, 10_000, 5.0),
        (5, 1, 10_000, 0.0),
        (1, 0, 10_000, 5.0),
    ],
)
def test_the_pause_grows_as_the_quota_shrinks(maximum: int, remaining: int, interval_ms: int, pause: float) -> None:
    assert pause_s(headers(maximum, remaining, interval_ms)) == pytest.approx(pause)


@for_each("missing", [0, 1, 2])
@for_each("value", [None, "", "x", "-1", "1.5", "٣"])
def test_without_all_three_headers_there_is_no_pause(missing: int, value: str | None) -> None:
    values: list[object] = [100, 0, 10_000]
    values[missing] = value

    assert pause_s(headers(*values)) == 0.0


def test_a_pause_holds_until_its_time_is_over() -> None:
    """For every request except searches, which have a limit of their own."""
    clock = Clock()
    quota = Quota(searches_per_s=4, clock=clock)
    quota.update(headers(100, 0))

    assert quota.reserve_s(is_search=False) == 5.0
    assert quota.reserve_s(is_search=True) == 0.0
    clock.now += 3
    assert quota.reserve_s(is_search=False) == 2.0
    clock.now += 7
    assert quota.reserve_s(is_search=False) == 0.0


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    """Responses to other pulls arrive in any order."""
    quota = Quota(clock=Clock())

    quota.update(headers(100, 0))
    quota.update(headers(100, 10))
    quota.update(headers(100, 99))
    assert quota.reserve_s(is_search=False) == 5.0

    quota.update(headers(100, 0, 20_000))
    assert quota.reserve_s(is_search=False) == 10.0


@pytest.mark.parametrize(("per_s", "interval_s"), [(4, 0.25), (0.5, 2.0), (1000, 0.001)])
def test_searches_are_spaced_evenly(per_s: float, interval_s: float) -> None:
    clock = Clock()
    quota = Quota(searches_per_s=per_s, clock=clock)

    pauses = [quota.reserve_s(is_search=True) for _ in range(4)]

    assert pauses == pytest.approx([0, interval_s, 2 * interval_s, 3 * interval_s])
    assert quota.reserve_s(is_search=False) == 0.0
    clock.now += 4 * interval_s
    assert quota.reserve_s(is_search=True) == pytest.approx(0.0)
    assert quota.reserve_s(is_search=True) == pytest.approx(interval_s)


def test_searches_are_four_per_second_by_default() -> None:
    """HubSpot allows five."""
    quota = Quota(clock=Clock())

    assert [quota.reserve_s(is_search=True) for _ in range(2)] == [0.0, 0.25]


def test_time_without_searches_is_not_saved_up() -> None:
    clock = Clock()
    quota = Quota(searches_per_s=4, clock=clock)
    quota.reserve_s(is_search=True)
    clock.now += 60

    assert [quota.reserve_s(is_search=True) for _ in range(3)] == pytest.approx([0.0, 0.25, 0.5])
