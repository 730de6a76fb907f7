"""`check` on small connectors of many styles: no false alarm at those that Sesam reads rightly, no miss at others."""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from fake_sesam.check import Claims, RuleResult, check_route
from tests.unit.fake_sesam.conftest import Connector, Handler

Entity = dict[str, Any]
Query = Mapping[str, str]
Respond = Callable[[Query], Any]


def times(count: int = 10) -> list[Entity]:
    """Return entities with an ISO time each."""
    return [{"_id": f"t{n}", "_updated": f"2026-01-01T00:00:{n:02}Z", "n": n} for n in range(count)]


def numbered(count: int = 10) -> list[Entity]:
    return [{"_id": f"t{n}", "_updated": n, "n": n} for n in range(count)]


def after(entities: list[Entity], query: Query) -> list[Entity]:
    """Return what Sesam's Python template returns: text compared with text, whatever it is."""
    return [each for each in entities if not query.get("since") or each["_updated"] > query["since"]]


def whole_number(query: Query) -> int:
    """Return `since` as a number; a connector's framework makes a 400 of the error."""
    return int(query.get("since") or -1)


def limited(entities: list[Entity], query: Query, default: int | None = None) -> list[Entity]:
    limit = query.get("limit")
    return entities[: int(limit) if limit else default]


class Counter:
    """Something that is different at each pull."""

    def __init__(self) -> None:
        self.pulls = 0

    def growing(self, _query: Query) -> list[Entity]:
        """Return one more entity each time."""
        self.pulls += 1
        return times(5 + self.pulls)

    def shrinking(self, query: Query) -> list[Entity]:
        """Return one entity fewer each time."""
        self.pulls += 1
        return after(times(30 - self.pulls), query)

    def now(self, _query: Query) -> list[Entity]:
        """Return the time of the pull as `_updated`."""
        self.pulls += 1
        return [{"_id": each["_id"], "_updated": f"2026-01-01T00:01:{self.pulls:02}Z"} for each in times()]


def tutorial(_query: Query) -> list[Entity]:
    return [{"id": str(n), "properties": {"lastname": "å"}} for n in range(3)]


def refusing(query: Query) -> Any:
    if "since" in query and not query["since"].isdigit():
        return Raw(b"not a number", status=400)
    return [each for each in numbered() if each["_updated"] >= whole_number(query)]


def crashing(query: Query) -> Any:
    try:
        return [each for each in numbered() if each["_updated"] > whole_number(query)]
    except ValueError:
        return Raw(b"Internal Server Error", status=500)


def older_too(query: Query) -> list[Entity]:
    return [each for each in numbered() if each["_updated"] >= whole_number(query) - 2]


