from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.timestamps import updated_tokens


def hubspot_form(milliseconds: int) -> str:
    """A time as HubSpot writes it: no fraction where it is zero."""
    text = datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{milliseconds % 1000:03d}Z" if milliseconds % 1000 else f"{text}Z"


def test_a_timestamp_without_a_fraction_gets_one() -> None:
    """HubSpot leaves `.000` out."""
    tokens = updated_tokens(["2026-03-09T12:00:00Z", "2026-03-09T12:00:00.123Z"])

    assert tokens == ["~t2026-03-09T12:00:00.000Z", "~t2026-03-09T12:00:00.123Z"]


@given(st.lists(st.integers(0, 4102444800000), max_size=20))
def test_tokens_sort_as_strings_as_their_times_sort(times: list[int]) -> None:
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
def test_other_precisions_are_brought_to_milliseconds(given_form: str, token: str) -> None:
    """Finer digits are cut, never rounded up past a record."""
    assert updated_tokens([given_form]) == [token]


@pytest.mark.parametrize(
    "text", ["", "2026-03-09", "1773300826615", "2026-03-09T12:00:00", "2026-03-09T12:00:00+01:00"]
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    """A value of a record never appears in a message."""
    with pytest.raises(ValueError, match="timestamp number 2 is not of the form") as caught:
        updated_tokens(["2026-03-09T12:00:00Z", text])

    assert not text or text not in str(caught.value)


def test_two_values_that_only_together_look_right_are_refused() -> None:
    """The quick check of a whole page must not let pieces through."""
    with pytest.raises(ValueError, match="timestamp number 1"):
        updated_tokens(["2026-03-09T12:00:00.12", "3Z"])
