"""What each property of a REST system, an operation, and a `rest` source, transform and sink does."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from fake_sesam.config import ConfigFile, Configuration, System, configure
from fake_sesam.config.operations import METHODS
from fake_sesam.config.systems import REST
from fake_sesam.dtl import NO_DATASETS
from fake_sesam.errors import FakeSesamError
from fake_sesam.pump import Clock, RestClient, RestReader
from fake_sesam.pump.oauth2 import OAuth2
from fake_sesam.pump.puller import make_session
from fake_sesam.pump.rest_sink import RestSink
from fake_sesam.pump.transformation import compile_transformation
from tests.unit.fake_sesam.config.effects import Bench, Config, Effect, Observe

__all__ = ["OPERATION", "REST_SINK", "REST_SOURCE", "REST_SYSTEM", "REST_TRANSFORM", "RestBench"]

FIRST, SECOND = {"id": "1", "n": 7}, {"id": "2", "n": 8}
Answer = Callable[[str, int], tuple[int, Mapping[str, str], Any]]


def answers(url: str, _number: int) -> tuple[int, Mapping[str, str], Any]:
    """Answer with two pages of one item each."""
    if "page=2" in url:
        return 200, {}, {"results": [SECOND], "error": ""}
    return 200, {"X-Page": "1"}, {"results": [FIRST], "next": "?page=2", "error": "broken"}


class FakeSession(requests.Session):
    """A session that sends nothing, keeps what it is asked and answers as it is told."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
        self.times_closed = 0

    def close(self) -> None:
        """Count the calls."""
        self.times_closed += 1
        super().close()

    def request(self, method: Any, url: Any, **options: Any) -> Any:  # type: ignore[override]  # all by name
        """Keep the request and answer it."""
        self.asked.append({"method": method, "url": str(url), **options})
        status, headers, body = self.answer(str(url), len(self.asked))
        response = requests.Response()
        response.status_code = status
        response.headers.update({"Content-Type": "application/json", **headers})
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response.raw = urllib3.HTTPResponse(io.BytesIO(content), preload_content=False)
        return response


class RestBench:
    """A REST system on a session that answers from the test.

    Attributes:
        session: What was asked.
        slept: The seconds of each wait.
    """

    def __init__(self, answer: Answer = answers, *, now_s: float = 1_000_000.0, **system: Any) -> None:
        self.system_config = {"_id": "sys", "type": REST, "url_pattern": "http://x/%s", **system}
        self.session = FakeSession(answer)
        self.slept: list[float] = []
        self.now_s = now_s

    def configured(self, pipe: Config) -> Configuration:
        """Return a configuration with the system and a pipe, which has no errors."""
        files = [ConfigFile("s", self.system_config), ConfigFile("p", {"_id": "p", "type": "pipe", **pipe})]
        found = configure(files, env={}, secrets={"key": "hidden"})
        assert found.errors == ()
        return found

    def client(self, system: System) -> RestClient:
        """Return a client of the system."""
        clock = Clock(now=lambda: self.now_s, sleep=self.slept.append)
        return RestClient(system, base_url=lambda: system.url_pattern, clock=clock, session=lambda _: self.session)

    def read(self, since: Any = None, **source: Any) -> list[Config]:
        """Return what a `rest` source reads."""
        found = self.configured({"source": {"type": "rest", "system": "sys", "operation": "get", **source}})
        pipe = found.pipes["p"]
        client = self.client(found.systems["sys"])
        return list(RestReader(pipe.source, pipe.effective["source"], client).read(since))

    def transform(self, *entities: Config, **transform: Any) -> list[Config]:
        """Return what entities become in a `rest` transform."""
        step = {"type": "rest", "system": "sys", "operation": "get", **transform}
        found = self.configured({"source": {"type": "embedded", "entities": []}, "transform": step})
        client = self.client(found.systems["sys"])
        transformation = compile_transformation(found.pipes["p"], NO_DATASETS, rest=lambda _: client)
        results = transformation(list(entities))
        transformation.finish()
        return results

    def send(self, *entities: Config, **sink: Any) -> Any:
        """Send entities to a `rest` sink; return the counts."""
        config = {"type": "rest", "system": "sys", "operation": "get", **sink}
        found = self.configured({"source": {"type": "embedded", "entities": []}, "sink": config})
        pipe = found.pipes["p"]
        return RestSink(pipe.sink, dict(pipe.effective["sink"]), self.client(found.systems["sys"])).write([*entities])

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The method and the target of each request."""
        return [(each["method"], target(each["url"])) for each in self.session.asked]

    @property
    def bodies(self) -> list[tuple[str | None, Any]]:
        """The content type and the body of each request."""
        return [(each["headers"].get("Content-Type"), each["data"] or each["files"]) for each in self.session.asked]


def target(url: str) -> str:
    """Return the path and the query of a URL."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def tried(action: Callable[[], Any]) -> Any:
    """Return what an action returns, or the start of its error."""
    try:
        return action()
    except FakeSesamError as error:
        return error.message[:40]


