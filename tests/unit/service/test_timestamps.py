from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.timestamps import http_date_to_ms, ms_to_token, since_to_ms, token_to_ms, updated_tokens
from tests.support.cases import for_each


def hubspot_form(milliseconds: int) -> str:
    """Write a time as HubSpot does: without a fraction if it is zero."""
    text = datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{milliseconds % 1000:03d}Z" if milliseconds % 1000 else f"{text}Z"


def test_a_timestamp_without_a_fraction_gets_one() -> None:
    tokens = updated_tokens(["2026-03-09T12:00:00Z", "2026-03-09T12:00:00.123Z"])

    assert tokens == ["~t2026-03-09T12:00:00.000Z", "~t2026-03-09T12:00:00.123Z"]


@given(st.lists(st.integers(0, 4102444800000), max_size=20))
def test_tokens_sort_as_strings_in_the_order_of_their_times(times: list[int]) -> None:
    """Sesam compares tokens as strings."""
    tokens = updated_tokens([hubspot_form(time) for time in times])

    assert sorted(tokens) == updated_tokens([hubspot_form(time) for time in sorted(times)])


@pytest.mark.parametrize(
    ("given_form", "token"),
    [
        ("2026-03-09T12:00:00.1Z", "~t2026-03-09T12:00:00.100Z"),
        ("2026-03-09T12:00:00.123999Z", "~t2026-03-09T12:00:00.123Z"),
    ],
)
def test_other_precisions_are_converted_to_milliseconds(given_form: str, token: str) -> None:
    """Finer digits are cut off. Rounding up would skip records."""
    assert updated_tokens([given_form]) == [token]


@for_each("text", ["", "2026-03-09", "1773300826615", "2026-03-09T12:00:00", "2026-03-09T12:00:00+01:00"])
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="timestamp number 2 is not of the form") as caught:
        updated_tokens(["2026-03-09T12:00:00Z", text])

    assert not text or text not in str(caught.value)


def test_two_invalid_values_that_look_valid_when_joined_are_refused() -> None:
    """The quick check of a whole page joins them."""
    with pytest.raises(ValueError, match="timestamp number 1"):
        updated_tokens(["2026-03-09T12:00:00.12", "3Z"])


@given(st.integers(0, 253402300799999))
def test_a_time_is_preserved_in_every_form(milliseconds: int) -> None:
    token = ms_to_token(milliseconds)

    forms = [token, token.removeprefix("~t"), f'"{token}"', hubspot_form(milliseconds), str(milliseconds)]
    assert {since_to_ms(form) for form in forms} == {milliseconds}
    assert token_to_ms(token) == milliseconds


@for_each(
    ("text", "token"),
    [
        ("2026-03-09", "~t2026-03-09T00:00:00.000Z"),
        ("2026-03-09T12:00:00.123456789Z", "~t2026-03-09T12:00:00.123Z"),
        ("2026-03-09T12:00:00+01:00", "~t2026-03-09T11:00:00.000Z"),
        ("2026-03-09T12:00:00 01:00", "~t2026-03-09T11:00:00.000Z"),
        ("2026-03-09T12:00:00", "~t2026-03-09T12:00:00.000Z"),
        ("0001-01-01", "~t1970-01-01T00:00:00.000Z"),
    ],
)
def test_a_since_may_be_written_by_hand(text: str, token: str) -> None:
    """Finer digits are cut off, which returns more records and not fewer."""
    assert ms_to_token(since_to_ms(text)) == token


@given(st.text(max_size=40) | st.from_regex(r"~?t?[0-9]{1,5}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]{0,20}"))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        milliseconds = since_to_ms(text)
    except ValueError:
        return

    assert 0 <= milliseconds <= 253402300799999


def test_an_http_date_is_converted() -> None:
    assert http_date_to_ms("Mon, 20 Apr 2026 13:19:05 GMT") == 1_776_691_145_000


@for_each("date", ["", "yesterday", "Mon, 99 Apr 2026 13:19:05 GMT"])
def test_a_malformed_http_date_is_none(date: str) -> None:
    assert http_date_to_ms(date) is None


@for_each(
    ("text", "milliseconds"),
    [("0", 0), ("1969-12-31T23:59:59.999Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("253402300799999", 253402300799999)],
)
def test_a_since_is_never_before_1970(text: str, milliseconds: int) -> None:
    assert since_to_ms(text) == milliseconds


@for_each("text", ["253402300800000", "9" * 16, "9" * 5_000])
def test_a_since_after_the_year_9999_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"expected milliseconds since 1970, got '{text[:40]}'$"):
        since_to_ms(text)


@for_each("text", ["x" * 500, "2026-03-09T12:00:00Z" * 30, "2026-13-01T00:00:00Z"])
def test_a_refused_since_is_shown_up_to_40_characters(text: str) -> None:
    with pytest.raises(ValueError, match="expected a time") as caught:
        since_to_ms(text)

    assert repr(text[:40]) in str(caught.value)
    assert text[:41] not in str(caught.value) or len(text) <= 40


@for_each(
    "time",
    [
        "2026-13-01T00:00:00.000Z",
        "2026-00-01T00:00:00Z",
        "2026-02-30T00:00:00.000Z",
        "2026-02-29T00:00:00.1Z",
        "2026-01-01T24:00:00.000Z",
        "2026-01-01T23:60:00Z",
        "2026-06-30T23:59:60.000Z",
        "0000-01-01T00:00:00.000Z",
    ],
)
@for_each("others", [0, 3])
def test_a_time_that_does_not_exist_is_refused(time: str, others: int) -> None:
    """Each of them has the right form. As a token it would come back as a `since` that is refused for ever."""
    with pytest.raises(ValueError, match=f"number {others + 1} is a time that does not exist"):
        updated_tokens([*["2026-01-01T00:00:00.000Z"] * others, time])


@given(st.datetimes(), st.integers(0, 9))
def test_every_token_is_accepted_as_since(time: datetime, digits: int) -> None:
    fraction = f".{time.microsecond:06d}000"[: digits + 1] if digits else ""

    [token] = updated_tokens([f"{time.replace(microsecond=0).isoformat()}{fraction}Z"])

    assert ms_to_token(since_to_ms(token)) == max(token, "~t1970-01-01T00:00:00.000Z")