@dataclass(frozen=True)
class Raw:
    """A response that is not a list of entities."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Style:
    """A connector.

    Attributes:
        respond: What it responds to a GET.
        claims: What its pipe claims.
        fails: The rules that it breaks.
        detail: Part of the reason that the first of them gives.
    """

    respond: Respond
    claims: Claims = field(default_factory=Claims)
    fails: tuple[str, ...] = ()
    detail: str = ""


SINCE, ORDERED = Claims(supports_since=True), Claims(supports_since=True, is_chronological=True)
ZIPPED = {"Content-Encoding": "gzip"}
GONE = {"_id": "x", "_updated": "2027-01-01T00:00:00Z", "_deleted": True}
GOOD = {
    "Sesam's HubSpot tutorial, which has id and text/html": Style(tutorial),
    "Sesam's Python template, exclusive": Style(lambda q: after(times(), q), ORDERED),
    "inclusive, refuses what is not a number": Style(refusing, ORDERED),
    "exclusive numbers, crashes at what is not a number": Style(crashing, ORDERED),
    "no parameters at all": Style(lambda _q: times()),
    "no _updated": Style(lambda _q: [{"_id": str(n)} for n in range(4)]),
    "_updated of some only": Style(lambda _q: [{"_id": "a", "_updated": 1}, {"_id": "b"}]),
    "nothing": Style(lambda _q: [], ORDERED),
    "one entity": Style(lambda q: after(times(1), q), ORDERED),
    "two entities of one time": Style(lambda q: after([{**each, "_updated": "7"} for each in times(2)], q), SINCE),
    "paging by limit": Style(lambda q: limited(after(times(), q), q), ORDERED),
    "hashes as opaque tokens": Style(lambda _q: [{"_id": str(n), "_updated": f"{n * 7919:x}ab"} for n in range(9)]),
    "dates": Style(lambda q: after([{"_id": str(n), "_updated": f"2026-01-0{n}"} for n in range(1, 9)], q), ORDERED),
    "Transit times": Style(lambda q: after([{**e, "_updated": f"~t{e['_updated']}"} for e in times()], q), ORDERED),
    "unordered": Style(lambda q: after([*times()[5:], *times()[:5]], q), SINCE),
    "two time formats that nobody compares": Style(lambda _q: [*times(2), {"_id": "x", "_updated": "2026-01-01"}]),
    "versions of one entity": Style(lambda _q: [*numbered(), {"_id": "t0", "_updated": 10}]),
    "deletions": Style(lambda q: after([{**each, "_deleted": True} for each in times()], q), ORDERED),
    "deletions with since alone": Style(
        lambda q: [
            *after(times(), q),
            *([{"_id": "x", "_updated": "2027", "_deleted": True}] if q.get("since") else []),
        ],
        Claims(supports_since=True),
    ),
    "NaN in a text": Style(lambda _q: [{"_id": "a", "text": "mean: NaN, max: Infinity"}]),
    "rows without any id": Style(lambda _q: [{"name": "Ada"}, {"name": "Ben"}]),
    "ids that are numbers, for a transform": Style(lambda _q: [{"id": n, "_updated": n} for n in range(5)]),
    "data that grows meanwhile": Style(Counter().growing),
    "data that shrinks meanwhile": Style(Counter().shrinking, SINCE),
    "an integer of 30 digits": Style(lambda _q: [{"_id": "a", "n": 10**30}]),
    "white space around": Style(lambda _q: Raw(b' \n[ {"_id": "a"} ]\n ')),
}
BAD = {
    "first page only": Style(lambda q: after(times(), q)[:5], SINCE, ("complete",), "one page of several"),
    "first page only, nothing claimed": Style(lambda q: after(times(), q)[:5], Claims(), ("complete",), "since="),
    "a default limit": Style(lambda q: limited(times(), q, 5), Claims(), ("complete",), "limit="),
    "a default limit with since": Style(
        lambda q: limited(after(times(), q), q, 5), ORDERED, ("complete",), "all pages"
    ),
    "constant _updated": Style(
        lambda q: after([{**each, "_updated": "2026-01-01T00:00:00Z"} for each in times()], q),
        SINCE,
        ("since",),
        "all 10 entities have the _updated",
    ),
    "constant number, inclusive": Style(
        lambda _q: [{**each, "_updated": 7} for each in times()], SINCE, ("since",), "all 10 entities have the _updated"
    ),
    "the time of the pull": Style(Counter().now, SINCE, ("since",), "differs between two pulls"),
    "since ignored": Style(lambda _q: times(), SINCE, ("since",), "ignored"),
    "since loses the last": Style(
        lambda q: after(times()[: 8 if q.get("since") else 10], q), SINCE, ("since",), "missing"
    ),
    "since gives older ones": Style(older_too, SINCE, ("since",), "older entities came again"),
    "since fails": Style(lambda q: Raw(b"no", status=500) if "since" in q else times(), SINCE, ("since",), "500"),
    "two time formats": Style(
        lambda q: after([*times(), {"_id": "x", "_updated": "2026-01-01T00:00:03.5Z"}], q),
        SINCE,
        ("updated-comparable",),
        "one format",
    ),
    "numbers as texts": Style(
        lambda q: after([{"_id": str(n), "_updated": str(n)} for n in range(12)], q),
        SINCE,
        ("updated-comparable",),
        "9",
    ),
    "texts and numbers": Style(lambda _q: [*times(3), *numbered(3)], SINCE, ("updated-type",), "mixes"),
    "fractions": Style(lambda _q: [{"_id": "a", "_updated": 1.5}], Claims(), ("updated-type",), "neither strings nor"),
    "chronological in no order": Style(lambda q: after([*times()[5:], *times()[:5]], q), ORDERED, ("updated-order",)),
    "number ids": Style(lambda _q: [{"_id": n} for n in range(3)], Claims(), ("id-string",), "send str(id)"),
    "some ids": Style(lambda _q: [{"_id": "a"}, {"name": "b"}], Claims(), ("id-present",), "1 of 2"),
    "an object": Style(lambda _q: {"results": times()}, Claims(), ("array",), "a JSON object"),
    "lines": Style(lambda _q: Raw(b'{"_id": "a"}\n{"_id": "b"}\n'), Claims(), ("array",), "a JSON object"),
    "cut off": Style(lambda _q: Raw(b'[{"_id": "a"},'), Claims(), ("array",), "not a complete JSON array"),
    "text after the array": Style(lambda _q: Raw(b'[{"_id": "a"}] failed'), Claims(), ("array",), "trailing garbage"),
    "NaN": Style(lambda _q: Raw(b'[{"_id": "a", "n": NaN}]'), Claims(), ("array", "nan"), "not a complete"),
    "Latin-1": Style(lambda _q: Raw('[{"_id": "å"}]'.encode("latin-1")), Claims(), ("array",)),
    "half a surrogate pair": Style(lambda _q: Raw(rb'[{"_id": "\ud83d"}]'), Claims(), ("array",), "surrogate"),
    "a huge integer": Style(
        lambda _q: Raw(b'[{"_id": "a", "n": ' + b"9" * 5000 + b"}]"), Claims(), ("array",), "digits"
    ),
    "a page of HTML": Style(lambda _q: Raw(b"<html>Sign in</html>"), Claims(), ("array",), "HTML"),
    "an error": Style(lambda _q: Raw(b"oops", status=500), Claims(), ("answers",), "500"),
    "limit off by one": Style(
        lambda q: times()[: int(q["limit"]) + 1] if "limit" in q else times(), Claims(), ("limit",)
    ),
    "gzip of another list": Style(
        lambda q: Raw(gzip.compress(json.dumps(times(3)).encode()), headers=ZIPPED) if q.get("gzip") else times(),
        Claims(),
        ("gzip",),
    ),
}


def results_of(connector: Connector, style: Style) -> list[RuleResult]:
    def reply(handler: Handler) -> None:
        accepts = {"gzip": "yes"} if "gzip" in handler.headers.get("Accept-Encoding", "") else {}
        given = style.respond({**handler.query, **(accepts if not handler.query else {})})
        raw = given if isinstance(given, Raw) else Raw(json.dumps(given).encode())
        handler.send(raw.body, status=raw.status, headers=raw.headers)

    connector.replies(reply)
    return check_route(f"{connector.url}/things", style.claims)


@pytest.mark.parametrize("name", GOOD)
def test_a_connector_that_sesam_reads_rightly_breaks_no_rule(connector: Connector, name: str) -> None:
    broken = [result for result in results_of(connector, GOOD[name]) if result.outcome == "fail"]

    assert broken == []


@pytest.mark.parametrize("name", BAD)
def test_a_connector_that_loses_or_spoils_data_is_found_for_the_right_reason(connector: Connector, name: str) -> None:
    style = BAD[name]

    broken = [result for result in results_of(connector, style) if result.outcome == "fail"]

    assert [result.rule for result in broken] == list(style.fails)
    assert style.detail in broken[0].detail
