"""REST sources, transforms and sinks on a session that answers from the test: a failure is never an empty result."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from fake_sesam.errors import ReadError, TransformError, WriteError
from fake_sesam.pump import Clock, RestClient
from tests.support.cases import for_each
from tests.unit.fake_sesam.config.rest_effects import RestBench, target

Answer = tuple[int, Mapping[str, str], Any]
GET = {"url": "things", "method": "GET"}
PAGED = {**GET, "payload_property": "results", "next_page_link": "{{ body.paging.next.link }}"}


def in_turn(*replies: Answer) -> Any:
    """Answer the first request with the first reply, and so on; the last one stays."""
    return lambda _url, number: replies[min(number, len(replies)) - 1]


def ok(body: Any, **headers: str) -> Answer:
    """Answer with 200."""
    return 200, headers, body


def page(*ids: str, next_link: str | None = None) -> Answer:
    """Answer with a page as HubSpot sends it."""
    paging = {"paging": {"next": {"link": next_link, "after": "7"}}} if next_link else {}
    return ok({"results": [{"id": each} for each in ids], **paging})


def rest(*replies: Answer, operation: Any = GET, **system: Any) -> RestBench:
    """Return a system with one operation."""
    return RestBench(in_turn(*replies), **{"operations": {"get": operation}, **system})


# --- pages ---


@for_each("link", ["http://x/things?after=7", "?after=7", "/things?after=7", "things?after=7"])
def test_a_link_to_the_next_page_is_followed_however_it_is_written(link: str) -> None:
    bench = rest(page("1", next_link=link), page("2"), operation=PAGED)

    assert [each["id"] for each in bench.read()] == ["1", "2"]
    assert [target(each["url"]) for each in bench.session.asked] == ["/things", "/things?after=7"]


def test_parameters_are_added_to_a_link_that_does_not_have_them() -> None:
    operation = {**PAGED, "params": {"limit": "2", "after": "first"}}
    bench = rest(page("1", next_link="?after=7"), page("2"), operation=operation)

    bench.read()

    assert target(bench.session.asked[1]["url"]) == "/things?after=7&limit=2"


def test_a_template_that_calls_what_the_last_page_lacks_ends_there() -> None:
    """As Sesam's connector for HubSpot builds its links."""
    link = "{{ body.paging.next.link.split('?')[0]~'?after='~body.paging.next.after }}"
    bench = rest(page("1", next_link="http://x/things?a=b"), page("2"), operation={**PAGED, "next_page_link": link})

    assert [each["id"] for each in bench.read()] == ["1", "2"]
    assert target(bench.session.asked[1]["url"]) == "/things?after=7"


def test_a_link_to_the_url_of_the_configuration_is_followed_at_the_url_that_was_given() -> None:
    """As with `--system-url`; what HubSpot links to is always its own address."""
    bench = rest(page("1", next_link="http://x/api/things?after=7"), page("2"), operation=PAGED)
    bench.system_config["url_pattern"] = "http://x/api/%s"
    found = bench.configured({"source": {"type": "rest", "system": "sys", "operation": "get"}})
    system = found.systems["sys"]
    client = RestClient(
        system, base_url=lambda: "http://127.0.0.1:8400", clock=Clock(), session=lambda _: bench.session
    )

    pages = list(client.pages(client.operation("get", {}), {}))

    assert [each.items for each in pages] == [[{"id": "1"}], [{"id": "2"}]]
    assert [each["url"] for each in bench.session.asked] == [
        "http://127.0.0.1:8400/things",
        "http://127.0.0.1:8400/things?after=7",
    ]


def test_a_link_to_another_host_is_not_followed() -> None:
    """It would be sent the system's token."""
    bench = rest(page("1", next_link="http://elsewhere/things?after=7"), operation=PAGED)

    with pytest.raises(ReadError, match=r"another host \(elsewhere\)"):
        bench.read()

    assert len(bench.session.asked) == 1


