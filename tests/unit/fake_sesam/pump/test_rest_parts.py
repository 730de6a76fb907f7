"""The parts of REST operations, each by itself: templates, tokens, OAuth 2, payloads, links, pages."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from fake_sesam.errors import ReadError
from fake_sesam.pump import Clock
from fake_sesam.pump import rest_client as client
from fake_sesam.pump.oauth2 import OAuth2
from fake_sesam.pump.rest_client import MAX_BODY_BYTES, MAX_PAGES, Page, Request
from fake_sesam.pump.rest_templates import SKIPPED, TemplateFailureError, Templates
from fake_sesam.pump.rest_tokens import REFRESH_WINDOW_S, RestTokens
from tests.support.cases import for_each
from tests.unit.fake_sesam.config.rest_effects import RestBench

TEMPLATES = Templates({"key": "hidden"})


@for_each(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("{{ a }}", "1"),
        ("{{ none }}|{{ missing }}|{{ missing.x.y }}", "||"),
        ("{{ secret('key') }}|{{ secret('other') }}", "hidden|"),
        ("{{ text | bytes }}|{{ text | bytes | base64_encode }}", "~bw6U=|w6U="),
        ("{{ 'w6U=' | base64_decode }}", "~bw6U="),
        ("{{ '2026-01-02T03:04:05Z' | datetime }}", "~t2026-01-02T03:04:05Z"),
        ("{{ 1 if missing else 2 }}", "2"),
        ("{{ zero }}{{ empty }}", "0"),
        ("{{ '~t2026-01-02T03:04:05Z' | datetime_format }}", "2026-01-02T03:04:05Z"),
        ("{{ '~t2026-01-02T03:04:05Z' | datetime_format('%Y') }}", "2026"),
    ],
)
def test_a_template_is_rendered(template: str, text: str) -> None:
    """What is missing and null are nothing; filters are DTL functions."""
    context = {"a": 1, "none": None, "text": "å", "zero": 0, "empty": ""}

    assert TEMPLATES.text(template, context) == text
    assert TEMPLATES.text_or_nothing(template, context) == text


@for_each("template", ["{{", "{{ 1 / 0 }}", "{{ a['x'] + 1 }}", "{% for x in 5 %}{% endfor %}"])
def test_a_template_that_cannot_be_rendered_says_which_and_why(template: str) -> None:
    with pytest.raises(TemplateFailureError, match="cannot be rendered: ") as caught:
        TEMPLATES.text(template, {"a": {"x": "1"}})
    with pytest.raises(TemplateFailureError):
        TEMPLATES.text_or_nothing(template, {"a": {"x": "1"}})

    assert str(caught.value).startswith(f"the template {template!r} cannot be rendered: ")


def test_calling_what_is_missing_renders_to_nothing_only_for_a_link() -> None:
    template = "{{ body.next.split('?')[1] }}"

    assert TEMPLATES.text_or_nothing(template, {"body": {}}) == ""
    assert TEMPLATES.text_or_nothing(template, {"body": {"next": "a?b"}}) == "b"
    with pytest.raises(TemplateFailureError):
        TEMPLATES.text(template, {"body": {}})


def test_every_text_of_a_value_is_rendered() -> None:
    """Names too. What has the skip mark is left out, what has the JSON mark is a value."""
    written = {
        "{{ a }}": ["{{ a }}", 5, None, "sesam:markskip", {"x": "{{ a }}sesam:markjson"}],
        "skipped": "{{ a }}sesam:markskip",
        "sesam:markskip": 1,
        "json": '{"b": [1]} sesam:markjson',
        "flag": True,
    }

    assert TEMPLATES.value(written, {"a": 7}) == {"7": ["7", 5, None, {"x": 7}], "json": {"b": [1]}, "flag": True}
    assert TEMPLATES.value("sesam:markskip", {}) is SKIPPED
    assert TEMPLATES.value("sesam:markjson is not at the end", {}) == "sesam:markjson is not at the end"
    with pytest.raises(TemplateFailureError, match="expected JSON before sesam:markjson: "):
        TEMPLATES.value("{ sesam:markjson", {})
    with pytest.raises(TemplateFailureError, match="expected JSON before sesam:markjson: "):
        TEMPLATES.value("[" * 100_000 + "sesam:markjson", {})


def test_a_template_uses_the_variables_that_it_reads() -> None:
    """A wrong template uses none."""
    assert TEMPLATES.uses("x?{{ since }}", "since")
    assert not TEMPLATES.uses("x?since={{ other }}", "since")
    assert not TEMPLATES.uses("{{ since", "since")


class Answers:
    """What the operations of `custom_auth` return, in turn."""

    def __init__(self, **settings: Any) -> None:
        self.now_s = 1_000_000.0
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {"t": {"access_token": "one"}, "r": {"refresh_token": "two"}}
        clock = Clock(now=lambda: self.now_s)
        self.tokens = RestTokens(settings or None, TEMPLATES, self.fetch, clock=clock)

    def fetch(self, name: str) -> Any:
        """Note who asks, and ask for the token as a template of the operation would."""
        self.asked.append(name)
        assert "busy" not in self.tokens.current()
        return self.answers[name]


def test_without_custom_auth_there_is_no_token() -> None:
    answers = Answers()

    assert (answers.tokens.current(), answers.tokens.deprecated(), answers.asked) == ({}, {}, [])
    assert REFRESH_WINDOW_S == 30


def test_a_token_is_kept_until_shortly_before_it_expires() -> None:
    """The window counts; when it expires is known to templates."""
    answers = Answers(get_token_operation="t", expires_in_expression="{{ token.life }}", refresh_window=10)
    answers.answers["t"] = {"access_token": "one", "life": 60}

    first = answers.tokens.current()
    answers.now_s += 49.9
    answers.tokens.current()
    assert answers.asked == ["t"]
    answers.now_s += 0.1
    answers.tokens.current()

    assert answers.asked == ["t", "t"]
    assert first == {
        "access_token": "one",
        "life": 60,
        "expires_at": 1_000_060,
        "expiry_date": "1970-01-12T13:47:40Z",
    }


def test_a_refresh_token_is_fetched_first_and_both_are_known() -> None:
    """Its times have a prefix; what was given at first stays."""
    answers = Answers(
        get_token_operation="t",
        get_refresh_token_operation="r",
        initial_refresh_token={"given": 1, "refresh_token": "old"},
        refresh_token_expires_in_expression="100",
        access_token_property="access_token",
        refresh_token_property="refresh_token",
    )

    token = answers.tokens.current()

    assert answers.asked == ["r", "t"]
    assert token == {
        "given": 1,
        "refresh_token": "two",
        "access_token": "one",
        "refresh_token_expires_at": 1_000_100,
        "refresh_token_expiry_date": "1970-01-12T13:48:20Z",
        "expires_at": 1_000_000,
        "expiry_date": "1970-01-12T13:46:40Z",
    }
    assert answers.tokens.deprecated() == {"access_token": "one", "refresh_token": "two"}


@for_each(
    ("settings", "expires"),
    [
        ({"expires_at_expression": "1970-01-12T14:00:00Z"}, 1_000_800),
        ({"expires_at_expression": " 1970-01-12T14:00:00 "}, 1_000_800),
        ({"expires_at_expression": "1970-01-12T15:00:00+01:00"}, 1_000_800),
        ({"expires_at_expression": "soon", "expires_in_expression": "5"}, 1_000_005),
        ({"expires_in_expression": "many"}, 1_000_000),
        ({"expires_in_expression": ""}, 1_000_000),
        ({}, 1_000_000),
    ],
)
def test_when_a_token_expires(settings: dict[str, Any], expires: int) -> None:
    """At a time, within so many seconds, or now."""
    answers = Answers(get_token_operation="t", **settings)

    assert answers.tokens.current()["expires_at"] == expires


def test_a_time_without_a_zone_is_in_utc_wherever_the_node_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        with monkeypatch.context() as patched:
            patched.setenv("TZ", "Asia/Tokyo")
            time.tzset()
            answers = Answers(get_token_operation="t", expires_at_expression="1970-01-12T14:00:00")

            assert answers.tokens.current()["expires_at"] == 1_000_800
    finally:
        time.tzset()


def test_an_answer_that_is_no_object_adds_nothing() -> None:
    answers = Answers(get_token_operation="t")
    answers.answers["t"] = "text"

    assert set(answers.tokens.current()) == {"expires_at", "expiry_date"}


class TokenServer:
    """The token URL and the clock of OAuth 2."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.forms: list[dict[str, Any]] = []
        self.options: dict[str, Any] = {}
        self.now_s = 1000.0
        self.status, self.body = 200, b'{"access_token": "new", "expires_in": 100, "refresh_token": "next"}'
        monkeypatch.setattr("fake_sesam.pump.oauth2.requests.post", self.post)
        monkeypatch.setattr("fake_sesam.pump.oauth2.time.time", lambda: self.now_s)

    def post(self, url: str, *, data: dict[str, Any], **options: Any) -> requests.Response:
        """Answer."""
        self.forms.append({"url": url, **{name: value for name, value in data.items() if value is not None}})
        self.options = options
        made = requests.Response()
        made.status_code, made._content = self.status, self.body
        return made


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> TokenServer:
    return TokenServer(monkeypatch)


