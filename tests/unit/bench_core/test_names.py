"""Messages about names that do not exist."""

import click
import pytest

from bench_core.names import most_similar, nearest, no_such, similarity
from bench_core.options import NameChoice
from tests.support.cases import for_each


@for_each(
    ("name", "meant"),
    [
        ("sever-error", "server-error"),
        ("Server_Error", "server-error"),
        ("contact", "Contacts"),
        ("something else", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_found_whatever_its_case_and_hyphens(name: str, meant: str | None) -> None:
    assert nearest(name, ["server-error", "Contacts", "bad-gateway"]) == meant


def test_a_message_names_what_was_meant_before_it_lists_what_exists() -> None:
    message = no_such("fault", "sever-error", ["bad-gateway", "server-error"])

    assert message == "there is no fault 'sever-error'; did you mean 'server-error'? Known: bad-gateway, server-error."


def test_a_long_list_is_cut_and_names_the_command_that_shows_all() -> None:
    names = [f"name-{number:02}" for number in range(20)]

    message = no_such("fault", "x", names, listed_by="fake-hubspot faults")

    assert message.endswith("name-11 and 8 more; `fake-hubspot faults` lists all.")


def test_without_any_name_the_message_says_so() -> None:
    assert no_such("pipe", "x", []) == "there is no pipe 'x'. There are none."


def test_a_choice_of_an_option_uses_the_same_message() -> None:
    with pytest.raises(click.BadParameter, match="there is no scenario 'flaki'; did you mean 'flaky'"):
        NameChoice("scenario", ["flaky", "success"]).convert("flaki", None, None)


def test_the_most_similar_text_is_found_however_little_it_is_alike() -> None:
    assert most_similar("GET /crm/v3/object", ["POST /oauth/token", "GET /crm/v3/objects"]) == "GET /crm/v3/objects"
    assert most_similar("", ["a"]) == "a"
    assert most_similar("a", []) == ""


def test_only_the_beginnings_of_long_texts_are_compared() -> None:
    """A path of 60,000 characters is compared as quickly as one of 200; all of it would take seconds."""
    beginning = "GET /crm/v3/objects/" + "x" * 180

    assert similarity(beginning + "y" * 60_000, beginning) == 1
    assert similarity(beginning, beginning + "y" * 60_000) == 1
    assert similarity(beginning, "z" * 60_000) == 0
