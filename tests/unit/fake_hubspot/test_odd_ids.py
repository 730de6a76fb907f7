"""Every route refuses ids that are too long or malformed with 400 or 404, never with 500."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import msgspec.inspect
import pytest

from fake_hubspot.context import Route
from fake_hubspot.portal.decimal_id import LARGEST_ID, parse_id
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings
from tests.support.cases import for_each
from tests.support.contacts import BRIAN_ID
from tests.unit.fake_hubspot.inprocess import Fake

ODD = {
    "5,000 digits": "9" * 5000,
    "5,000 zeros": "0" * 5000,
    "one beyond 64 bits": str(2**63),
    "20 digits": "9" * 20,
    "negative": "-1",
    "Arabic digits": "\u0663\u0664",
    "a superscript": "\u00b2",
    "a blank": "5 ",
    "a line break": "5\n",
    "an exponent": "1e5",
}
MOST_HARMFUL = ("5,000 digits", "one beyond 64 bits", "Arabic digits")
EACH = [
    pytest.param(odd, id=name, marks=[] if name in MOST_HARMFUL else [pytest.mark.proof]) for name, odd in ODD.items()
]
PARAMETER = re.compile(r"\{(\w+)\}")
FINE = {
    "objectType": "contacts",
    "fromObjectType": "contacts",
    "toObjectType": "companies",
    "objectId": BRIAN_ID,
    "portalId": "62515",
}
# A parameter whose value may be any text, however long: what a person has named, and what is not looked up.
ANY_TEXT = {
    "name",
    "token",
    "propertyName",
    "groupName",
    "email",
    "pipelineId",
    "stageId",
    "listName",
    "domain",
    # documents that are kept at any path
    "callbackId",
    "externalAccountId",
    "externalEventId",
    "functionId",
    "functionType",
    "tokenId",
}


def every_route() -> Iterator[Route]:
    """Iterate over the routes of the CRM and of the control API."""
    app = build_app(Settings())
    app.portals.close()
    yield from app.router.routes


ROUTES = list(every_route())
WITH_BODY = [route for route in ROUTES if route.operation.body is not None]


@pytest.fixture(scope="module")
def shared() -> Iterator[Fake]:
    """One fake for all requests: none of them may fail, whatever the others changed."""
    made = Fake(Settings())
    yield made
    made.app.portals.close()


def path_of(route: Route, **odd: str) -> str:
    """Return the route's path with these parameters and existing values for the others."""
    return PARAMETER.sub(lambda found: quote(odd.get(found[1], FINE.get(found[1], "1")), safe=""), route.template)


def may_accept(name: str, odd: str) -> bool:
    """Return whether a request with this parameter may succeed: it is a name, or zeros, which are a number."""
    return name in ANY_TEXT or parse_id(odd) is not None


def valid_body(route: Route) -> Any:
    """Return a body of the shape that the route takes."""
    return None if route.operation.body is None else body_of(route.operation.body, "1", 1)


def body_of(kind: Any, text: str, number: int) -> Any:
    """Return a body of the right shape in which every text and every number is the same."""
    return _value(shape_of(kind), text, number)


@cache
def shape_of(kind: Any) -> msgspec.inspect.Type:
    """Return the fields of a body and their types; msgspec takes a millisecond to find them."""
    return msgspec.inspect.type_info(kind)


def _value(info: Any, text: str, number: int) -> Any:
    match info:
        case msgspec.inspect.StructType():
            return {field.encode_name: _value(field.type, text, number) for field in info.fields}
        case msgspec.inspect.UnionType():
            wanted = msgspec.inspect.StrType if text else msgspec.inspect.IntType
            preferred = [one for one in info.types if isinstance(one, wanted)]
            others = [one for one in info.types if not isinstance(one, msgspec.inspect.NoneType)]
            return _value((preferred or others)[0], text, number)
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return [_value(info.item_type, text, number)]
        case msgspec.inspect.DictType():
            return {"email": _value(info.value_type, text, number)}
        case msgspec.inspect.StrType():
            return text or "1"
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            return number
        case msgspec.inspect.BoolType():
            return True
        case _:
            return text