@for_each("own", ["http://x/%s", "http://x/api/%s", "%s"])
def test_a_link_to_another_host_is_not_followed_at_a_url_that_was_given_either(own: str) -> None:
    """As with `--system-url`."""
    bench = rest(page("1", next_link="http://elsewhere/things?after=7"), page("2"), operation=PAGED)
    bench.system_config["url_pattern"] = own
    system = bench.configured({"source": {"type": "rest", "system": "sys", "operation": "get"}}).systems["sys"]
    client = RestClient(
        system, base_url=lambda: "http://127.0.0.1:8400", clock=Clock(), session=lambda _: bench.session
    )

    with pytest.raises(ReadError, match=r"another host \(elsewhere\)"):
        list(client.pages(client.operation("get", {}), {}))

    assert len(bench.session.asked) == 1


@for_each("link", ["http://[elsewhere/things", "//[x", "http://a\u2100b/things"])
def test_a_link_that_is_no_url_fails_the_pull(link: str) -> None:
    """It is not quoted: it may have a token."""
    bench = rest(page("1", next_link=link), operation=PAGED)

    with pytest.raises(ReadError, match="expected a URL such as http://host/path") as caught:
        bench.read()

    assert link not in str(caught.value)
    assert len(bench.session.asked) == 1


def test_links_in_headers_are_followed() -> None:
    operation = {**GET, "next_page_link": "{{ headers.Link.next }}"}
    bench = rest(ok([{"id": "1"}], Link='<?page=0>; rel="prev", <?page=2>; rel="next"'), ok([]), operation=operation)

    bench.read()

    assert target(bench.session.asked[1]["url"]) == "/things?page=2"


@for_each(
    ("strategy", "replies", "expected"),
    [
        ("same-response", [page("1", next_link="?a=1"), page("1", next_link="?a=1")], ["1"]),
        ("same-next-page-link", [page("1", next_link="?a=1"), page("2", next_link="?a=1")], ["1", "2"]),
        ("empty-result", [page("1", next_link="?a=1"), page(next_link="?a=2")], ["1"]),
        ("next-page-link-empty", [page("1", next_link="?a=1"), page("2")], ["1", "2"]),
        ("not-full-page", [page("1", "2", next_link="?a=1"), page("3", next_link="?a=2")], ["1", "2", "3"]),
        (
            "same-next-page-request",
            [page("1", next_link="?a=1"), page("2", next_link="?a=1"), page("3", next_link="?a=1")],
            ["1", "2"],
        ),
    ],
)
def test_each_strategy_ends_the_pages(strategy: str, replies: list[Answer], expected: list[str]) -> None:
    operation = {**PAGED, "next_page_termination_strategy": strategy, "page_size": 2}

    assert [each["id"] for each in rest(*replies, operation=operation).read()] == expected


def test_pages_without_a_link_are_counted_by_templates() -> None:
    operation = {
        **GET,
        "params": {"start": "{{ page * page_size }}"},
        "page_size": 2,
        "next_page_termination_strategy": ["not-full-page"],
    }
    bench = rest(ok([{"id": "1"}, {"id": "2"}]), ok([{"id": "3"}]), operation=operation)

    assert [each["id"] for each in bench.read()] == ["1", "2", "3"]
    assert [target(each["url"]) for each in bench.session.asked] == ["/things?start=0", "/things?start=2"]


def test_templates_know_the_page_before() -> None:
    operation = {
        **PAGED,
        "headers": {"X-Before": "{% if is_first_page %}none{% else %}{{ previous_body.results[0].id }}{% endif %}"},
    }
    bench = rest(page("1", next_link="?after=7"), page("2"), operation=operation)

    bench.read()

    assert [each["headers"]["X-Before"] for each in bench.session.asked] == ["none", "1"]


def test_a_header_counts_the_pages_that_a_parameter_skips() -> None:
    """As Sesam's connector for PowerOffice does it: each knows the other."""
    before = "previous_request_headers['X-Page']"
    operation = {
        **GET,
        "payload_property": "results",
        "headers": {
            "X-Page": f"{{% if {before} is defined %}}{{{{ {before}|int + 1 }}}}{{% else %}}1{{% endif %}}",
            "X-Skip": "{{ params.skip }}",
        },
        "params": {"skip": "{{ 2 * (headers['X-Page']|int - 1) }}sesam:markjson"},
        "next_page_link": "http://x/things",
        "next_page_termination_strategy": ["same-next-page-request", "empty-result"],
    }
    bench = rest(page("1", "2"), page("3"), page(), operation=operation)

    assert [each["id"] for each in bench.read()] == ["1", "2", "3"]
    assert [target(each["url"]) for each in bench.session.asked] == [f"/things?skip={number}" for number in (0, 2, 4)]
    assert [each["headers"]["X-Skip"] for each in bench.session.asked] == ["0", "2", "4"]