class Connection:
    """What sends a request again; it answers anything."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, again: Any, **options: Any) -> requests.Response:
        """Keep the request."""
        self.sent.append((again, options))
        made = requests.Response()
        made.status_code = 200
        return made


def sent(auth: OAuth2) -> str:
    """Return the header of a request."""
    return str(auth(requests.Request("GET", "http://h/").prepare()).headers["Authorization"])


SETTINGS = {"token_url": "http://t", "client_id": "i", "client_secret": "s"}


def test_a_token_is_fetched_for_the_client(server: TokenServer) -> None:
    """And again half a minute before it expires, with the refresh token that came with it."""
    auth = OAuth2({**SETTINGS, "scope": ["a", "b"], "extra": {"audience": "x"}}, verify=True)

    assert sent(auth) == "Bearer new"
    server.now_s += 69.9
    assert sent(auth) == "Bearer new"
    assert len(server.forms) == 1
    server.now_s += 0.1
    sent(auth)

    first = {"url": "http://t", "client_id": "i", "client_secret": "s", "scope": "a b", "audience": "x"}
    assert server.forms == [
        {**first, "grant_type": "client_credentials"},
        {**first, "grant_type": "refresh_token", "refresh_token": "next"},
    ]
    assert server.options == {"timeout": 60, "verify": True}


def test_a_given_token_is_used_until_it_is_refused(server: TokenServer) -> None:
    """The refused request is sent once more with a new one."""
    auth = OAuth2({**SETTINGS, "access_token": "given", "refresh_token": "r", "scope": "a"}, verify=False)
    request = auth(requests.Request("GET", "http://h/").prepare())
    assert (request.headers["Authorization"], server.forms) == ("Bearer given", [])

    refused = requests.Response()
    refused.status_code, refused._content, refused.request = 401, b"", request
    connection = Connection()
    refused.connection = connection  # type: ignore[assignment]
    (hook,) = request.hooks["response"]

    answer = hook(refused, timeout=5)

    ((again, options),) = connection.sent
    assert (answer.status_code, answer.history, answer.request) == (200, [refused], again)
    assert (again.headers["Authorization"], again.hooks["response"], options) == ("Bearer new", [], {"timeout": 5})
    assert [form["grant_type"] for form in server.forms] == ["refresh_token"]
    assert server.forms[0]["refresh_token"] == "r"
    refused.status_code = 403
    assert hook(refused) is refused


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, b"{}", "the token URL answered 400"),
        (200, b"text", "the token URL answered without an access_token"),
        (200, b"{}", "the token URL answered without an access_token"),
        (200, b"[]", "the token URL answered without an access_token"),
    ],
)
def test_a_token_that_cannot_be_fetched(server: TokenServer, status: int, body: bytes, message: str) -> None:
    server.status, server.body = status, body

    with pytest.raises(requests.RequestException, match=f"^{message}$"):
        sent(OAuth2(SETTINGS, verify=True))


def test_a_token_without_a_lifetime_is_kept(server: TokenServer) -> None:
    """A window of its own counts instead of half a minute."""
    server.body = b'{"access_token": "new"}'
    auth = OAuth2(SETTINGS, verify=True)
    sent(auth)
    server.now_s += 10**9
    sent(auth)
    assert len(server.forms) == 1
    server.body = b'{"access_token": "new", "expires_in": 100}'
    own = OAuth2({**SETTINGS, "refresh_window": 5}, verify=True)
    sent(own)
    server.now_s += 94.9
    sent(own)
    assert len(server.forms) == 2
    server.now_s += 0.1
    sent(own)
    assert len(server.forms) == 3


def test_a_refresh_token_is_kept_until_another_one_comes(server: TokenServer) -> None:
    server.body = b'{"access_token": "new", "expires_in": 30}'
    auth = OAuth2({**SETTINGS, "refresh_token": "r"}, verify=True)

    sent(auth)
    sent(auth)

    assert [form.get("refresh_token") for form in server.forms] == ["r", "r"]
    assert {form["grant_type"] for form in server.forms} == {"refresh_token"}


@for_each(
    ("payload", "kind", "expected"),
    [
        (None, "json", ("", None, ())),
        ("", "text", ("", None, ())),
        ({"a": "~:b"}, "json", ("application/json", b'{"a":"b"}', ())),
        ([{"a": ["~rx"]}, 1], "json", ("application/json", b'[{"a":["x"]},1]', ())),
        ('{"a": 1}', "json", ("application/json", b'{"a": 1}', ())),
        (0, "json", ("application/json", b"0", ())),
        ("å", "text", ("text/plain", "å".encode(), ())),
        ({"a": 1}, "text", ("text/plain", b'{"a":1}', ())),
        ("~bw6U=", "text", ("application/octet-stream", "å".encode(), ())),
        (
            {"a": "x y", "b": 1, "c": True, "d": [1]},
            "form",
            ("application/x-www-form-urlencoded", b"a=x+y&b=1&c=true&d=%5B1%5D", ()),
        ),
        ([{"a": "1"}, 5, {"a": "2"}], "form", ("application/x-www-form-urlencoded", b"a=1&a=2", ())),
        ({"a": 1, "b": "x"}, "multipart-form", ("", None, (("a", "1"), ("b", "x")))),
        ("text", "form", ("application/json", b"text", ())),
    ],
)
def test_a_payload_becomes_a_body(payload: Any, kind: str, expected: Any) -> None:
    """As its type says; nothing is no body."""
    assert client._body(payload, kind) == expected


@for_each(
    ("path", "found"),
    [
        ("a", {"b": {"c": 1}}),
        ("a.b", {"c": 1}),
        ("a.b.c", 1),
        ("x.y", 2),
        ("a.x", None),
        ("a.b.c.d", None),
        ("z", None),
    ],
)
def test_a_payload_is_found_at_a_path(path: str, found: Any) -> None:
    """A property with the whole path as its name wins."""
    assert client._at({"a": {"b": {"c": 1}}, "x.y": 2, "x": {"y": 3}}, path) == found
    assert client._at([1], path) is None


@for_each(("payload", "items"), [(None, []), ("", []), ([1, 2], [1, 2]), ({"a": 1}, [{"a": 1}]), (0, [0]), ([], [])])
def test_a_page_has_items(payload: Any, items: list[Any]) -> None:
    """One that is not a list is the only one."""
    assert page(payload).items == items


def page(payload: Any) -> Page:
    return Page(200, {}, "application/json", True, payload, payload, {})


@for_each(
    ("header", "links"),
    [
        (None, {}),
        ('<http://h/2>; rel="next", <http://h/1>; rel=prev', {"Link": {"next": "http://h/2", "prev": "http://h/1"}}),
        ("<http://h/2>", {"Link": {"None": "http://h/2"}}),
        ('<>; rel="next"', {"Link": {}}),
    ],
)
def test_the_links_of_a_response_are_named(header: str | None, links: Mapping[str, Any]) -> None:
    response = requests.Response()
    if header:
        response.headers["Link"] = header

    assert client._links(response) == links


def test_a_request_is_plain_unless_told_otherwise() -> None:
    assert Request("GET", "u") == Request("GET", "u", {}, {}, None, ())
    assert (MAX_BODY_BYTES, MAX_PAGES) == (104_857_600, 100_000)
    part = {"type": "rest", "system": "s", "operation": "o", "comment": "c", "url": "u", "operations": {}}
    assert client.part_of(part) == {"url": "u", "operations": {}}


def test_a_response_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of just that size it is taken."""
    monkeypatch.setattr(client, "MAX_BODY_BYTES", 6)

    def answer(content: bytes) -> Any:
        return lambda _url, _number: (200, {"Content-Type": "text/plain"}, content)

    def read(content: bytes) -> Any:
        bench = RestBench(answer(content), operations={"get": {"url": "x", "method": "GET"}})
        return bench.read()

    assert read(b"123456") == [{"response": "123456"}]
    with pytest.raises(ReadError, match="the response is larger than 6 bytes"):
        read(b"1234567")