def refused_wrongly(fake: Fake, route: Route, path: str, body: Any = None, *, accepts: bool = True) -> str:
    """Describe a wrong response, or return nothing. Without `accepts` the status has to be 400 or 404."""
    answer = fake.request(route.method, path, body, headers={"content-type": "application/json"})
    is_fine = answer.status < 500 if accepts else answer.status in (400, 404)
    return "" if is_fine else f"{route.method} {route.template}: {answer.status} {answer.content[:200]!r}"


@pytest.mark.parametrize("odd", EACH)
def test_a_path_parameter(shared: Fake, odd: str) -> None:
    """Each parameter of each route, with a valid body, so that the id is reached."""
    cases = [(route, name) for route in ROUTES for name in PARAMETER.findall(route.template)]

    wrong = [
        refused_wrongly(shared, route, path_of(route, **{name: odd}), valid_body(route), accepts=may_accept(name, odd))
        for route, name in cases
        if route.method != "DELETE"
    ]
    deleted = [
        refused_wrongly(shared, route, path_of(route, **{name: odd}))
        for route, name in cases
        if route.method == "DELETE"
    ]

    assert len(wrong) > 100
    assert [one for one in (*wrong, *deleted) if one] == []


@pytest.mark.parametrize(
    ("odd", "step"),
    [
        ("one beyond 64 bits", 4),
        pytest.param("one beyond 64 bits", 1, marks=pytest.mark.proof),
        pytest.param("5,000 digits", 1, marks=pytest.mark.proof),
    ],
)
def test_query_parameters(shared: Fake, odd: str, step: int) -> None:
    """Those that a route declares, and one of those that every list and the control API have, in turn."""
    wrong = [
        refused_wrongly(shared, route, f"{path_of(route)}?{name}={quote(ODD[odd])}", valid_body(route))
        for number, route in enumerate(ROUTES[::step])
        for name in {*(each.name for each in route.operation.query), ("after", "limit", "portal")[number % 3]}
    ]

    assert [one for one in wrong if one] == []


@pytest.mark.parametrize("odd", [ODD[name] for name in MOST_HARMFUL], ids=MOST_HARMFUL)
def test_texts_in_a_body(shared: Fake, odd: str) -> None:
    """Every text of the body at once."""
    wrong = [
        refused_wrongly(shared, route, path_of(route), body_of(route.operation.body, odd, 1)) for route in WITH_BODY
    ]

    assert [one for one in wrong if one] == []


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(2**63, id="one beyond 64 bits"),
        pytest.param(10**5000, id="5,000 digits"),
        *(pytest.param(number, marks=pytest.mark.proof) for number in (-(2**63) - 1, 10**20, 0, -1)),
    ],
)
def test_numbers_in_a_body(shared: Fake, number: int) -> None:
    """Every number of the body at once; Python does not convert one with 5,000 digits."""
    wrong = []
    for route in WITH_BODY:
        shape = json.dumps(body_of(route.operation.body, "", 7654321)).encode()
        wrong.append(refused_wrongly(shared, route, path_of(route), shape.replace(b"7654321", digits_of(number))))

    assert [one for one in wrong if one] == []


def digits_of(number: int) -> bytes:
    """Return the number in JSON, even if Python refuses to write it."""
    return b"7" * 5000 if number >= 10**4000 else str(number).encode()


@for_each("text", [value for value in ODD.values() if value != "0" * 5000])
def test_what_is_no_id(text: str) -> None:
    """None of them is a number below 2^63 in ASCII digits."""
    assert parse_id(text) is None


@for_each(("text", "number"), [("0", 0), ("007", 7), (str(LARGEST_ID), LARGEST_ID)])
def test_what_is_an_id(text: str, number: int) -> None:
    """Up to the largest number that the database stores."""
    assert parse_id(text) == number
    assert parse_id(text, largest=number) == number
    assert parse_id(text, largest=number - 1) is None
