import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import BadRequestError
from service.options import EVERY_PROPERTY, PARAMETERS, PullOptions, parse_options
from tests.support.cases import for_each

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


@for_each(
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


@for_each(("text", "limit"), [("1", 1), ("9" * 18, 10**18 - 1), ("0" * 17 + "1", 1), ("", None)])
def test_a_limit_has_up_to_18_digits(text: str, limit: int | None) -> None:
    assert parse_options({"limit": [text]}).limit == limit


@for_each("text", ["0", "9" * 19, "0" * 18 + "1", "\u0663", "1 "])
def test_another_limit_is_refused_and_shown_up_to_40_characters(text: str) -> None:
    with pytest.raises(BadRequestError, match="whole number of at least 1") as caught:
        parse_options({"limit": [text]})

    assert caught.value.parameter == "limit"


@for_each("name", ["since", "limit", "archived"])
def test_a_value_is_shown_up_to_40_characters(name: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        parse_options({name: ["x" * 500]})

    assert caught.value.parameter == name
    assert "x" * 40 in caught.value.message
    assert "x" * 41 not in caught.value.message


@for_each("name", ["properties", "propertiesWithHistory", "associations"])
def test_a_name_is_shown_up_to_60_characters(name: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        parse_options({name: ["x" * 500 + "!"]})

    assert caught.value.parameter == name
    assert "x" * 60 in caught.value.message
    assert "x" * 61 not in caught.value.message


@pytest.mark.parametrize("name", ["x" * 500, "offset"])
def test_an_unknown_parameter_is_shown_up_to_60_characters(name: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        parse_options({name: ["1"]})

    assert caught.value.parameter == name[:60]
    assert "x" * 61 not in caught.value.message


def test_only_the_parameters_of_a_route_are_known() -> None:
    assert parse_options({"since": ["5"]}, known=("since",)).since_ms == 5
    with pytest.raises(BadRequestError, match="Known parameters: since\\."):
        parse_options({"limit": ["5"]}, known=("since",))


@for_each("text", ["a", "a_b", "a-b", "2-123", "hs_1"])
def test_names_consist_of_letters_digits_underscores_and_hyphens(text: str) -> None:
    assert parse_options({"properties": [text], "associations": [f" {text} "]}).associations == (text,)


@for_each("text", ["\u00fc", "a b", "a.b", "_", "-", "a/b", "a,"])
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="expected names separated by commas"):
        parse_options({"associations": [text]})


@for_each(("text", "archived"), [("true", True), ("TRUE", True), ("false", False), ("", False)])
def test_archived_is_true_or_false(text: str, archived: bool) -> None:
    assert parse_options({"archived": [text]}).archived is archived


@for_each(("text", "limit"), [("1", 1), ("2", 2), ("9" * 18, 10**18 - 1), ("1".zfill(18), 1), ("", None)])
def test_a_limit_has_18_digits_at_most(text: str, limit: int | None) -> None:
    assert parse_options({"limit": [text]}).limit == limit


@for_each("text", ["9" * 19, "1".zfill(19), "0" * 18, "٣", "x", " 1"])
def test_any_other_limit_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="limit: expected a whole number of at least 1") as caught:
        parse_options({"limit": [text]})
    assert caught.value.parameter == "limit"


@for_each(
    ("text", "archived"),
    [("", False), ("false", False), ("FALSE", False), ("true", True), ("TRUE", True), ("True", True)],
)
def test_archived_is_a_truth_value(text: str, archived: bool) -> None:
    assert parse_options({"archived": [text]}).archived is archived


@for_each("name", ["properties", "propertiesWithHistory", "associations"])
@for_each("names", [("a",), ("hs_x", "a-b", "2-123", "A1"), ("p123_car",)])
def test_names_have_letters_digits_underscores_and_hyphens(name: str, names: tuple[str, ...]) -> None:
    options = parse_options({name: [" , ".join(names), names[0]]})

    assert {options.properties, options.history, options.associations} == {names, ()}


@for_each("name", ["properties", "propertiesWithHistory", "associations"])
@for_each("text", ["_", "-", "a b", "a.b", "å", "a,", ",a", "*x", "a,*", "a/b"])
def test_any_other_name_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadRequestError, match=f"{name}: expected names separated by commas, got") as caught:
        parse_options({name: [text]})
    assert caught.value.parameter == name


@pytest.mark.parametrize("name", ["propertiesWithHistory", "associations"])
def test_a_star_means_every_property_and_nothing_else(name: str) -> None:
    with pytest.raises(BadRequestError, match="expected names"):
        parse_options({name: ["*"]})


@for_each("name", PARAMETERS)
def test_a_parameter_is_known_by_its_name_only(name: str) -> None:
    """And a parameter that a route does not know is refused, up to 60 characters of it."""
    assert parse_options({name: [""]}) == PullOptions()
    with pytest.raises(BadRequestError, match="Unknown parameter") as caught:
        parse_options({name: [""]}, known=["other"])
    assert caught.value.parameter == name
    with pytest.raises(BadRequestError, match="Unknown parameter") as caught:
        parse_options({"x" * 61: [""]})
    assert caught.value.parameter == "x" * 60
