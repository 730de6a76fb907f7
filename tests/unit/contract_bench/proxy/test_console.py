"""The pages of the proxy: they show requests and faults, and their forms do what the control API does."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

import pytest
import requests

from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyOptions
from contract_bench.proxy.server import ProxyServer
from tests.support.cases import for_each
from tests.unit.contract_bench.proxy.upstream import Upstream

SCRIPT = "<script>alert(1)</script>"
SECRET = "sk-live-0123456789abcdef"
UI = "/_fake/ui"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture(scope="module")
def server(upstream: Upstream) -> Iterator[ProxyServer]:
    with ProxyServer(Address.of(upstream.origin)) as running:
        yield running


@pytest.fixture
def proxy(server: ProxyServer) -> ProxyServer:
    requests.post(f"{server.url}/_fake/reset", timeout=20)
    return server


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept"] = "text/html"
        yield session


def page_of(browser: requests.Session, proxy: ProxyServer, path: str = "/_fake/", status: int = 200) -> str:
    answer = browser.get(proxy.url + path, timeout=20)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    return unescape(answer.text)


def post(browser: requests.Session, proxy: ProxyServer, to: str, /, **fields: str) -> str:
    token = re.search(r'name="_token" value="([^"]+)"', page_of(browser, proxy))
    assert token is not None
    answer = browser.post(proxy.url + to, data={"_token": token[1], **fields}, timeout=20)
    return unescape(answer.text)


def test_a_fault_is_set_and_switched_off_with_forms(browser: requests.Session, proxy: ProxyServer) -> None:
    """Without a script: each form leads to a page that says what was done."""
    fields = {"p.status": "503", "path": "/page", "query": "after=2", "times": "number", "count": "2"}

    done = post(browser, proxy, f"{UI}/faults/status", **fields)

    assert "Set status. Every request at /page with after=2 gets " in done
    assert "(status 503), 2 times." in done
    assert "1 fault set" in done
    answers = [requests.get(f"{proxy.url}/page{query}", timeout=20).status_code for query in ("", "?after=2")]
    assert answers == [200, 503]
    page = page_of(browser, proxy, f"{UI}/faults")
    assert "struck 1 time" in page
    fault_id = re.search(r'name="id" value="([^"]+)"', page)
    assert fault_id is not None
    assert "No fault is set" in post(browser, proxy, f"{UI}/faults", id=fault_id[1], _back=f"{UI}/faults")
    assert requests.get(f"{proxy.url}/page?after=2", timeout=20).status_code == 200


def test_the_form_of_a_fault_offers_what_clients_have_asked_for(browser: requests.Session, proxy: ProxyServer) -> None:
    """Routes of the journal, but none with a credential; nothing that needs knowledge of the API."""
    requests.get(f"{proxy.url}/orders/17", timeout=20)
    requests.get(f"{proxy.url}/keys/{SECRET}x", headers={"X-Api-Key": f"{SECRET}x"}, timeout=20)

    form = page_of(browser, proxy, f"{UI}/faults/latency")

    assert '<option value="GET /orders/*">GET /orders/*</option>' in form
    assert SECRET not in form
    assert 'name="objectType"' not in form
    assert 'name="page"' not in form


def test_a_form_that_is_not_accepted_changes_nothing(browser: requests.Session, proxy: ProxyServer) -> None:
    """One of another page, or with values that make no rule; what was entered stays."""
    form = f"{proxy.url}{UI}/faults/status"
    forged = browser.post(form, data={"_token": "guessed"}, timeout=20)
    foreign = browser.post(form, data={}, headers={"Origin": "https://evil.example"}, timeout=20)
    mistaken = post(browser, proxy, f"{UI}/faults/status", **{"p.status": "many", "path": SCRIPT})

    assert (forged.status_code, foreign.status_code) == (400, 403)
    assert "Nothing was set" in mistaken
    assert f'value="{SCRIPT}"' in mistaken
    assert SCRIPT not in browser.post(form, data={"path": SCRIPT}, timeout=20).text
    assert "No fault is set" in page_of(browser, proxy, f"{UI}/faults")


def test_requests_are_listed_without_secrets_and_without_markup(browser: requests.Session, proxy: ProxyServer) -> None:
    """In the list, in full and as a curl command."""
    headers = {"Authorization": f"Bearer {SECRET}", "X-Note": SCRIPT}
    requests.post(f"{proxy.url}/things/{SCRIPT}?token={SECRET}", json={"key": SECRET}, headers=headers, timeout=20)

    for path in ("/_fake/", f"{UI}/requests"):
        page = browser.get(proxy.url + path, timeout=20).text
        assert SCRIPT not in page
        assert "/things/" in page
        assert SECRET not in page
    detail = re.search(r'href="([^"]*open=\d+)"', page)
    assert detail is not None
    opened = browser.get(proxy.url + unescape(detail[1]), timeout=20).text
    assert SECRET not in opened
    assert SCRIPT not in opened
    assert "Authorization: Bearer $API_TOKEN" in unescape(opened)
    assert "x-note" in opened
    assert "hello" in opened


def test_a_request_without_a_whole_answer_says_why(browser: requests.Session, proxy: ProxyServer) -> None:
    requests.get(f"{proxy.url}/no-answer", timeout=20)
    requests.get(f"{proxy.url}/page", timeout=20)

    page = page_of(browser, proxy, f"{UI}/requests?unmatched=true")

    assert "1 request of the last 2 match" in page
    assert "the upstream closed the connection before it responded" in page
    assert "2 requests: 1 failed, 1 incomplete" in page_of(browser, proxy, f"{UI}/requests")


@pytest.mark.parametrize("path", ["stream", "requests/stream", "faults/stream"])
def test_new_requests_are_streamed(browser: requests.Session, proxy: ProxyServer, path: str) -> None:
    """And with them what the pages say about all requests and about the faults."""
    requests.post(f"{proxy.url}/_fake/faults", json={"fault": "server-error"}, timeout=20)
    with browser.get(f"{proxy.url}{UI}/{path}", stream=True, timeout=20) as answer:
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        assert next(lines) == "retry: 1000"
        requests.get(f"{proxy.url}/streamed", timeout=20)

        got = "".join(islice(lines, 3 if path == "faults/stream" else 6))

    assert answer.headers["content-type"] == "text/event-stream"
    assert ("/streamed" in got) is (path != "faults/stream")
    assert "headline" in got
    assert "struck 1 time" in got or path == "requests/stream"


def test_pages_that_do_not_exist_say_so(browser: requests.Session, proxy: ProxyServer) -> None:
    for path in ("nothing", "faults/nothing", "requests?open=99999", "faults/latency/nothing"):
        assert "There is nothing here" in page_of(browser, proxy, f"{UI}/{path}", status=404)


def test_the_files_of_the_pages_are_served(browser: requests.Session, proxy: ProxyServer) -> None:
    for address in re.findall(r'(?:href|src)="(/_fake/ui/assets/[^"]+)"', page_of(browser, proxy)):
        assert browser.get(proxy.url + address, timeout=20).status_code == 200


def test_a_browser_elsewhere_gives_the_control_token_first(browser: requests.Session, upstream: Upstream) -> None:
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(control_token="open-sesame")) as closed:
        asked = page_of(browser, closed, f"{UI}/requests", status=401)
        form = {"_token": re.findall(r'name="_token" value="([^"]+)"', asked)[0], "_back": f"{UI}/requests"}
        wrong = browser.post(f"{closed.url}{UI}/sign-in", data=form | {"token": "guessed"}, timeout=20)
        right = browser.post(f"{closed.url}{UI}/sign-in", data=form | {"token": "open-sesame"}, timeout=20)

    assert "Control token" in asked
    assert wrong.status_code == 401
    assert "No request has arrived yet" in right.text
    assert "open-sesame" not in str(browser.cookies)


@for_each("value", [rb'"\351"', b'"\xe9"', b"\xe9", b'"', b""])
def test_any_cookie_of_another_server_asks_for_the_control_token(upstream: Upstream, value: bytes) -> None:
    """Servers on one machine share their cookies, and a value may be in any encoding."""
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(control_token="open-sesame")) as closed:
        headers = {"cookie": b"control-proxy=" + value}
        assert requests.get(f"{closed.url}/_fake/", headers=headers, timeout=20).status_code == 401
