"""`check` against a correct connector and against one connector for each rule that it can break."""

import gzip
import json
import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from fake_sesam.check import Claims, RuleResult, as_json, as_junit, check_route
from tests.unit.fake_sesam.conftest import Connector, Handler

Change = Callable[["Behaviour"], None]


class Behaviour:
    """The behaviour of a connector: correct by default, each test changes one thing."""

    def __init__(self) -> None:
        self.entities: list[dict[str, Any]] = [
            {"_id": f"t{n}", "_updated": f"~t2026-01-01T00:00:{n:02}.000Z", "n": n} for n in range(6)
        ]
        self.content_type = "application/json"
        self.status = 200
        self.honours_since = True
        self.honours_limit = True
        self.loses_since = False
        self.checks_since = True
        self.body: Callable[[bytes], bytes] = lambda body: body
        self.encoding = ""
        self.is_in_trouble = False
        self.hides_trouble = False
        self.chunk_size = 0
        self.delay_s = 0.0

    def reply(self, handler: Handler) -> None:
        """Respond to a GET."""
        since, limit = handler.query.get("since"), handler.query.get("limit")
        if self.is_in_trouble and not self.hides_trouble:
            return handler.send(b'{"message": "upstream failed"}', status=502)
        if since is not None and self.checks_since and not since.startswith("~t"):
            return handler.send(b'{"message": "bad since"}', status=400)
        found = [] if self.is_in_trouble else self._since(since)
        if limit and self.honours_limit:
            found = found[: int(limit)]
        body = self.body(json.dumps(found).encode())
        headers = {"Content-Type": self.content_type}
        if self.encoding == "always" or (self.encoding == "asked" and "gzip" in handler.headers["Accept-Encoding"]):
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        time.sleep(self.delay_s)
        return self._send(handler, body, headers)

    def _since(self, since: str | None) -> list[dict[str, Any]]:
        if since is None or not self.honours_since:
            return self.entities
        found = [each for each in self.entities if str(each["_updated"]) >= since]
        return found[:1] if self.loses_since else found

    def _send(self, handler: Handler, body: bytes, headers: dict[str, str]) -> None:
        if not self.chunk_size:
            return handler.send(body, status=self.status, headers=headers)
        handler.send_response(self.status)
        for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
            handler.send_header(name, value)
        handler.end_headers()
        for start in range(0, len(body), self.chunk_size):
            piece = body[start : start + self.chunk_size]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")
        return None

    def each(self, **changes: Any) -> None:
        """Change every entity."""
        self.entities = [{**entity, **changes} for entity in self.entities]

    def drop(self, name: str) -> None:
        """Remove a property from one entity."""
        self.entities[2] = {key: value for key, value in self.entities[2].items() if key != name}


def check(connector: Connector, behaviour: Behaviour, **claims: Any) -> dict[str, RuleResult]:
    """Check a behaviour; return the results by rule."""
    connector.replies(behaviour.reply)
    return {result.rule: result for result in check_route(f"{connector.url}/things", Claims(**claims))}


def trouble(behaviour: Behaviour) -> dict[str, Any]:
    """Return claims that make the connector's upstream fail."""
    return {
        "provoke": lambda: setattr(behaviour, "is_in_trouble", True),
        "restore": lambda: setattr(behaviour, "is_in_trouble", False),
    }


def test_correct_connector_breaks_no_rule(connector: Connector) -> None:
    """Every rule passes except streaming, which such a small body does not show."""
    behaviour = Behaviour()

    results = check(connector, behaviour, supports_since=True, is_chronological=True, **trouble(behaviour))

    assert {rule for rule, result in results.items() if result.outcome != "pass"} == {"streaming"}
    assert "inclusive" in results["since"].detail
    assert behaviour.is_in_trouble is False


def big(behaviour: Behaviour, chunk_size: int) -> None:
    """Make the body large and send it in chunks of this size; 0 means with a Content-Length."""
    behaviour.each(text="x" * 500_000)
    behaviour.chunk_size = chunk_size