# --- failures ---


@for_each(
    ("replies", "message"),
    [
        ([(500, {}, {"message": "broken"})], "got 500: broken"),
        ([page("1", next_link="?after=7"), (404, {}, {})], "got 404"),
        ([(429, {}, {})], "got 429"),
        ([ok(b'{"results": [')], "the response is not JSON"),
        ([ok(b"[" * 100_000)], "the response cannot be read: it is nested more than 500 levels deep"),
        ([ok(b"[" * 501 + b"]" * 501)], "the response cannot be read: it is nested more than 500 levels deep"),
        ([ok({"results": [1]})], "expected an object as item 1 of the response, got int"),
    ],
)
def test_a_page_that_cannot_be_read_fails_the_read(replies: list[Answer], message: str) -> None:
    with pytest.raises(ReadError, match=message):
        rest(*replies, operation=PAGED).read()


def test_an_operation_that_does_not_exist_names_those_there_are() -> None:
    with pytest.raises(ReadError, match="system 'sys': there is no operation 'gte'; did you mean 'get'"):
        rest(ok([])).read(operation="gte")


@for_each("template", ["{{ broken", "{{ 1 / 0 }}", "{{ ''.__class__.__mro__ }}{{ x() }}", "{{ a | gone }}"])
def test_a_template_that_cannot_be_rendered_fails_the_read(template: str) -> None:
    with pytest.raises(ReadError, match="cannot be rendered"):
        rest(ok([]), operation={**GET, "url": template}).read()


def test_a_response_that_is_cut_off_is_a_read_error() -> None:
    class Cut:
        """A body that ends early."""

        def stream(self, *_args: Any, **_options: Any) -> Any:
            """Yield half of it."""
            yield b'[{"id": '
            raise requests.exceptions.ChunkedEncodingError("cut")

    bench = rest(ok([]))
    answer = bench.session.request

    def cut(method: Any, url: Any, **options: Any) -> Any:
        response = answer(method, url, **options)
        response.raw.close()
        response.raw = Cut()
        response.close = lambda: None
        return response

    bench.session.request = cut  # type: ignore[method-assign]  # only for this test

    with pytest.raises(ReadError, match="the response was cut off"):
        bench.read()


def test_an_empty_payload_is_empty_and_text_becomes_an_entity() -> None:
    assert rest(ok({"results": []}), operation=PAGED).read() == []
    assert rest(ok({}), operation=PAGED).read() == []
    assert rest(ok(b"plain", **{"Content-Type": "text/plain"})).read() == [{"response": "plain"}]
    assert rest((204, {}, b"")).read() == []


# --- templates ---


def test_marks_leave_out_and_convert() -> None:
    payload = {
        "kept": "{{ entity.a }}",
        "left": "{% if entity.b is defined %}x{% else %}sesam:markskip{% endif %}",
        "name{% if entity.b is not defined %}sesam:markskip{% endif %}": "v",
        "number": "{{ entity.a }}sesam:markjson",
        "list": '[1, "{{ entity.a }}"]sesam:markjson',
    }
    bench = rest(ok({}), operation={**GET, "method": "POST"})

    bench.transform({"_id": "e", "a": 10}, payload=payload)

    assert bench.bodies == [("application/json", b'{"kept":"10","number":10,"list":[1,"10"]}')]


def test_secrets_and_filters_are_known_to_templates() -> None:
    operation = {
        **GET,
        "headers": {
            "X-Key": "{{ secret('key') }}",
            "X-Basic": "{{ 'abc' | bytes | base64_encode }}",
            "X-Time": "{{ 1438076760000000000 | datetime | datetime_format }}",
        },
    }
    bench = rest(ok([]), operation=operation)

    bench.read()

    assert bench.session.asked[0]["headers"] == {
        "X-Key": "hidden",
        "X-Basic": "YWJj",
        "X-Time": "2015-07-28T09:46:00Z",
    }


# --- tokens ---