# --- where an operation stands: in the system, or in the source, transform or sink ---

Ask = Callable[[RestBench], Any]
Place = Callable[[Config, Ask, Config, Answer], Any]


def in_system(options: Config, look: Ask, source: Config, answer: Answer) -> Any:
    operation = {"url": "things", "method": "GET", **options}
    bench = RestBench(answer, operations={"get": operation})
    result = tried(lambda: bench.read(since="5", **source))
    return look(bench) if look is not entities else result


def in_source(options: Config, look: Ask, source: Config, answer: Answer) -> Any:
    written = {"url": "things", "method": "GET"}
    bench = RestBench(answer, operations={"get": {**written, **source.get("operation_options", {})}})
    given = {name: value for name, value in source.items() if name != "operation_options"}
    result = tried(lambda: bench.read(since="5", **given, **options))
    return look(bench) if look is not entities else result


def entities(_bench: RestBench) -> Any:
    """Stand for what was read."""


def targets(bench: RestBench) -> Any:
    return [each for _, each in bench.asked]


def methods(bench: RestBench) -> Any:
    return [method for method, _ in bench.asked]


def own_headers(bench: RestBench) -> Any:
    return bench.session.asked[0]["headers"]


def bodies(bench: RestBench) -> Any:
    return bench.bodies


def waits(bench: RestBench) -> Any:
    return bench.slept


def at(
    place: Place, look: Ask, source: Config | None = None, answer: Answer = answers, default: Config | None = None
) -> Observe:
    def observe(_bench: Bench, options: Config) -> Any:
        return place({**(default or {}), **options}, look, source or {}, answer)

    observe.__name__ = f"{place.__name__}_{look.__name__}"
    return observe


def limited(_url: str, number: int) -> tuple[int, Mapping[str, str], Any]:
    return (429, {}, {}) if number < 2 else (200, {}, {"results": []})


RESULTS = {"payload_property": "results"}
SINCE = {"supports_since": True}
P = {"properties": {"p": "q"}}
PAYLOAD = {"payload": {"a": "~t2026-01-01"}}
JSON_BODY = [("application/json", b'{"a":"2026-01-01"}')]
TAGGED = b'{"a":"~t2026-01-01"}'
WHOLE = {"results": [FIRST], "next": "?page=2", "error": "broken"}
NEXT = {**RESULTS, "next_page_link": "{{ body.next }}"}


def of_responses(place: Place, *, operation: Config) -> dict[str, list[Effect]]:
    """Return the cases of what both an operation and a part of a pipe can say about a response."""
    read = at(place, entities, {"operation_options": operation} if place is in_source else {})
    return {
        "payload_property": [Effect("results", read, [WHOLE], [FIRST])],
        "response_property": [Effect("r", read, [FIRST], [{"r": FIRST}], RESULTS)],
        "response_headers_property": [
            Effect("h", read, [FIRST], [{**FIRST, "h": {"Content-Type": "application/json", "X-Page": "1"}}], RESULTS)
        ],
        "response_status_property": [Effect("s", read, [FIRST], [{**FIRST, "s": 200}], RESULTS)],
        "id_expression": [Effect("{{ id }}", read, [FIRST], [{**FIRST, "_id": "1"}], RESULTS)],
        "updated_expression": [Effect("{{ n }}", read, [FIRST], [{**FIRST, "_updated": "7"}], RESULTS)],
        "payload": [
            Effect(
                {"a": "{{ properties.p }}"}, at(place, bodies, P), [(None, None)], [("application/json", b'{"a":"q"}')]
            )
        ],
        "since_property_name": [
            Effect("from", at(place, targets, SINCE), ["/things?since=5"], ["/things?from=5"]),
        ],
        "since_property_location": [
            Effect("header", at(place, targets, SINCE), ["/things?since=5"], ["/things"]),
            Effect("manual", at(place, targets, SINCE), ["/things?since=5"], ["/things"]),
        ],
        "rate_limiting_retries": [
            Effect(1, at(place, entities, RESULTS if place is in_source else {}, limited), *LIMIT[place.__name__])
        ],
        "rate_limiting_delay": [Effect(9, at(place, waits, {}, limited), [1], [9], {"rate_limiting_retries": 1})],
    }


