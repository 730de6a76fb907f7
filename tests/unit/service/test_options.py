import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import BadRequestError
from service.options import EVERY_PROPERTY, PARAMETERS, PullOptions, parse_options

QUERIES = st.dictionaries(
    st.sampled_from([*PARAMETERS, "Since", "offset"]) | st.text(max_size=5), st.lists(st.text(max_size=30), max_size=3)
)


def test_no_parameters_request_a_full_pull() -> None:
    assert parse_options({}) == PullOptions()


def test_every_parameter_is_parsed() -> None:
    """Names may be separated by commas, repeated, or both."""
    query = {
        "since": ["~t2026-03-09T12:00:00Z"],
        "limit": ["5"],
        "properties": ["email,firstname", "email"],
        "propertiesWithHistory": ["lifecyclestage"],
        "associations": ["companies, deals"],
        "archived": ["True"],
        "subset": ['["eq", "_S.a", 1]'],
    }

    assert parse_options(query) == PullOptions(
        1773057600000, 5, ("email", "firstname"), ("lifecyclestage",), ("companies", "deals"), archived=True
    )


def test_a_star_requests_every_property() -> None:
    assert parse_options({"properties": ["*"]}).properties == EVERY_PROPERTY


@pytest.mark.parametrize("name", ["since", "properties"])
def test_an_empty_parameter_counts_as_absent(name: str) -> None:
    """A pipe that has never run has an empty offset."""
    assert parse_options({name: [""]}) == PullOptions()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"offset": ["1"]}, "Unknown parameter 'offset'. Known parameters: since, limit"),
        ({"since": ["yesterday"]}, "since: expected a time such as"),
        ({"since": ["2026-13-01"]}, "since: expected a time that exists"),
        ({"since": ["1", "2"]}, "since: expected one value, got 2"),
        ({"limit": ["0"]}, "limit: expected a whole number of at least 1"),
        ({"limit": ["-1"]}, "limit: expected"),
        ({"limit": ["1.5"]}, "limit: expected"),
        ({"limit": ["9" * 5000]}, "limit: expected"),
        ({"archived": ["maybe"]}, "archived: expected true or false"),
        ({"properties": ["email,,x"]}, "properties: expected names separated by commas, got ''"),
        ({"properties": ["*,email"]}, "expected names separated by commas"),
        ({"associations": ["*"]}, "expected names separated by commas"),
    ],
)
def test_an_invalid_parameter_is_refused_with_what_is_expected(query: dict[str, list[str]], words: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        parse_options(query)

    assert words in caught.value.message
    assert len(caught.value.message) < 400


@given(QUERIES)
def test_any_query_is_parsed_or_refused(query: dict[str, list[str]]) -> None:
    try:
        options = parse_options(query)
    except BadRequestError:
        return

    assert isinstance(options, PullOptions)
