"""The pages that a server serves: their frame, their files, their forms."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench_core.pages import PageRequest, PageResponse, RefusedFormError, Said, Section, Site, live_event
from bench_core.pages.environment import ticked
from tests.support.cases import for_each

SECTIONS = [Section("Overview", "/"), Section("Pipes", "/pipes")]
FORM = "application/x-www-form-urlencoded"
HOSTILE = "</title><script>alert(1)</script>\"'&\x00\ud800"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with one page, which shows a value."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "one.html.jinja").write_text(
        '{% extends "shell.html.jinja" %}{% block content %}<p id="here">{{ value }}</p>{% endblock %}'
    )
    (folder / "parts.html.jinja").write_text("{% macro row(value) %}<tr><td>{{ value }}</td></tr>{% endmacro %}")
    return Site(name="fake Node", root="/ui/", folder=folder, product="bench 1.2", start="/")


def show(site: Site, request: PageRequest, value: str = "x", said: Said | None = None) -> PageResponse:
    """Show the page."""
    return site.page(
        "one.html.jinja", request=request, title=value, sections=SECTIONS, current="Pipes", said=said, value=value
    )


def header(response: PageResponse, name: str) -> str:
    """Return a header of a response."""
    return dict(response.headers)[name]


def posted(fields: dict[str, str], path: str = "/ui/theme", cookie: str = "") -> PageRequest:
    """Return a form as a browser sends it."""
    return PageRequest(path, body=urlencode(fields).encode(), content_type=FORM, cookie=cookie)


def test_a_page_loads_its_own_files_only_and_marks_its_section(site: Site) -> None:
    page = show(site, PageRequest("/pipes"))

    html = page.body.decode()
    assert header(page, "content-security-policy").startswith("default-src 'self'; ")
    addresses = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert addresses
    assert all(address.startswith(("/", "#")) for address in addresses)
    assert 'href="/pipes" aria-current="page"' in html
    assert not re.search(r"<style|style=|<script(?! src=)| on\w+=", html)


def test_the_page_of_the_api_loads_its_own_files_only(site: Site) -> None:
    """Those of Swagger UI too; its icons are the only content that is not a file."""
    page = site.api_page(request=PageRequest("/api"), document="/openapi.json", back="/", token='a"b')
    html = page.body.decode()
    scripts = re.findall(r'src="([^"]*)"', html)

    assert header(page, "content-security-policy").endswith("; img-src 'self' data:")
    assert 'data-document="/openapi.json"' in html
    assert 'data-token="a&#34;b"' in html
    assert not re.search(r"<style|style=|<script(?! src=)| on\w+=", html)
    for address in [*scripts, *re.findall(r'href="([^"]*assets[^"]*)"', html)]:
        answered = site.common(PageRequest(address.partition("?")[0]), "GET")
        assert answered is not None, address
        assert answered.status == 200, address
    assert any("swagger-ui-bundle.js" in address for address in scripts)


def test_a_hostile_value_is_only_text(site: Site) -> None:
    html = show(site, PageRequest("/"), HOSTILE, Said(HOSTILE)).body.decode()

    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 3
    assert "<script>" not in site.part("parts.html.jinja", "row", HOSTILE)


def test_each_file_of_a_page_is_served_and_may_be_kept_until_it_changes(site: Site) -> None:
    html = show(site, PageRequest("/")).body.decode()

    for address in set(re.findall(r'"(/ui/assets/[^"]+)"', html)):
        answer = site.common(PageRequest(address.partition("?")[0]), "GET")
        assert answer is not None
        assert answer.status == 200, address
        assert "immutable" in header(answer, "cache-control")
        assert re.search(r"\?v=[0-9a-f]{12}$", address)


@for_each(
    ("text", "markup"),
    [
        ("a `b` c", "a <code>b</code> c"),
        ("`<b>` & `c`", "<code>&lt;b&gt;</code> &amp; <code>c</code>"),
        ("a ` <b>", "a ` &lt;b&gt;"),
        ("\x1b`\x00`", "\\x1b<code>\\x00</code>"),
        ("", ""),
    ],
)
def test_what_backticks_enclose_is_code_and_everything_is_escaped(text: str, markup: str) -> None:
    assert ticked(text) == markup


@for_each("name", ["../site.py", "site.py", "shell.html.jinja", "", "style.css/x", "%2e%2e"])
def test_nothing_else_is_served(site: Site, name: str) -> None:
    answer = site.common(PageRequest(f"/ui/assets/{name}"), "GET")

    assert answer is None or answer.status == 404


def test_a_form_without_the_token_of_this_server_is_refused(site: Site) -> None:
    other = Site(name="fake Node", root="/ui/", folder=site.folder, product="p", start="/")

    for fields in ({}, {"_token": ""}, {"_token": "é"}, {"_token": other.token}, {"_token": site.token[:-1]}):
        with pytest.raises(RefusedFormError, match="Nothing was changed"):
            site.common(posted({"theme": "dark", **fields}), "POST")


@for_each("kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/json"])
def test_another_content_type_is_no_form(site: Site, kind: str) -> None:
    request = PageRequest("/ui/theme", body=f"_token={site.token}".encode(), content_type=kind)

    with pytest.raises(RefusedFormError, match="no form"):
        site.checked_form(request)


def test_a_form_is_bounded(site: Site) -> None:
    with pytest.raises(RefusedFormError, match="larger than 2 MB"):
        site.checked_form(posted({"_token": site.token, "text": "x" * 2**21}))
    with pytest.raises(RefusedFormError, match="more than 1000 fields"):
        site.checked_form(posted({"_token": site.token, **{str(number): "" for number in range(1001)}}))


@for_each(
    ("back", "to"),
    [
        ("/pipes?x=1", "/pipes?x=1"),
        ("//evil.example/", "/"),
        ("//[evil", "/"),
        ("https://[evil", "/"),
        ("/[a", "/[a"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("/ü", "/"),
        ("", "/"),
    ],
)
def test_a_form_leads_back_to_this_server_only(site: Site, back: str, to: str) -> None:
    answer = site.common(posted({"_token": site.token, "_back": back, "theme": "dark"}), "POST")

    assert answer is not None
    assert (answer.status, header(answer, "location")) == (303, to)


def test_a_theme_is_kept_in_a_cookie_and_an_unknown_one_is_not(site: Site) -> None:
    for theme, kept in (("dark", "dark"), ("light", "light"), ("x; Domain=evil", "")):
        answer = site.common(posted({"_token": site.token, "theme": theme}), "POST")
        assert answer is not None
        assert header(answer, "set-cookie").startswith(f"theme={kept};")

    assert b'data-theme="dark"' in show(site, PageRequest("/", cookie="theme=dark")).body
    assert b"data-theme=" not in show(site, PageRequest("/", cookie="theme=other")).body


@for_each("text", ["Done: <b>ü\r\n", 'said "a; b=c,"', "x" * 5000, "ü" * 5000])
def test_what_an_action_did_is_said_once_by_the_page_after_it(site: Site, text: str) -> None:
    redirect = site.redirect("/pipes", text, tone="warn")
    cookie = header(redirect, "set-cookie").partition(";")[0]

    assert len(cookie) < 4000
    page = show(site, PageRequest("/pipes", cookie=f"a=b; {cookie}"))
    assert re.search('<p class="said warn">(Done|said|x|ü)', page.body.decode())
    assert "Max-Age=0" in header(page, "set-cookie")


@for_each("cookie", ["said-fake-node=x", "said-fake-node=odd%3Atext", "=;;==\x00", "said-fake-node"])
def test_a_broken_cookie_says_nothing(site: Site, cookie: str) -> None:
    assert b'class="said' not in show(site, PageRequest("/", cookie=cookie)).body


def test_an_event_is_one_line_of_json_whatever_it_holds() -> None:
    event = live_event("rows", {"rows": ["<tr>\n\r\u2028</tr>"]}).decode()

    name, data, *rest = event.split("\n")
    assert (name, rest) == ("event: rows", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == {"rows": ["<tr>\n\r\u2028</tr>"]}


def test_every_file_of_the_package_is_named_by_a_page_or_is_code() -> None:
    """What the wheel carries is what the pages need."""
    folder = Path(__file__).parents[3] / "bench_core" / "pages"

    assert {path.suffix for path in folder.iterdir() if path.is_file()} <= {".py", ".jinja", ".css", ".js", ".svg"}