def test_a_response_that_breaks_off_is_a_read_error() -> None:
    """While its body is read."""

    class Broken(requests.Response):
        """Ends early."""

        def iter_content(self, *_: Any, **__: Any) -> Any:
            """Give one piece, then fail."""
            yield b"["
            raise requests.exceptions.ChunkedEncodingError("short")

    with pytest.raises(ReadError, match="the response was cut off: short"):
        client._received(Broken(), "http://h/")


def test_an_operation_has_a_largest_number_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_PAGES", 3)

    def endless(_url: str, number: int) -> Any:
        return 200, {}, [{"id": str(number)}]

    operation = {"url": "x", "method": "GET", "next_page_link": "?page={{ page + 1 }}", "id_expression": "{{ id }}"}
    bench = RestBench(endless, operations={"get": operation})

    with pytest.raises(ReadError, match="the operation has more than 3 pages"):
        bench.read()
    assert bench.asked == [("GET", "/x"), ("GET", "/x?page=1"), ("GET", "/x?page=2")]


def test_a_link_to_another_host_is_not_followed() -> None:
    """It would be sent the credentials of the system."""
    operation = {"url": "x", "method": "GET", "next_page_link": "http://other/y"}
    bench = RestBench(lambda _url, _number: (200, {}, [{"id": "1"}]), operations={"get": operation})

    with pytest.raises(ReadError, match=r"the next page is on another host \(other\)") as caught:
        bench.read()
    assert (len(bench.asked), caught.value.error_code) == (1, 1)


