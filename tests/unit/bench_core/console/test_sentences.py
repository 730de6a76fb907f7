"""A rule as a sentence."""

from typing import Any

import msgspec

from bench_core.console.sentences import sentence_of
from bench_core.faults.rule import FaultRule
from tests.support.cases import for_each

PLACES = {
    "objects.read": ("read of one of the {}", "reads of single {}"),
    "owners.list": ("list of owners", "lists of owners"),
}


@for_each(
    ("rule", "sentence"),
    [
        ({}, "Every request gets a delay, once."),
        ({"times": 3}, "Every request gets a delay, 3 times."),
        ({"where": {"every": 3}, "times": "forever"}, "Every 3rd request gets a delay, every time."),
        ({"where": {"every": 3, "nth": 1}}, "Every 3rd request from the 1st on gets a delay, once."),
        ({"where": {"nth": 12}}, "The 12th request gets a delay, once."),
        (
            {"where": {"route": "objects.read", "objectType": "deals"}},
            "Every read of one of the deals gets a delay, once.",
        ),
        ({"where": {"route": "owners.list", "objectType": "x"}}, "Every list of owners for x gets a delay, once."),
        ({"where": {"objectType": "deals"}}, "Every request for deals gets a delay, once."),
        ({"where": {"route": "lists.*"}}, "Every request to lists.* gets a delay, once."),
        ({"where": {"page": 2, "nth": 2}}, "Page 2 of requests (the 2nd time) gets a delay, once."),
        ({"where": {"afterRequest": 7}}, "Every request after request 7 gets a delay, once."),
        ({"where": {"cursor": "chosen"}}, "Every request with a cursor that the client chose gets a delay, once."),
        ({"where": {"cursor": "handed-out"}}, "Every request with a cursor that a response had gets a delay, once."),
        ({"where": {"lastPage": True}}, "Every request at the end of the list gets a delay, once."),
        ({"where": {"lastPage": False}}, "Every request before the end of the list gets a delay, once."),
        ({"where": {"method": "post", "path": "/a*"}}, "Every request with POST at /a* gets a delay, once."),
        ({"where": {"route": "GET /{id}"}}, "Every request to GET /{id} gets a delay, once."),
        ({"probability": 0.25}, "Every request gets a delay, once, with a chance of 25 %."),
    ],
)
def test_where_and_how_often(rule: dict[str, Any], sentence: str) -> None:
    made = msgspec.convert({"fault": "latency", **rule}, FaultRule)

    assert sentence_of(made, summary="A delay. It is long.", params={}, defaults={}, places=PLACES) == sentence


@for_each(
    ("summary", "effect"),
    [
        ("500 with a body.", "500 with a body"),
        ("RST at once.", "RST at once"),
        ("The page; then nothing. More.", "the page; then nothing"),
        ("No byte at all, then FIN.", "no byte at all, then FIN"),
        ("`x` is null.", "`x` is null"),
    ],
)
def test_the_first_sentence_of_the_description_is_the_effect(summary: str, effect: str) -> None:
    sentence = sentence_of(FaultRule("x"), summary=summary, params={}, defaults={}, places=PLACES)

    assert sentence == f"Every request gets {effect}, once."


def test_parameters_that_differ_from_their_defaults_are_named() -> None:
    params = {"a": 1, "b": None, "c": True, "d": "x"}
    defaults = {"a": 1, "b": 2, "c": False, "d": "y"}

    sentence = sentence_of(FaultRule("x"), summary="A delay.", params=params, defaults=defaults, places=PLACES)

    assert sentence == "Every request gets a delay (b null, c true, d x), once."