WRONG: list[tuple[str, str, str, Change]] = [
    ("status", "answers", "fail", lambda b: setattr(b, "status", 500)),
    ("truncated", "array", "fail", lambda b: setattr(b, "body", lambda body: body[:-1])),
    ("object", "array", "fail", lambda b: setattr(b, "body", lambda body: b'{"results": ' + body + b"}")),
    ("trailing bytes", "array", "fail", lambda b: setattr(b, "body", lambda body: body + b"]")),
    ("element", "array", "fail", lambda b: setattr(b, "body", lambda body: body[:-1] + b", 7]")),
    ("nan", "nan", "fail", lambda b: b.each(n=float("nan"))),
    ("html", "content-type", "warn", lambda b: setattr(b, "content_type", "text/html; charset=utf-8")),
    ("no id", "id-present", "fail", lambda b: b.drop("_id")),
    ("number id", "id-string", "fail", lambda b: b.each(_id=7)),
    ("same id", "id-unique", "warn", lambda b: b.each(_id="same")),
    ("no updated", "updated-present", "fail", lambda b: b.drop("_updated")),
    ("list updated", "updated-type", "fail", lambda b: b.each(_updated=[1])),
    ("mixed updated", "updated-type", "fail", lambda b: b.entities.append({"_id": "x", "_updated": 1})),
    (
        "two formats",
        "updated-comparable",
        "fail",
        lambda b: b.entities.append({"_id": "x", "_updated": "~t2026-01-01T00:01:00Z"}),
    ),
    ("unordered", "updated-order", "fail", lambda b: b.entities.insert(0, b.entities.pop(1))),
    ("deleted", "deleted", "warn", lambda b: b.each(_deleted="yes")),
    ("transit", "transit", "warn", lambda b: b.each(note="~true story")),
    ("big number", "numbers", "warn", lambda b: b.each(n=2**60)),
    (
        "long decimal",
        "numbers",
        "warn",
        lambda b: setattr(b, "body", lambda x: x.replace(b'"n": 1', b'"n": 1.12345678901234567')),
    ),
    ("since ignored", "since", "fail", lambda b: setattr(b, "honours_since", False)),
    ("since loses", "since", "fail", lambda b: setattr(b, "loses_since", True)),
    ("bad since accepted", "bad-since", "warn", lambda b: setattr(b, "checks_since", False)),
    ("gzip unasked", "gzip", "fail", lambda b: setattr(b, "encoding", "always")),
    ("trouble hidden", "error", "fail", lambda b: setattr(b, "hides_trouble", True)),
    ("held in memory", "streaming", "warn", lambda b: big(b, 0)),
    ("one chunk", "streaming", "warn", lambda b: big(b, 10_000_000)),
]


@pytest.mark.parametrize(("rule", "outcome", "change"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_each_defect_is_reported_by_its_rule(connector: Connector, rule: str, outcome: str, change: Change) -> None:
    behaviour = Behaviour()
    change(behaviour)

    results = check(connector, behaviour, supports_since=True, is_chronological=True, **trouble(behaviour))

    assert results[rule].outcome == outcome, results[rule]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("since", lambda b: setattr(b, "honours_since", False)),
        ("limit", lambda b: setattr(b, "honours_limit", False)),
        ("streaming", lambda b: big(b, 100_000)),
        ("gzip", lambda b: setattr(b, "encoding", "asked")),
    ],
)
def test_optional_behaviour_is_not_a_failure(connector: Connector, rule: str, change: Change) -> None:
    """Without claims, a connector need not support `since` or `limit`."""
    behaviour = Behaviour()
    change(behaviour)

    assert check(connector, behaviour)[rule].outcome != "fail"


@pytest.mark.parametrize(("status", "outcome"), [(200, "fail"), (500, "fail"), (404, "pass"), (501, "pass")])
def test_connector_that_accepts_delete_fails(connector: Connector, status: int, outcome: str) -> None:
    """405 is expected; a server that knows no other method than GET says 501."""
    connector.takes_delete(status)

    assert check(connector, Behaviour())["method"].outcome == outcome


def test_unreachable_route_is_one_failure_and_skips_the_rest() -> None:
    results = check_route("http://127.0.0.1:1/things", Claims(timeout_s=1))

    assert [(result.rule, result.outcome) for result in results] == [("answers", "fail"), ("the rest", "skip")]


def test_empty_array_skips_the_rules_on_entities(connector: Connector) -> None:
    behaviour = Behaviour()
    behaviour.entities = []

    results = check(connector, behaviour)

    assert results["entities"].outcome == "skip"
    assert not [result for result in results.values() if result.outcome == "fail"]


def test_results_are_written_as_json_and_junit(connector: Connector) -> None:
    behaviour = Behaviour()
    behaviour.drop("_id")
    results = list(check(connector, behaviour).values())

    report = json.loads(as_json("http://x", results))
    (suite,) = ElementTree.fromstring(as_junit("http://x", results))  # noqa: S314 - our own output

    assert (report["ok"], {"rule", "outcome", "detail"}) == (False, set(report["verdicts"][0]))
    assert suite.get("failures") == "1"
    assert [case.get("name") for case in suite if case.find("failure") is not None] == ["id-present"]