REFUSED = "expected a 2xx status, got 429: {}"
LIMIT: dict[str, tuple[Any, Any]] = {
    "in_system": (REFUSED, [{"results": []}]),
    "in_source": (REFUSED, []),
}
OPERATION: dict[str, list[Effect]] = {
    **of_responses(in_system, operation={}),
    "url": [Effect("other/{{ properties.p }}", at(in_system, targets, P), ["/things"], ["/other/q"])],
    "method": [
        *(Effect(each, at(in_system, methods), ["GET"], [each]) for each in METHODS[1:]),
        Effect("GET", at(in_system, methods, default={"method": "POST"}), ["POST"], ["GET"]),
    ],
    "headers": [Effect({"X-A": "{{ properties.p }}"}, at(in_system, own_headers, P), {}, {"X-A": "q"})],
    "params": [Effect({"a": "{{ properties.p }}"}, at(in_system, targets, P), ["/things"], ["/things?a=q"])],
    "payload-type": [
        Effect("json-transit", at(in_system, bodies), JSON_BODY, [("application/json", TAGGED)], PAYLOAD),
        Effect("text", at(in_system, bodies), JSON_BODY, [("text/plain", TAGGED)], PAYLOAD),
        Effect(
            "form",
            at(in_system, bodies),
            JSON_BODY,
            [("application/x-www-form-urlencoded", b"a=~t2026-01-01")],
            PAYLOAD,
        ),
        Effect("multipart-form", at(in_system, bodies), JSON_BODY, [(None, {"a": (None, "~t2026-01-01")})], PAYLOAD),
    ],
    "properties": [
        Effect({"p": "z"}, at(in_system, targets), ["/things/"], ["/things/z"], {"url": "things/{{ properties.p }}"})
    ],
    "error_expression": [
        Effect("{{ body.error }}", at(in_system, entities), [FIRST], "error_expression: broken", RESULTS)
    ],
    "next_page_link": [Effect("{{ body.next }}", at(in_system, entities), [FIRST], [FIRST, SECOND], RESULTS)],
    "next_page_termination_strategy": [
        Effect(
            ["not-full-page"],
            at(in_system, targets),
            ["/things", "/things?page=2"],
            ["/things"],
            {**NEXT, "page_size": 2},
        )
    ],
    "page_size": [
        Effect(3, at(in_system, targets), ["/things?n="], ["/things?n=3"], {"params": {"n": "{{ page_size }}"}})
    ],
}


# --- statuses: only a transform lets them pass ---


def gone(_url: str, _number: int) -> tuple[int, Mapping[str, str], Any]:
    return 404, {}, {"message": "no such thing"}


def passed(is_operation: bool) -> Observe:
    def status_passed(_bench: Bench, options: Config) -> Any:
        operation, own = (options, {}) if is_operation else ({}, options)
        bench = RestBench(gone, operations={"get": {"url": "things", "method": "GET", **operation}})
        found = tried(lambda: bench.transform({"_id": "e"}, response_status_property="s", **own))
        return [each["s"] for each in found] if isinstance(found, list) else found

    return status_passed


NOT_FOUND = "rest transform: expected a 2xx status, g"


def of_statuses(*, is_operation: bool) -> dict[str, list[Effect]]:
    return {
        "allowed_status_codes": [Effect("200,400-404", passed(is_operation), NOT_FOUND, [404])],
        "ignored_status_codes": [Effect("404", passed(is_operation), NOT_FOUND, [])],
    }


OPERATION.update(of_statuses(is_operation=True))


# --- the source ---