def test_a_token_is_fetched_again_before_it_expires() -> None:
    custom = {"get_token_operation": "token", "expires_at_expression": "{{ token.until }}", "refresh_window": 30}
    operations = {
        "get": {**GET, "headers": {"Authorization": "Bearer {{ token.value }}"}},
        "token": {"url": "token", "method": "POST"},
    }
    token = ok({"value": "t", "until": "2001-09-09T01:47:40"})
    bench = RestBench(
        in_turn(token, ok([]), ok([]), token, ok([])), now_s=1_000_000_000.0, operations=operations, custom_auth=custom
    )
    system = bench.configured({"source": {"type": "rest", "system": "sys", "operation": "get"}}).systems["sys"]
    client = bench.client(system)

    for moment in (1_000_000_000.0, 1_000_000_010.0, 1_000_000_040.0):
        bench.now_s = moment
        list(client.pages(client.operation("get", {}), {}))

    assert [target(each["url"]) for each in bench.session.asked] == [
        "/token",
        "/things",
        "/things",
        "/token",
        "/things",
    ]
    assert bench.session.asked[-1]["headers"]["Authorization"] == "Bearer t"


def test_two_operations_fetch_the_token_one_after_the_other() -> None:
    custom = {
        "get_refresh_token_operation": "login",
        "get_token_operation": "token",
        "expires_in_expression": "{{ 3600 }}",
        "refresh_token_expires_in_expression": "{{ 600 }}",
    }
    operations = {
        "get": {**GET, "headers": {"A": "{{ token.access_token }}"}},
        "login": {"url": "login", "method": "POST"},
        "token": {"url": "token", "method": "POST", "headers": {"L": "{{ token.login }}"}},
    }
    bench = RestBench(
        in_turn(ok({"login": "l"}), ok({"access_token": "t"}), ok([])), operations=operations, custom_auth=custom
    )

    bench.read()

    assert [target(each["url"]) for each in bench.session.asked] == ["/login", "/token", "/things"]
    assert [each["headers"] for each in bench.session.asked[1:]] == [{"L": "l"}, {"A": "t"}]


# --- transforms and sinks ---


def test_what_stands_in_the_entity_wins() -> None:
    entity = {"_id": "bob", "operation": "put", "properties": {"group": "2"}, "payload": {"a": "{{ not a template }}"}}
    operations = {
        "get": GET,
        "put": {"url": "{{ properties.group }}/{{ _id }}", "method": "PUT", "payload": {"never": 1}},
    }
    bench = RestBench(in_turn(ok({})), operations=operations)

    bench.transform(entity, properties={"group": "1"}, payload={"neither": 1})

    assert bench.asked == [("PUT", "/2/bob")]
    assert bench.bodies == [("application/json", b'{"a":"{{ not a template }}"}')]


def test_the_payloads_of_several_pages_are_one_list() -> None:
    bench = rest(page("1", next_link="?after=7"), page("2"), operation=PAGED)

    assert bench.transform({"_id": "e"}) == [{"_id": "e", "response": [{"id": "1"}, {"id": "2"}]}]


def test_a_request_that_fails_fails_the_entity() -> None:
    with pytest.raises(TransformError, match="rest transform: expected a 2xx status, got 500") as transformed:
        rest((500, {}, {})).transform({"_id": "e"})
    with pytest.raises(WriteError, match="rest sink: expected a 2xx status, got 404") as sent:
        rest((404, {}, {})).send({"_id": "e"})

    assert transformed.value.entity == sent.value.entity == {"_id": "e"}


def test_a_filtered_entity_passes_by() -> None:
    bench = rest(ok({}))

    assert bench.transform({"_id": "e", "_filtered": True}) == [{"_id": "e", "_filtered": True}]
    assert bench.asked == []
    for number, value in enumerate((False, None, 1, "true", [True]), 1):
        bench.transform({"_id": "e", "_filtered": value})
        assert len(bench.asked) == number


def test_a_sink_counts_what_it_sends_and_sends_no_filtered_entity() -> None:
    bench = rest(ok({}), operation={**GET, "url": "{{ _id }}", "method": "DELETE"})

    counts = bench.send({"_id": "a"}, {"_id": "b", "_filtered": True}, {"_id": "c", "_deleted": True})

    assert (counts.changed, counts.deleted) == (2, 1)
    assert bench.asked == [("DELETE", "/a"), ("DELETE", "/c")]
