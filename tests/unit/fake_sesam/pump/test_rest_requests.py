"""Requests and pages of REST operations: what ends them, what is sent with each, and what becomes of entities."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from fake_sesam.config.transforms import RestTransform
from fake_sesam.dataset import NodeStore, WriteCounts
from fake_sesam.dtl import NO_DATASETS
from fake_sesam.errors import ReadError, TransformError, WriteError
from fake_sesam.pump.rest_transform import request_of
from fake_sesam.pump.transformation import compile_transformation
from tests.support.cases import for_each
from tests.unit.fake_sesam.config.rest_effects import RestBench
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump, pipe_of

Answer = tuple[int, Mapping[str, str], Any]
LINK = {"next_page_link": "{{ body.next }}", "payload_property": "items", "id_expression": "{{ id }}"}
NOT_TRUE = (False, None, 1, "true", "yes", [True], {"a": True})


def operation(**options: Any) -> dict[str, Any]:
    return {"get": {"url": "x", "method": "GET", **options}}


def paged(*pages: Any) -> Any:
    """Answer with pages in turn; the last one again and again."""
    return lambda _url, number: (200, {}, pages[min(number, len(pages)) - 1])


def items(*ids: int, following: str | None = None) -> dict[str, Any]:
    return {"items": [{"id": str(each)} for each in ids], **({"next": following} if following else {})}


def ids(bench: RestBench, **source: Any) -> list[str]:
    return [entity["id"] for entity in bench.read(**source)]


@for_each(
    ("strategies", "pages", "expected", "asked"),
    [
        (["next-page-link-empty"], [items(1, following="?p=2"), items(2)], ["1", "2"], 2),
        (["same-next-page-link"], [items(1, following="?p=2"), items(2, following="?p=2")], ["1", "2"], 2),
        (["same-next-page-request"], [items(1, following="?p=2"), items(2, following="?p=2")], ["1", "2"], 2),
        (["same-response"], [items(1, following="?p=2"), items(1, following="?p=2")], ["1"], 2),
        (["empty-result"], [items(1, following="?p=2"), items(following="?p=3")], ["1"], 2),
        (["not-full-page"], [items(1, 2, following="?p=2"), items(3, following="?p=3")], ["1", "2", "3"], 2),
    ],
)
def test_each_strategy_ends_the_pages(strategies: list[str], pages: list[Any], expected: list[str], asked: int) -> None:
    """And nothing else does."""
    options = {**LINK, "next_page_termination_strategy": strategies, "page_size": 2}
    bench = RestBench(paged(*pages), operations=operation(**options))

    assert ids(bench) == expected
    assert len(bench.asked) == asked


def test_an_empty_link_is_the_end_only_by_its_strategy() -> None:
    """By another one, the same request is sent again until that ends the pages."""
    options = {**LINK, "next_page_termination_strategy": ["empty-result"]}
    bench = RestBench(paged(items(1), items(2), items()), operations=operation(**options))

    assert ids(bench) == ["1", "2"]
    assert [each for _, each in bench.asked] == ["/x"] * 3


@for_each(
    ("value", "expected"),
    [([1, "b"], '[1, "b"]'), ({"a": None}, '{"a": null}'), (True, "true"), (5, "5"), (1.5, "1.5"), ("t", "t")],
)
def test_a_parameter_that_is_no_text_is_sent_as_json(value: Any, expected: str) -> None:
    bench = RestBench(paged([]), operations=operation(params={"a": value}))

    bench.read()

    assert parse_qs(bench.asked[0][1].partition("?")[2]) == {"a": [expected]}


def test_without_a_link_its_strategy_ends_nothing() -> None:
    options = {"payload_property": "items", "next_page_termination_strategy": ["next-page-link-empty", "empty-result"]}
    bench = RestBench(paged(items(1), items(2), items()), operations=operation(**options))

    assert ids(bench) == ["1", "2"]


def test_a_sink_sends_one_request_for_an_entity_even_if_its_answer_has_a_next_page() -> None:
    bench = RestBench(paged(items(1, following="?p=2"), items(2)), operations=operation(**LINK))

    bench.send({"_id": "a"}, {"_id": "b"})

    assert bench.asked == [("GET", "/x")] * 2


@pytest.mark.parametrize("status", [200, 500])
def test_a_read_closes_its_connections_however_it_ends(status: int) -> None:
    bench = RestBench(lambda _url, _number: (status, {}, items(1)), operations=operation(payload_property="items"))

    with nullcontext() if status == 200 else pytest.raises(ReadError):
        bench.read()

    assert bench.session.times_closed == 1


def test_templates_know_the_headers_of_a_response_by_both_names() -> None:
    options = {"payload_property": "items", "id_expression": "{{ response_headers['X-N'] }}-{{ headers['X-N'] }}"}
    bench = RestBench(lambda _url, _number: (200, {"X-N": "n"}, items(1)), operations=operation(**options))

    assert [entity["_id"] for entity in bench.read()] == ["n-n"]


@pytest.mark.parametrize(("body", "is_told"), [({"items": []}, False), ({"items": None}, True), ({}, True)])
def test_a_page_without_the_payload_is_told(caplog: pytest.LogCaptureFixture, body: Any, is_told: bool) -> None:
    """It counts as empty; one that is empty is not told."""
    bench = RestBench(lambda _url, _number: (200, {}, body), operations=operation(payload_property="items"))

    assert ids(bench) == []
    assert caplog.messages == (["the response has no 'items'; it counts as empty"] if is_told else [])


def test_an_operation_without_a_link_has_one_page() -> None:
    """Unless it has a strategy of its own; then templates know the number of the page."""
    one = RestBench(paged(items(1)), operations=operation(payload_property="items"))
    options = {"payload_property": "items", "next_page_termination_strategy": ["empty-result"]}
    url = "x?n={{ page }}&first={{ is_first_page }}"
    many = RestBench(paged(items(1), items(2), items()), operations=operation(**options, url=url))

    assert (ids(one), one.asked) == (["1"], [("GET", "/x")])
    assert ids(many) == ["1", "2"]
    assert [each for _, each in many.asked] == ["/x?n=0&first=True", "/x?n=1&first=False", "/x?n=2&first=False"]


def test_a_page_knows_the_one_before() -> None:
    """Its body, URL, parameters and headers."""
    template = (
        "{{ previous_body.n }}|{{ previous_url }}|{{ previous_params.a }}|{{ previous_headers['X-N'] }}|"
        "{{ previous_request_headers['X-Q'] }}"
    )
    options = {
        "next_page_termination_strategy": ["empty-result"],
        "payload_property": "items",
        "params": {"a": "{{ page }}"},
        "headers": {"X-Q": "q{{ page }}", "X-Seen": template},
    }

    def answer(_url: str, number: int) -> Answer:
        return 200, {"X-N": f"n{number}"}, {"n": number, "items": [{"id": "1"}] if number < 3 else []}

    bench = RestBench(answer, operations=operation(**options))
    bench.read()

    assert [each["headers"]["X-Seen"] for each in bench.session.asked] == [
        "||||",
        "1|http://x/x|0|n1|q0",
        "2|http://x/x|1|n2|q1",
    ]


@for_each(
    ("link", "expected"),
    [
        ("?p=2", "/x?p=2&a=1"),
        ("?a=9", "/x?a=9"),
        ("?a=", "/x?a="),
        ("/y", "/y?a=1"),
        ("http://x/z?p=2", "/z?p=2&a=1"),
        (" ?p=3 ", "/x?p=3&a=1"),
    ],
)
def test_a_link_is_relative_to_its_page(link: str, expected: str) -> None:
    """Parameters are added unless it has them."""
    bench = RestBench(paged(items(1, following=link), items(2)), operations=operation(**LINK, params={"a": "1"}))

    assert ids(bench) == ["1", "2"]
    assert [each for _, each in bench.asked] == ["/x?a=1", expected]


@for_each(
    ("options", "since", "asked", "header"),
    [
        ({}, 5, "/x?since=5", None),
        ({}, "", "/x", None),
        ({}, None, "/x", None),
        ({"since_property_name": "from"}, 5, "/x?from=5", None),
        ({"since_property_location": "header"}, 5, "/x", "5"),
        ({"since_property_location": "manual"}, 5, "/x", None),
        ({"url": "x/{{ since }}"}, 5, "/x/5", None),
        ({"url": "x/{{ since }}", "since_property_name": "from"}, 5, "/x/5", None),
        ({"url": "x/{{ since }}", "since_property_location": "header"}, 5, "/x/5", None),
        ({"url": "x/{{ from }}", "since_property_name": "from"}, 5, "/x/", None),
        ({"url": "x/{{ since or 'all' }}"}, None, "/x/all", None),
        ({"url": "x/{{ since is defined }}"}, None, "/x/False", None),
        ({"url": "x/{{ since is defined }}"}, "", "/x/False", None),
    ],
)
def test_an_offset_is_sent_once(options: dict[str, Any], since: Any, asked: str, header: str | None) -> None:
    """In the query, in a header, or where a template has it."""
    bench = RestBench(paged([]), operations=operation(**options))

    bench.read(since, supports_since=True)
    without = RestBench(paged([]), operations=operation(**options))
    without.read(None if since is None else since)

    assert bench.asked == [("GET", asked)]
    assert bench.session.asked[0]["headers"].get("since") == header
    assert "5" not in without.asked[0][1]


@for_each(("status", "ok"), [(199, False), (200, True), (299, True), (300, False)])
def test_any_status_of_two_hundred_is_accepted(status: int, ok: bool) -> None:
    """Of entities and of tokens."""
    plain = RestBench(lambda *_: (status, {}, []), operations=operation())
    auth = {"get_token_operation": "token"}
    operations = {"token": {"url": "t", "method": "POST"}, **operation(headers={"X-T": "{{ token.t }}"})}

    def answer(url: str, _number: int) -> Answer:
        return (status, {}, {"t": "secret"}) if url.endswith("/t") else (200, {}, [])

    guarded = RestBench(answer, operations=operations, custom_auth=auth)
    for bench in (plain, guarded):
        if ok:
            assert bench.read() == []
        else:
            with pytest.raises(ReadError, match=f"expected a 2xx status, got {status}"):
                bench.read()
    if ok:
        assert guarded.asked[0] == ("POST", "/t")
        assert guarded.session.asked[-1]["headers"]["X-T"] == "secret"


def test_a_text_that_is_null_is_not_sent() -> None:
    """In parameters and headers; other values are written as JSON or text."""
    values = {"a": "{{ missing }}null sesam:markjson", "b": "true sesam:markjson", "c": "[1] sesam:markjson"}
    more = {"d": "5 sesam:markjson", "e": "x sesam:markskip"}
    bench = RestBench(paged([]), operations=operation(params={**values, **more}, headers=values))

    bench.read()

    assert bench.asked == [("GET", "/x?b=true&c=%5B1%5D&d=5")]
    assert bench.session.asked[0]["headers"] == {"b": "true", "c": "[1]"}


def test_a_request_that_cannot_be_sent_is_a_read_error() -> None:
    """Without the query, which may have a secret."""

    def refuse(_url: str, _number: int) -> Answer:
        raise requests.ConnectionError("refused")

    bench = RestBench(refuse, operations=operation(params={"key": "t0p"}))

    with pytest.raises(ReadError) as caught:
        bench.read()
    assert str(caught.value) == "cannot read http://x/x: ConnectionError: refused"


def test_headers_of_the_operation_win_over_those_of_the_system() -> None:
    """A given content type is kept; timeouts and streaming are set."""
    headers = {"X-A": "system", "X-B": "{{ 1 + 1 }}"}
    options = {"method": "POST", "payload": {"a": 1}, "headers": {"X-A": "operation", "content-TYPE": "x/y"}}
    bench = RestBench(paged([]), operations=operation(**options), headers=headers, connect_timeout=3, read_timeout=4)

    bench.read()

    (asked,) = bench.session.asked
    assert asked["headers"] == {"X-A": "operation", "X-B": "2", "content-TYPE": "x/y"}
    assert (asked["timeout"], asked["stream"], asked["data"], asked["files"]) == ((3, 4), True, b'{"a":1}', None)


@for_each(
    ("content_type", "body", "system", "expected"),
    [
        ("application/json; charset=utf-8", b'[{"a": 1}]', {}, [{"a": 1}]),
        ("APPLICATION/JSON", b'{"a": 1}', {}, [{"a": 1}]),
        ("text/plain", b"caf\xe9", {}, [{"response": "caf\ufffd"}]),
        ("text/plain", b"", {}, []),
        ("x/json", b'[{"a": 1}]', {"json_content_types": ["x/json"]}, [{"a": 1}]),
        ("application/json", b"", {}, []),
        ("application/json", b"null", {}, []),
    ],
)
def test_a_response_is_parsed_by_its_media_type(
    content_type: str, body: bytes, system: dict[str, Any], expected: list[Any]
) -> None:
    """Others are text in one entity; nothing is nothing."""
    bench = RestBench(lambda *_: (200, {"Content-Type": content_type}, body), operations=operation(), **system)

    assert bench.read() == expected


def test_an_item_that_is_no_object_needs_a_property() -> None:
    bench = RestBench(paged([{"id": "1"}, 5]), operations=operation())
    with pytest.raises(ReadError, match="expected an object as item 2 of the response, got int"):
        bench.read()
    named = RestBench(
        paged([{"id": "1", "n": 2}, 5]), operations=operation(response_property="r", id_expression="{{ id }}")
    )
    assert named.read() == [{"_id": "1", "r": {"id": "1", "n": 2}}, {"r": 5}]


def test_a_property_for_the_item_keeps_what_expressions_give() -> None:
    """Its id and its offset."""
    options = {"response_property": "r", "id_expression": "{{ id }}", "updated_expression": "{{ n }}"}
    bench = RestBench(paged([{"id": "1", "n": 2}]), operations=operation(**options))

    assert bench.read() == [{"_id": "1", "_updated": "2", "r": {"id": "1", "n": 2}}]


def test_an_expression_completes_what_is_missing() -> None:
    """An empty result does not, and what is there stays. Variables win over properties of the same name."""
    options = {"id_expression": "{{ id }}", "updated_expression": "{{ entity.page }}-{{ page }}"}
    bench = RestBench(
        paged([{"id": "1", "page": 7}, {"_id": "x", "id": "2"}, {"n": 1}]), operations=operation(**options)
    )

    assert bench.read() == [
        {"id": "1", "page": 7, "_id": "1", "_updated": "7-0"},
        {"_id": "x", "id": "2", "_updated": "-0"},
        {"n": 1, "_updated": "-0"},
    ]


@for_each(
    ("entity", "expected"),
    [
        ({"_id": "e"}, ("o", {"p": 1}, None)),
        ({"_id": "e", "operation": "own", "payload": 0}, ("own", {"p": 1}, 0)),
        ({"_id": "e", "operation": 5, "properties": {"q": 2}}, ("o", {"q": 2}, None)),
        ({"_id": "e", "properties": "text"}, ("o", {"p": 1}, None)),
    ],
)
def test_what_stands_in_an_entity_wins(entity: dict[str, Any], expected: Any) -> None:
    """The operation, the properties, the payload."""
    name, variables, payload = request_of(entity, "o", {"p": 1})

    assert (name, variables["properties"], payload) == expected
    assert (variables["entity"], variables["source_entity"], variables["_id"]) == (entity, entity, "e")
    assert request_of({}, None, None)[:2] == (None, {"entity": {}, "source_entity": {}, "properties": {}})


def test_a_transform_adds_the_response() -> None:
    """Of several pages as one list; with headers, status and content type of the last one."""
    options = {**LINK, "response_headers_property": "h", "response_status_property": "s"}
    bench = RestBench(paged(items(1, following="?p=2"), items(2)), operations=operation(**options))

    (found,) = bench.transform({"_id": "e", "n": 1}, response_include_content_type=True)

    assert found["response"] == [{"id": "1", "_id": "1"}, {"id": "2", "_id": "2"}]
    assert (found["_id"], found["n"], found["s"], found["content-type"]) == ("e", 1, 200, "application/json")
    assert found["h"]["Content-Type"] == "application/json"
    (single,) = RestBench(paged({"a": 1}), operations=operation()).transform({"_id": "e"})
    assert single == {"_id": "e", "response": {"a": 1}}


def test_pages_without_a_payload_add_nothing_to_the_response() -> None:
    """An object counts as one item."""
    options = {"next_page_link": "{{ body.next }}", "payload_property": "one"}
    pages = paged({"one": {"n": 1}, "next": "?p=2"}, {"next": "?p=3"}, {"one": [2, 3]})
    strategy = {"next_page_termination_strategy": ["next-page-link-empty"]}

    (found,) = RestBench(pages, operations=operation(**options, **strategy)).transform({"_id": "e"})

    assert found["response"] == [{"n": 1}, 2, 3]


def test_a_payload_that_is_missing_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """Only if one is named."""
    RestBench(paged(None), operations=operation()).read()
    RestBench(paged({"other": 1}), operations=operation(payload_property="one")).read()

    assert caplog.messages == ["the response has no 'one'; it counts as empty"]


def test_a_transformation_closes_its_connections() -> None:
    bench = RestBench(paged({}), operations=operation())
    step = {"type": "rest", "system": "sys", "operation": "get"}
    found = bench.configured({"source": {"type": "embedded", "entities": []}, "transform": step})
    closed: list[bool] = []
    bench.session.close = lambda: closed.append(True)  # type: ignore[method-assign]
    client = bench.client(found.systems["sys"])
    transformation = compile_transformation(found.pipes["p"], NO_DATASETS, rest=lambda _: client)

    transformation([{"_id": "e"}])
    transformation.close()
    transformation.close()

    assert closed == [True]


def test_a_transform_can_replace_the_entity() -> None:
    """By the objects of the response, or by its text, which keeps the id."""
    bench = RestBench(paged([{"_id": "1"}, 5, {"_id": "2"}]), operations=operation())
    text = RestBench(lambda *_: (200, {"Content-Type": "text/plain"}, b"t"), operations=operation())

    assert bench.transform({"_id": "e", "n": 1}, replace_entity=True) == [{"_id": "1"}, {"_id": "2"}]
    assert text.transform({"_id": "e", "n": 1}, replace_entity=True) == [{"_id": "e", "response": "t"}]


def test_a_transform_that_fails_names_its_entity() -> None:
    bench = RestBench(lambda *_: (500, {}, {"message": "no"}), operations=operation())

    with pytest.raises(TransformError) as caught:
        bench.transform({"_id": "e"})

    assert str(caught.value).startswith("rest transform: expected a 2xx status, got 500")
    assert caught.value.entity == {"_id": "e"}


@pytest.mark.parametrize(("empty", "fails"), [("fail", True), ("accept", False)])
def test_a_transform_may_have_to_return_something(empty: str, fails: bool) -> None:
    """If it was asked at all."""
    bench = RestBench(paged([]), operations=operation())
    options = {"replace_entity": True, "if_transform_empty": empty}

    assert bench.transform(**options) == []
    if fails:
        with pytest.raises(TransformError, match="returned no entities and if_transform_empty is 'fail'"):
            bench.transform({"_id": "e"}, **options)
    else:
        assert bench.transform({"_id": "e"}, **options) == []


def test_a_sink_sends_each_entity_that_is_not_filtered() -> None:
    """Deleted ones are counted; the payload of an entity wins."""
    operations = operation(url="x/{{ _id }}", method="PUT", payload={"a": "{{ entity.n }}"})
    bench = RestBench(paged({}), operations=operations)

    written = bench.send(
        {"_id": "1", "n": 5},
        {"_id": "2", "_filtered": True},
        {"_id": "3", "_deleted": True, "payload": {"own": 1}},
    )

    assert written == WriteCounts(2, 1)
    assert bench.asked == [("PUT", "/x/1"), ("PUT", "/x/3")]
    assert [body for _, body in bench.bodies] == [b'{"a":"5"}', b'{"own":1}']


def test_a_sink_stops_at_an_entity_that_is_refused() -> None:
    """The error has it; those before it were sent."""
    bench = RestBench(lambda _url, number: (200 if number == 1 else 422, {}, {}), operations=operation())

    with pytest.raises(WriteError) as caught:
        bench.send({"_id": "1"}, {"_id": "2"}, {"_id": "3"})

    assert str(caught.value).startswith("rest sink: expected a 2xx status, got 422")
    assert (caught.value.entity, len(bench.asked)) == ({"_id": "2"}, 2)


def transformed(*entities: dict[str, Any], is_preview: bool = False, **transform: Any) -> list[dict[str, Any]]:
    pipe = pipe_of(transform={"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "m", 1]]}, **transform})
    return compile_transformation(pipe, NO_DATASETS, is_preview=is_preview)(list(entities))


@for_each(
    ("trigger", "matches"),
    [
        ({"key": "kind.of", "value": "th*"}, [1, None, 1, None]),
        ({"key": "kind.of", "value": "thing"}, [1, None, None, None]),
        ({"key": "n", "value": "7"}, [None, 1, None, None]),
        ({"value": "go"}, [None, None, None, 1]),
    ],
)
def test_a_transform_is_for_entities_that_match_its_trigger(trigger: dict[str, Any], matches: list[Any]) -> None:
    """One of several values is enough; the others pass by."""
    found = transformed(
        {"_id": "a", "kind": {"of": "thing"}},
        {"_id": "b", "n": 7},
        {"_id": "c", "kind": {"of": ["x", "three\nlines"]}},
        {"_id": "d", "_trigger": "go"},
        trigger_on=trigger,
    )

    assert [each.get("m") for each in found] == matches


def test_children_are_emitted_in_the_place_of_their_entity() -> None:
    """Those with an id; those of a deleted entity are deleted."""
    pipe = pipe_of(transform={"type": "emit_children"})
    apply = compile_transformation(pipe, NO_DATASETS)
    children = [{"_id": "x", "n": 1}, {"n": 2}, "text", {"_id": 5}]

    found = apply([{"_id": "a", "$children": children}, {"_id": "b"}, {"_id": "c", "$children": {"_id": "y"}}])
    gone = apply([{"_id": "a", "_deleted": True, "$children": children}])
    alive = apply([{"_id": "a", "_deleted": value, "$children": children} for value in NOT_TRUE])

    assert found == [{"_id": "x", "n": 1}, {"_id": "y"}]
    assert gone == [{"_id": "x", "n": 1, "_deleted": True}]
    assert alive == [{"_id": "x", "n": 1}] * len(NOT_TRUE)
    assert found[0] is not children[0]


def test_a_template_fails_for_each_entity() -> None:
    """It is not simulated, and nothing passes as if it were."""
    template = {"type": "template", "template": "transform-share-rest", "properties": {}}
    apply = compile_transformation(pipe_of(transform=template), NO_DATASETS)

    with pytest.raises(TransformError) as caught:
        apply([{"_id": "a"}, {"_id": "b"}])

    assert (str(caught.value), caught.value.entity) == (
        "the pipe has the template 'transform-share-rest', which this node does not simulate", {"_id": "a"},
    )  # fmt: skip
    assert apply([]) == []


def test_a_child_may_have_a_parsed_text_as_its_id(store: NodeStore) -> None:
    """Which is a plain string, also where it looks like a Transit value."""
    create = ["create-child", ["dict", "_id", ["json-parse", "_S.text"]]]
    dtl = {"type": "dtl", "rules": {"default": [["copy", "*"], create]}}
    pump = MemoryPump(store, transform=[dtl, {"type": "emit_children"}])

    result = pump.run(*({"_id": each, "text": f'"{each}"'} for each in ("plain", "~rhttp://x/", "~:a:b")))

    assert (result.error, pump.ids) == (None, ["plain", "~:a:b", "~rhttp://x/"])


def test_only_true_marks_an_entity_that_a_sink_is_given() -> None:
    """As deleted, and as filtered; other values are sent and not counted."""
    bench = RestBench(operations=operation(url="x/{{ _id }}"))
    entities = [{"_id": str(at), "_deleted": value, "_filtered": value} for at, value in enumerate(NOT_TRUE)]

    assert bench.send(*entities) == WriteCounts(len(NOT_TRUE), 0)


def test_a_rest_transform_needs_a_client() -> None:
    """Outside of a pipe it fails for each entity; a preview passes side effects by."""
    bench = RestBench(operations=operation())
    step = {"type": "rest", "system": "sys", "operation": "get"}
    source = {"type": "embedded", "entities": []}
    pipe = bench.configured({"source": source, "transform": step}).pipes["p"]
    effects = bench.configured({"source": source, "transform": {**step, "side_effects": True}}).pipes["p"]
    harmless = bench.configured({"source": source, "transform": {**step, "side_effects": False}}).pipes["p"]
    assert isinstance(pipe.steps[0].does, RestTransform)

    with pytest.raises(TransformError, match="the pipe has a rest transform, which runs in a pipe only"):
        compile_transformation(pipe, NO_DATASETS)([{"_id": "a"}])
    with pytest.raises(TransformError, match="runs in a pipe only"):
        compile_transformation(effects, NO_DATASETS)([{"_id": "a"}])
    with pytest.raises(TransformError, match="runs in a pipe only"):
        compile_transformation(harmless, NO_DATASETS, is_preview=True)([{"_id": "a"}])
    assert compile_transformation(effects, NO_DATASETS, is_preview=True)([{"_id": "a"}]) == [{"_id": "a"}]


def test_templates_know_the_request_that_they_are_a_part_of() -> None:
    """Each part knows those that are rendered before it, and the payload knows them all."""
    bench = RestBench(
        paged({}),
        operations=operation(
            url="things/{{ page_size }}",
            page_size=7,
            method="POST",
            params={"of": "{{ url }}"},
            headers={"X-Url": "{{ url }}", "X-Of": "{{ params.of }}", "X-Same": "{{ request_params.of }}"},
            payload={"sent": "{{ headers['X-Of'] }} {{ url }} {{ page_size }}"},
        ),
    )

    bench.read()

    (asked,) = bench.session.asked
    url = "http://x/things/7"
    assert asked["url"] == f"{url}?of=http%3A%2F%2Fx%2Fthings%2F7"
    assert {name: asked["headers"][name] for name in ("X-Url", "X-Of", "X-Same")} == {
        **{"X-Url": url, "X-Of": url, "X-Same": url},
    }
    assert json.loads(asked["data"]) == {"sent": f"{url} {url} 7"}


def test_properties_of_the_operation_are_for_entities_without_any() -> None:
    """An entity keeps its own, also where the operation has none."""
    for own, default, expected in (
        ({"p": "own"}, {"p": "default"}, "own"),
        (None, {"p": "default"}, "default"),
        ({"p": "own"}, None, "own"),
        (None, None, "none"),
    ):
        options = {} if default is None else {"properties": default}
        url = "x/{{ properties.p | default('none') }}"
        bench = RestBench(paged({}), operations=operation(**{**options, "url": url}))

        bench.transform({"_id": "e", **({} if own is None else {"properties": own})})

        assert [path for _, path in bench.asked] == [f"/x/{expected}"], (own, default)


def test_a_text_that_replaces_an_entity_has_the_property_of_the_transform() -> None:
    bench = RestBench(lambda *_: (200, {"Content-Type": "text/plain"}, b"t"), operations=operation())

    found = bench.transform({"_id": "e", "n": 1}, replace_entity=True, response_property="said")

    assert found == [{"_id": "e", "said": "t"}]


def test_what_any_entity_returned_counts() -> None:
    """Not only what the last one did."""
    bench = RestBench(paged([{"_id": "1"}], []), operations=operation())

    assert bench.transform({"_id": "a"}, {"_id": "b"}, replace_entity=True, if_transform_empty="fail") == [{"_id": "1"}]
