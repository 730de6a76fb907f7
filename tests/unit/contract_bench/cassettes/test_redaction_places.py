"""Every place that has a name and a value, with names that decide and values that look harmless.

A number, a date or a UUID is kept only where the name beside it is one of HubSpot's own.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest

from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.redaction import RedactedRecording, Redactor
from tests.support.cases import for_each
from tests.support.interactions import CONTACTS, contact, interaction, page


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value can be.

    Attributes:
        put: Makes an interaction with a named value there.
        read: Finds the value again.
    """

    put: Callable[[str, Any], Interaction]
    read: Callable[[Interaction, str], Any]


def _sent(body: Any) -> Interaction:
    return interaction(f"{CONTACTS}/search", method="POST", body=body)


def _request(one: Interaction) -> Any:
    return json.loads(one.request.body)


def _answer(one: Interaction) -> Any:
    return json.loads(one.response.body)


def _filter(key: str, make: Callable[[Any], Any] = lambda value: value) -> Place:
    def put(name: str, value: Any) -> Interaction:
        condition = {"propertyName": name, "operator": "EQ", key: make(value)}
        return _sent({"filterGroups": [{"filters": [condition]}]})

    def read(one: Interaction, _: str) -> Any:
        found = _request(one)["filterGroups"][0]["filters"][0][key]
        return found[0] if isinstance(found, list) else found

    return Place(put, read)


def _query_of(one: Interaction) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(one.request.uri).query))


PLACES = {
    "a property": Place(
        lambda name, value: interaction(answer=page(contact(1, **{name: value}))),
        lambda one, name: _answer(one)["results"][0]["properties"][name],
    ),
    "a property with several values": Place(
        lambda name, value: _sent({"properties": {name: [value]}}),
        lambda one, name: _request(one)["properties"][name][0],
    ),
    "a property of API version 1": Place(
        lambda name, value: interaction(answer={"contacts": [{"properties": {name: {"value": value}}}]}),
        lambda one, name: _answer(one)["contacts"][0]["properties"][name]["value"],
    ),
    "an older version in API version 1": Place(
        lambda name, value: interaction(answer={"properties": {name: {"value": "", "versions": [{"value": value}]}}}),
        lambda one, name: _answer(one)["properties"][name]["versions"][0]["value"],
    ),
    "the history": Place(
        lambda name, value: interaction(answer={"propertiesWithHistory": {name: [{"value": value, "sourceId": "1"}]}}),
        lambda one, name: _answer(one)["propertiesWithHistory"][name][0]["value"],
    ),
    "the history without versions": Place(
        lambda name, value: interaction(answer={"propertiesWithHistory": {name: value}}),
        lambda one, name: _answer(one)["propertiesWithHistory"][name],
    ),
    "a filter": _filter("value"),
    "the end of a range": _filter("highValue"),
    "a list in a filter": _filter("values", lambda value: [value]),
    "the id of a batch": Place(
        lambda name, value: _sent({"idProperty": name, "inputs": [{"id": value}]}),
        lambda one, _: _request(one)["inputs"][0]["id"],
    ),
    "an id with a property of its own": Place(
        lambda name, value: _sent({"inputs": [{"idProperty": name, "id": value, "properties": {}}]}),
        lambda one, _: _request(one)["inputs"][0]["id"],
    ),
    "an id with another property than the batch": Place(
        lambda name, value: _sent({"idProperty": "hs_object_id", "inputs": [{"idProperty": name, "id": value}]}),
        lambda one, _: _request(one)["inputs"][0]["id"],
    ),
    "the path": Place(
        lambda name, value: interaction(f"{CONTACTS}/{quote(str(value), safe='')}?idProperty={name}"),
        lambda one, _: unquote(one.request.path.rpartition("/")[2]),
    ),
    "a parameter": Place(
        lambda name, value: interaction(f"{CONTACTS}?limit=2&{name}={quote(str(value), safe='')}"),
        lambda one, name: _query_of(one)[name],
    ),
    "a form": Place(
        lambda name, value: interaction(method="POST", body=f"limit=1&{name}={quote(str(value), safe='')}".encode()),
        lambda one, name: dict(parse_qsl(one.request.body.decode()))[name],
    ),
    "JSON": Place(
        lambda name, value: interaction(answer={"results": [{name: value}]}),
        lambda one, name: _answer(one)["results"][0][name],
    ),
    "a list in JSON": Place(
        lambda name, value: _sent({"nested": {name: [value]}}),
        lambda one, name: _request(one)["nested"][name][0],
    ),
}
VALUES = [
    "0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd",
    "123456",
    "1762104088373",
    "2026-03-12T07:34:24Z",
    "1980-01-01",
    "7.5",
]
each_value = pytest.mark.parametrize(
    "values", [VALUES[:1], pytest.param(VALUES[1:], marks=pytest.mark.proof)], ids=["UUID", "others"]
)
SECRET_NAMES = ["api_token", "hapikey", "client_secret", "password", "refresh-token", "sessionId", "privateKey", "jwt"]
# A name, the format of its pseudonyms, and how they are counted.
PEOPLE = {
    "phone": (r"\+1555\d{7}", "phone number"),
    "mobilephone": (r"\+1555\d{7}", "phone number"),
    "zip": (r"Place[0-9a-f]{10}", "address"),
    "firstname": (r"First[0-9a-f]{10}", "first name"),
    "lastname": (r"Last[0-9a-f]{10}", "last name"),
    "date_of_birth": (r"Text[0-9a-f]{10}", "free text"),
    "email": (r"Text[0-9a-f]{10}", "free text"),
}