def rest_source(_bench: Bench, options: Config) -> Any:
    """What a source asks for, and what it returns."""
    bench = RestBench(operations={"get": {"url": "things/{{ properties.p }}", "method": "GET"}, "other": OTHER})
    found = tried(lambda: bench.read(**options))
    return targets(bench), found


def content_types(_bench: Bench, options: Config) -> Any:
    bench = RestBench(operations={"get": {"url": "things", "method": "GET", "payload_property": "results"}})
    return bench.read(**options)


def asked_system(part: str) -> Observe:
    """Return which system a source, transform or sink asks for its operation."""

    def system_asked(bench: Bench, options: Config) -> Any:
        for name in ("sys", "two"):
            operations = {"get": {"url": name, "method": "GET"}}
            pattern = f"{bench.connector.url}/%s"
            bench.node_dir.add({"_id": name, "type": REST, "url_pattern": pattern, "operations": operations})
        rest = {"type": "rest", "system": "sys", "operation": "get", **options}
        source = {"type": "embedded", "entities": [{"_id": "e"}]}
        bench.node_dir.add({"_id": "follow", "type": "pipe", "source": source, part: rest})
        with bench.open() as node:
            node.run_pipe("follow")
        return bench.connector.paths

    return system_asked


OTHER = {"url": "other", "method": "GET", "payload_property": "results"}
REST_SOURCE: dict[str, list[Effect]] = {
    **of_responses(in_source, operation={}),
    "system": [Effect("two", asked_system("source"), ["/sys"], ["/two"])],
    "operation": [Effect("other", rest_source, (["/things/"], [WHOLE]), (["/other"], [FIRST]))],
    "operations": [Effect({"get": OTHER}, rest_source, (["/things/"], [WHOLE]), (["/other"], [FIRST]))],
    "properties": [Effect({"p": "q"}, rest_source, (["/things/"], [WHOLE]), (["/things/q"], [WHOLE]))],
    "response_include_content_type": [
        Effect(True, content_types, [FIRST], [{**FIRST, "content-type": "application/json"}])
    ],
}
REST_SOURCE["since_property_location"].append(
    Effect(
        "query",
        at(in_source, targets, {**SINCE, "operation_options": {"since_property_location": "header"}}),
        ["/things"],
        ["/things?since=5"],
    )
)


# --- the transform and the sink ---

ENTITY = {"_id": "e", "k": 1}
ITEM_OPERATION = {"url": "things/{{ properties.p }}", "method": "GET"}


def rest_transform(answer: Answer = answers, operation: Config | None = None, entity: Config | None = None) -> Observe:
    def transform_result(_bench: Bench, options: Config) -> Any:
        """What a transform asks for, and what an entity becomes."""
        known = {"get": operation or ITEM_OPERATION, "other": {**OTHER, "url": "other"}}
        bench = RestBench(answer, operations=known)
        found = tried(lambda: bench.transform(entity or ENTITY, **options))
        return targets(bench), found

    return transform_result


def transform_body(_bench: Bench, options: Config) -> Any:
    bench = RestBench(operations={"get": {**ITEM_OPERATION, "method": "POST"}})
    bench.transform(ENTITY, **options)
    return bench.bodies


def transform_waits(_bench: Bench, options: Config) -> Any:
    bench = RestBench(limited, operations={"get": ITEM_OPERATION})
    found = tried(lambda: bench.transform(ENTITY, **options))
    return (found if isinstance(found, str) else len(found)), bench.slept


def previewed(_bench: Bench, options: Config) -> Any:
    bench = RestBench(operations={"get": ITEM_OPERATION})
    step = {"type": "rest", "system": "sys", "operation": "get", **options}
    found = bench.configured({"source": {"type": "embedded", "entities": []}, "transform": step})
    client = bench.client(found.systems["sys"])
    compile_transformation(found.pipes["p"], NO_DATASETS, rest=lambda _: client, is_preview=True)([ENTITY])
    return targets(bench)


def one_item(_url: str, _number: int) -> tuple[int, Mapping[str, str], Any]:
    return 200, {}, {"results": [{"_id": "z"}]}


def became(**more: Any) -> Any:
    return ["/things/"], [{**ENTITY, **more}]


def empty_response(_url: str, _number: int) -> tuple[int, Mapping[str, str], Any]:
    return 404, {}, {}


