"""The forms of times that are accepted, to the last character, and the horizon of a pull to the millisecond."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
import pytest

from service import timestamps
from service.offsets import Horizon
from service.pages import Page
from service.pending import Pending
from service.timestamps import http_date_to_ms, ms_to_token, since_to_ms, token_to_ms, updated_tokens
from tests.support.cases import for_each


@for_each(
    "text",
    [
        "2026-03-09 12:00:00.123Z",
        "2026-03-09t12:00:00.123Z",
        "XX26-03-09T12:00:00.123Z",
        "2026-03-09T12:00:00.123z",
        "2026-03-09T12:00:00,123Z",
        "٢026-03-09T12:00:00.123Z",
        "2026-03-09T12:00:00.Z",
        "2026-03-09T12:00:00.1234567890Z",
        "2026-03-09T12:00:00.123Z\n",
        " 2026-03-09T12:00:00.12Z",
    ],
)
@for_each("others", [[], ["2026-03-09T12:00:00.123Z"], ["2026-03-09T12:00:00Z"]])
def test_a_timestamp_in_another_form_is_refused_for_its_form(text: str, others: list[str]) -> None:
    with pytest.raises(ValueError, match=f"timestamp number {len(others) + 1} is not of the form"):
        updated_tokens([*others, text])


@pytest.mark.parametrize("stamps", [["2026-03-09T{}:00:00.000Z"], ["2026-03-09T{}:00:00Z", "2026-03-09T12:00:00Z"]])
def test_midnight_is_never_24_whatever_python_says(monkeypatch: pytest.MonkeyPatch, stamps: list[str]) -> None:
    """Some versions accept it, and then the token comes back as a `since` that others refuse."""

    class Lenient(datetime):
        @classmethod
        def fromisoformat(cls, _text: str) -> "Lenient":
            return cls(2026, 3, 9)

    monkeypatch.setattr(timestamps, "datetime", Lenient)

    for hour in ("00", "04", "14", "20", "23"):
        assert len(updated_tokens([one.format(hour) for one in stamps])) == len(stamps)
    with pytest.raises(ValueError, match="number 1 is a time that does not exist"):
        updated_tokens([one.format("24") for one in stamps])


@for_each(
    "text", [" 2026-03-09 ", '"2026-03-09"', ' "~t2026-03-09" ', "~t2026-03-09", "2026-03-09T00:00", " 1773014400000 "]
)
def test_what_surrounds_a_since_does_not_matter(text: str) -> None:
    assert since_to_ms(text) == 1_773_014_400_000


@for_each("text", ["X2026-03-09", "٣", "1٣", "2026-03-09X", "~2026-03-09", "t2026-03-09", "-1", "+1"])
def test_anything_else_around_a_since_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a time such as"):
        since_to_ms(text)


def test_a_token_without_a_time_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="a time without a time zone"):
        token_to_ms("~t2026-03-09T12:00:00")


@for_each(
    "date",
    ["Mon, 20 Apr 99999999999999999999 13:19:05 GMT", "Mon, 20 Apr 2026 13:19:05 -0000", "Mon, 20 Apr 2026", "x" * 99],
)
def test_a_date_that_no_clock_shows_is_none(date: str) -> None:
    assert http_date_to_ms(date) is None


@for_each(("length", "milliseconds"), [(29, 1_776_691_145_000), (100, 1_776_691_145_000), (101, None)])
def test_a_date_has_a_hundred_characters_at_most(length: int, milliseconds: int | None) -> None:
    assert http_date_to_ms("Mon, 20 Apr 2026 13:19:05 GMT".ljust(length)) == milliseconds


# --- the horizon ---


def page(*times_ms: int, answered_ms: int | None = None) -> Page:
    ids = [str(number) for number in range(1, len(times_ms) + 1)]
    return Page(
        ids=ids,
        updated=list(map(ms_to_token, times_ms)),
        records=[msgspec.Raw(b"{}")] * len(ids),
        answered_ms=answered_ms,
    )


class Reads:
    """A pull whose reads return these pages in turn. A request takes as long as the test says."""

    def __init__(self, *pages: Page, since_ms: int | None = None, took_s: float = 0.0) -> None:
        self.now = 1_000.0
        self.horizon = Horizon(since_ms, clock=lambda: self.now)
        self._rest = list(pages)
        self._took_s = took_s

    def pages(self) -> Iterator[Page]:
        """Read the pages."""
        begin = self.horizon.watch(self._begin)
        while self._rest:
            yield begin(None).result()

    def _begin(self, _position: None) -> Pending[Page]:
        return Pending(self._wait)

    def _wait(self) -> Page:
        self.now += self._took_s
        return self._rest.pop(0)

    def limited(self) -> list[int]:
        """Return the times that are sent."""
        return [token_to_ms(token) for one in self.horizon.limit(self.pages()) for token in one.updated]

    def settled(self, margin_s: int) -> list[int]:
        """Return the times that are old enough."""
        pages = self.horizon.settled(self.pages(), margin_s=margin_s)
        return [token_to_ms(token) for one in pages for token in one.updated]


@for_each(
    ("answered_ms", "took_s", "horizon_ms"),
    [
        (10_000, 0.0, 9_999),
        (10_000, 2.5, 7_499),
        (10_000, 2.0001, 7_998),
        (9_502, 9.5, 1),
        (9_501, 9.5, 0),
        (10_000, 20.0, 0),
        (0, 0.0, 0),
    ],
)
def test_the_horizon_is_when_the_first_request_was_sent(answered_ms: int, took_s: float, horizon_ms: int) -> None:
    """By HubSpot's clock, less what was waited for, rounded up, and a millisecond. It is never before 1970."""
    late = 1_000_000
    reads = Reads(page(0, late, answered_ms=answered_ms), page(1, late, answered_ms=999_999), took_s=took_s)

    assert reads.limited() == [0, horizon_ms, min(1, horizon_ms), horizon_ms]


@for_each(
    ("first", "since_ms", "horizon_ms"),
    [(page(50, 70, 60), 5, 70), (page(), 5, 5), (page(), None, 0), (page(3), 5, 3)],
)
def test_without_a_date_the_newest_change_of_the_first_page_is_the_horizon(
    first: Page, since_ms: int | None, horizon_ms: int
) -> None:
    reads = Reads(first, page(900), since_ms=since_ms)

    assert reads.limited() == [*(token_to_ms(token) for token in first.updated), horizon_ms]


@for_each(
    ("answered_ms", "margin_s", "latest_ms"),
    [(500_001, 0, 500_000), (500_001, 1, 499_000), (500_001, 120, 380_000), (500_001, 500, 0), (500_001, 9_999, 0)],
)
def test_what_is_settled_is_older_than_the_margin(answered_ms: int, margin_s: int, latest_ms: int) -> None:
    """To the millisecond, and the first later change ends the pull."""
    times = sorted({0, latest_ms})

    reads = Reads(page(*times, answered_ms=answered_ms), page(latest_ms, latest_ms + 1), page(0))

    assert reads.settled(margin_s) == [*times, latest_ms]


def test_without_a_date_there_is_no_margin() -> None:
    assert Reads(page(10, 20), page(20, 21), page(5)).settled(120) == [10, 20, 20]


def test_before_anything_has_arrived_nothing_is_settled_but_1970() -> None:
    pages = Horizon(None).settled(iter([page(0, 1)]), margin_s=0)

    assert [one.ids for one in pages] == [["1"]]