def redact(*interactions: Interaction) -> RedactedRecording:
    return Redactor(b"key").redact(interactions)


def assert_stays(redacted: RedactedRecording) -> None:
    """Lint redacts again and reports what changes."""
    assert redact(*redacted.interactions).changes == ()


@each_value
@for_each("name", SECRET_NAMES)
@for_each("place", PLACES)
def test_secret_name_decides_whatever_the_value_looks_like(place: str, name: str, values: list[str]) -> None:
    for value in values:
        redacted = redact(PLACES[place].put(name, value))

        assert PLACES[place].read(redacted.interactions[0], name) == "REDACTED", value
        assert (redacted.secrets, redacted.people) == ({"named secret": 1}, {}), value
        assert len(redacted.changes) == 1
        assert_stays(redacted)


@each_value
@for_each("name", PEOPLE)
@for_each("place", PLACES)
def test_name_of_personal_data_decides_whatever_the_value_looks_like(place: str, name: str, values: list[str]) -> None:
    pattern, kind = PEOPLE[name]

    for value in values:
        redacted = redact(PLACES[place].put(name, value))

        assert re.fullmatch(pattern, PLACES[place].read(redacted.interactions[0], name)), value
        assert (redacted.secrets, redacted.people) == ({}, {kind: 1}), value
        assert len(redacted.changes) == 1
        assert_stays(redacted)


@for_each("name", ["hs_analytics_num_visits", "hs_createdate"])
@for_each("place", PLACES)
def test_harmless_value_under_a_harmless_name_is_kept(place: str, name: str) -> None:
    for value in VALUES:
        original = PLACES[place].put(name, value)

        redacted = redact(original)

        assert redacted.interactions == (original,)
        assert (redacted.secrets, redacted.people, redacted.changes) == ({}, {}, ())


@for_each("place", PLACES)
def test_address_has_the_same_pseudonym_in_every_place(place: str) -> None:
    """Under any name, so that a connector can join."""
    row = interaction(answer=page(contact(1, email="jane@acme.no")))
    (email,) = (one["properties"]["email"] for one in _answer(redact(row).interactions[0])["results"])

    for name in ("email", "contact_of_ours"):
        redacted = redact(PLACES[place].put(name, "jane@acme.no"))

        assert PLACES[place].read(redacted.interactions[0], name) == email
        assert redacted.people == {"e-mail address": 1}
        assert_stays(redacted)


@for_each("place", PLACES)
def test_address_beside_a_name_is_replaced_with_it(place: str) -> None:
    """The name must not stay because the address was found."""
    redacted = redact(PLACES[place].put("contact_of_ours", "Jane Roe jane@acme.no"))

    assert re.fullmatch(r"Text[0-9a-f]{10}", PLACES[place].read(redacted.interactions[0], "contact_of_ours"))
    assert_stays(redacted)


@for_each("value", [4791234567, 91234567.0])
@for_each("place", [place for place in PLACES if place not in ("the path", "a parameter", "a form")])
def test_phone_number_that_is_a_number_is_replaced(place: str, value: float) -> None:
    redacted = redact(PLACES[place].put("mobilephone", value))

    assert re.fullmatch(r"\+1555\d{7}", PLACES[place].read(redacted.interactions[0], "mobilephone"))
    assert_stays(redacted)


@for_each("name", ["total", "vid", "numErrors", "limit", "displayOrder", "userId"])
def test_number_that_is_nobodys_stays_a_number(name: str) -> None:
    original = interaction(answer={name: 91234567, "phone_verified": True, "email_sent": False})

    assert redact(original).interactions == (original,)


@for_each("inputs", [["jane@acme.no"], "jane@acme.no", {"value": ["jane@acme.no"]}])
def test_inputs_that_are_no_list_of_objects_are_redacted_like_any_json(inputs: Any) -> None:
    redacted = redact(_sent({"idProperty": "phone", "inputs": inputs}))

    sent = redacted.interactions[0].request.body.decode()
    assert re.sub(r"person-[0-9a-f]{10}@example\.com", "jane@acme.no", sent) == json.dumps(
        {"idProperty": "phone", "inputs": inputs}, separators=(",", ":")
    )
    assert "jane" not in sent
    assert_stays(redacted)


def test_batch_keeps_the_order_of_its_keys_and_what_is_not_personal() -> None:
    body = {"inputs": [{"properties": {"hs_n": "1"}, "id": "123456"}], "idProperty": "phone", "properties": ["hs_n"]}

    sent = redact(_sent(body)).interactions[0].request.body.decode()

    assert re.sub(r"\+1555\d{7}", "123456", sent) == json.dumps(body, separators=(",", ":"))


def test_id_without_a_property_is_an_id() -> None:
    original = _sent({"inputs": [{"id": "123456"}]})

    assert redact(original).interactions == (original,)


@pytest.mark.parametrize(
    "values",
    [[VALUES[1], "OPEN"], pytest.param([*VALUES, "vip", "7", "4711"], marks=pytest.mark.proof)],
    ids=["two", "others"],
)
@for_each("name", ["n", "our_own", "children", "salary", "custom_id", "person_ids"])
@for_each("place", PLACES)
def test_value_of_a_portals_own_is_replaced_however_harmless_it_looks(place: str, name: str, values: list[str]) -> None:
    for value in values:
        redacted = redact(PLACES[place].put(name, value))

        assert PLACES[place].read(redacted.interactions[0], name) != value, value
        assert len(redacted.changes) == 1
        assert_stays(redacted)