IGNORING = {"ignored_status_codes": "404"}
BODY_HEADERS = {"Content-Type": "application/json", "X-Page": "1"}
REST_TRANSFORM: dict[str, list[Effect]] = {
    **of_statuses(is_operation=False),
    "system": [Effect("two", asked_system("transform"), ["/sys"], ["/two"])],
    "side_effects": [Effect(False, previewed, [], ["/things/"])],
    "operation": [
        Effect("other", rest_transform(), became(response=WHOLE), (["/other"], [{**ENTITY, "response": [FIRST]}]))
    ],
    "operations": [
        Effect(
            {"get": OTHER}, rest_transform(), became(response=WHOLE), (["/other"], [{**ENTITY, "response": [FIRST]}])
        )
    ],
    "properties": [
        Effect({"p": "q"}, rest_transform(), became(response=WHOLE), (["/things/q"], [{**ENTITY, "response": WHOLE}]))
    ],
    "payload": [Effect({"a": "{{ entity.k }}"}, transform_body, [(None, None)], [("application/json", b'{"a":"1"}')])],
    "trigger_on": [
        Effect({"key": "k", "value": "2"}, rest_transform(), became(response=WHOLE), ([], [ENTITY])),
        Effect({"value": "go*"}, rest_transform(), became(response=WHOLE), ([], [ENTITY])),
    ],
    "replace_entity": [
        Effect(
            True,
            rest_transform(
                operation={**ITEM_OPERATION, **RESULTS}, answer=lambda *_: (200, {}, {"results": [{"_id": "z"}]})
            ),
            (["/things/"], [{**ENTITY, "response": [{"_id": "z"}]}]),
            (["/things/"], [{"_id": "z"}]),
        )
    ],
    "payload_property": [Effect("results", rest_transform(), became(response=WHOLE), became(response=[FIRST]))],
    "response_property": [Effect("r", rest_transform(), became(response=WHOLE), became(r=WHOLE))],
    "response_headers_property": [
        Effect("h", rest_transform(), became(response=WHOLE), became(response=WHOLE, h=BODY_HEADERS))
    ],
    "response_status_property": [Effect("s", rest_transform(), became(response=WHOLE), became(response=WHOLE, s=200))],
    "response_include_content_type": [
        Effect(
            True,
            rest_transform(),
            became(response=WHOLE),
            became(response=WHOLE, **{"content-type": "application/json"}),
        )
    ],
    "id_expression": [
        Effect(
            "{{ id }}", rest_transform(), became(response=[FIRST]), became(response=[{**FIRST, "_id": "1"}]), RESULTS
        )
    ],
    "updated_expression": [
        Effect(
            "{{ n }}",
            rest_transform(),
            became(response=[FIRST]),
            became(response=[{**FIRST, "_updated": "7"}]),
            RESULTS,
        )
    ],
    "if_transform_empty": [
        Effect(
            "fail",
            rest_transform(empty_response),
            (["/things/"], []),
            (["/things/"], "a rest transform returned no entities an"),
            IGNORING,
        )
    ],
    "rate_limiting_retries": [Effect(1, transform_waits, ("rest transform: expected a 2xx status, g", []), (1, [1]))],
    "rate_limiting_delay": [Effect(9, transform_waits, (1, [1]), (1, [9]), {"rate_limiting_retries": 1})],
}


def sent(_bench: Bench, options: Config) -> Any:
    """What a sink asks for."""
    bench = RestBench(operations={"get": {**ITEM_OPERATION, "method": "POST"}, "other": {**OTHER, "method": "PUT"}})
    bench.send(ENTITY, **options)
    return bench.asked, bench.bodies


def sink_waits(_bench: Bench, options: Config) -> Any:
    bench = RestBench(limited, operations={"get": ITEM_OPERATION})
    found = tried(lambda: bench.send(ENTITY, **options))
    return isinstance(found, str), bench.slept


