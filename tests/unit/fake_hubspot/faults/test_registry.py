"""The names of faults, their parameters, and the catalogue."""

from typing import Any

import pytest

from fake_hubspot.errors import UsageError
from fake_hubspot.faults.registry import catalogue, find_fault, make_fault, registered_faults
from tests.support.cases import for_each

# The names in other tools.
WIREMOCK = {
    "EMPTY_RESPONSE": "empty-response",
    "MALFORMED_RESPONSE_CHUNK": "malformed-chunk",
    "RANDOM_DATA_THEN_CLOSE": "random-data-then-close",
    "CONNECTION_RESET_BY_PEER": "connection-reset",
    "fixedDelayMilliseconds": "latency",
    "chunkedDribbleDelay": "dribble",
}
TOXIPROXY = {
    "latency": "latency",
    "bandwidth": "bandwidth",
    "slow_close": "slow-close",
    "timeout": "timeout",
    "reset_peer": "connection-reset",
    "slicer": "slicer",
    "limit_data": "limit-data",
}


@for_each(("alias", "name"), [*WIREMOCK.items(), *TOXIPROXY.items()])
def test_faults_are_found_by_the_names_of_wiremock_and_toxiproxy(alias: str, name: str) -> None:
    """Case, hyphens and underscores make no difference."""
    assert find_fault(alias).name == name
    assert find_fault(alias.upper()).name == name


def test_every_spelling_belongs_to_one_fault() -> None:
    """No alias is the name of another fault."""
    spellings = [
        spelling.lower().replace("_", "-") for f in registered_faults().values() for spelling in {f.name, *f.aliases}
    ]
    distinct = {spelling.replace("-", "") for spelling in spellings}

    assert len(distinct) == len({(s.replace("-", ""), find_fault(s).name) for s in spellings})


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("nonsense", {}, "there is no fault 'nonsense'. Known: absurd-pause, archived-during-walk, "),
        (
            "status",
            {"statu": 500},
            r"'statu' is not known, did you mean 'status'\?\. Known, with defaults: status = 500, ",
        ),
        ("status", {"status": 1000}, r"Expected `int` <= 599 - at `\$.status`"),
        ("status", {"status": "500"}, "Expected `int`, got `str`"),
        ("cloudflare-error", {"status": 519}, "Invalid enum value 519"),
        ("latency", {"delay_ms": -1}, "Expected `int` >= 0"),
        ("empty-response", {"x": 1}, "Known, with defaults: none"),
    ],
)
def test_errors_for_wrong_names_and_params_list_the_known_ones(name: str, params: dict[str, Any], message: str) -> None:
    """Each is a UsageError."""
    with pytest.raises(UsageError, match=message):
        make_fault(name, params)


@for_each("card", catalogue(), ids=lambda card: card.name)
def test_every_fault_is_described(card: Any) -> None:
    """It has a summary, evidence, and a description and default for each parameter."""
    assert card.summary.endswith(".")
    assert card.evidence
    assert all("default" in schema for schema in card.params.values())
    assert all("description" in str(schema) for schema in card.params.values())


@for_each("card", catalogue(), ids=lambda card: card.name)
def test_every_example_is_accepted(card: Any) -> None:
    """The defaults are accepted too."""
    for params in ({}, *card.examples):
        assert make_fault(card.name, params).name == card.name