@for_each(("retries", "ok"), [(0, False), (1, False), (2, True), (5, True)])
def test_a_rate_limit_is_waited_for(retries: int, ok: bool) -> None:
    """As often as configured, each time as long."""

    def answer(_url: str, number: int) -> Any:
        return (200, {}, [{"id": "1"}]) if number == 3 else (429, {}, {"message": "slow down"})

    operation = {"url": "x", "method": "GET", "rate_limiting_retries": retries, "rate_limiting_delay": 7}
    bench = RestBench(answer, operations={"get": operation})

    if ok:
        assert [entity["id"] for entity in bench.read()] == ["1"]
    else:
        with pytest.raises(ReadError, match="got 429") as caught:
            bench.read()
        assert caught.value.status == 429
    assert bench.slept == [7] * min(retries, 2)
    assert len(bench.asked) == min(retries, 2) + 1


def test_an_operation_that_is_missing_is_named() -> None:
    """With those that there are."""
    bench = RestBench(operations={"b": {"url": "x", "method": "GET"}, "a": {"url": "x", "method": "GET"}})
    found = bench.configured({"source": {"type": "embedded", "entities": []}})
    system = found.systems["sys"]

    with pytest.raises(ReadError) as caught:
        bench.client(system).operation("c", {})

    assert str(caught.value) == "system 'sys': there is no operation 'c'. Known: a, b."
    with pytest.raises(ReadError, match=r"Known: a, b, z\.$"):
        bench.client(system).operation(None, {"operations": {"z": {}}})
    none = RestBench()
    with pytest.raises(ReadError, match=r"There are none\.$"):
        none.client(none.configured({"source": {"type": "embedded", "entities": []}}).systems["sys"]).operation("c", {})


@for_each("body", [b"{", b"\xff", b'{"a": 1} x'], ids=["half", "bytes", "more"])
def test_a_response_that_is_not_json_is_a_read_error(body: bytes) -> None:
    """An empty one is an empty page."""
    operations = {"get": {"url": "x", "method": "GET"}}
    bench = RestBench(lambda _url, _number: (200, {}, body), operations=operations)

    with pytest.raises(ReadError, match="the response is not JSON: ") as caught:
        bench.read()
    assert caught.value.error_code == 1
    assert RestBench(lambda _url, _number: (200, {}, b""), operations=operations).read() == []