NOTHING_SENT = [(None, None)]
POSTED = ([("POST", "/things/")], NOTHING_SENT)
REST_SINK: dict[str, list[Effect]] = {
    "system": [Effect("two", asked_system("sink"), ["/sys"], ["/two"])],
    "operation": [Effect("other", sent, POSTED, ([("PUT", "/other")], NOTHING_SENT))],
    "operations": [Effect({"get": OTHER}, sent, POSTED, ([("GET", "/other")], NOTHING_SENT))],
    "properties": [Effect({"p": "q"}, sent, POSTED, ([("POST", "/things/q")], NOTHING_SENT))],
    "payload": [
        Effect({"a": "{{ entity.k }}"}, sent, POSTED, ([("POST", "/things/")], [("application/json", b'{"a":"1"}')]))
    ],
    "rate_limiting_retries": [Effect(1, sink_waits, (True, []), (False, [1]))],
    "rate_limiting_delay": [Effect(9, sink_waits, (False, [1]), (False, [9]), {"rate_limiting_retries": 1})],
}


# --- the system ---


def of_system(_bench: Bench, options: Config) -> Any:
    """What a source of the system asks for, with which header, and what it returns."""
    url = {"url": "things", "method": "GET", "headers": {"X-Token": "{{ token.value }}"}}
    known = {"get": url, "token": {"url": "token", "method": "POST"}}
    bench = RestBench(token_then_things, **{"operations": known, **options})
    found = tried(bench.read)
    return targets(bench), [each["headers"]["X-Token"] for each in bench.session.asked[-1:]], found, bench.slept


def token_then_things(url: str, number: int) -> tuple[int, Mapping[str, str], Any]:
    if url.endswith("token"):
        return 200, {}, {"value": "t", "expires_in": 60}
    if url.endswith("limited") and number < 2:
        return 429, {}, {}
    if url.endswith("other"):
        return 200, {"Content-Type": "application/things"}, [FIRST]
    return 200, {}, [FIRST]


def system_waits(_bench: Bench, options: Config) -> Any:
    bench = RestBench(limited, **{"operations": {"get": {"url": "things", "method": "GET"}}, **options})
    return isinstance(tried(bench.read), str), bench.slept


def media_types(_bench: Bench, options: Config) -> Any:
    bench = RestBench(token_then_things, operations={"get": {"url": "other", "method": "GET"}}, **options)
    return bench.read()


def token_kind(kind: str) -> Observe:
    def authentication(_bench: Bench, options: Config) -> Any:
        config = {"_id": "sys", "type": kind, "url_pattern": "http://x", **options}
        found = configure([ConfigFile("s", config)], env={}, secrets={})
        with make_session(found.systems["sys"]) as session:
            return isinstance(session.auth, OAuth2)

    return authentication


def url_of(_bench: Bench, options: Config) -> Any:
    bench = RestBench(operations={"get": {"url": "things", "method": "GET"}})
    del bench.system_config["url_pattern"]
    bench.system_config.update(options)
    bench.read()
    return targets(bench)


def oauth2_of(kind: str) -> list[Effect]:
    """Return the case of `oauth2` for a type of system."""
    return [Effect({"token_url": "http://y", "client_id": "c"}, token_kind(kind), False, True)]


CUSTOM = {"get_token_operation": "token", "expires_in_expression": "{{ token.expires_in }}"}
REST_SYSTEM: dict[str, list[Effect]] = {
    "operations": [
        Effect(
            {"get": {"url": "other", "method": "GET", "headers": {"X-Token": ""}}},
            of_system,
            (["/things"], [""], [FIRST], []),
            (["/other"], [""], [{"response": '[{"id": "1", "n": 7}]'}], []),
        )
    ],
    "custom_auth": [
        Effect(CUSTOM, of_system, (["/things"], [""], [FIRST], []), (["/token", "/things"], ["t"], [FIRST], []))
    ],
    "json_content_types": [
        Effect(["application/things"], media_types, [{"response": '[{"id": "1", "n": 7}]'}], [FIRST])
    ],
    "rate_limiting_retries": [Effect(1, system_waits, (True, []), (False, [1]))],
    "rate_limiting_delay": [Effect(9, system_waits, (False, [1]), (False, [9]), {"rate_limiting_retries": 1})],
    "url_pattern": [Effect("http://x/%s/z", url_of, ["/b/things"], ["/things/z"], {"base_url": "http://x/b/c"})],
    "base_url": [Effect("http://x/d/c", url_of, ["/b/things"], ["/d/things"], {"base_url": "http://x/b/c"})],
    "oauth2": oauth2_of(REST),
}
