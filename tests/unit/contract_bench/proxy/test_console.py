"""The page of the proxy: it shows requests and faults, and its forms do what the control API does."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
import requests

from contract_bench.proxy.address import Address
from contract_bench.proxy.server import ProxyServer
from tests.unit.contract_bench.proxy.upstream import Upstream

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def proxy() -> Iterator[ProxyServer]:
    with Upstream() as upstream, ProxyServer(Address.of(upstream.origin)) as running:
        yield running


@pytest.fixture
def browser(proxy: ProxyServer) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Accept"] = "text/html"
        yield session


def page_of(browser: requests.Session, proxy: ProxyServer) -> str:
    answer = browser.get(f"{proxy.url}/_fake/", timeout=20)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    return answer.text


def token_in(page: str) -> str:
    found = re.search(r'name="_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_fault_is_set_and_switched_off_with_forms(browser: requests.Session, proxy: ProxyServer) -> None:
    """Without a script: each form leads back to the page, which says what was done."""
    token = token_in(page_of(browser, proxy))
    rule = {"fault": "status", "path": "/page", "query": "after=2", "times": "2", "params": '{"status": 503}'}
    form = {"_token": token, "_back": "/_fake/ui", "do": "set", **rule}

    done = browser.post(f"{proxy.url}/_fake/ui", data=form, timeout=20)

    assert "Set status." in done.text
    assert "1 fault set" in done.text
    answers = [requests.get(f"{proxy.url}/page{query}", timeout=20).status_code for query in ("", "?after=2")]
    assert answers == [200, 503]
    page = page_of(browser, proxy)
    assert "struck 1 time" in page
    assert "path /page, query after=2" in page
    fault_id = re.search(r'name="id" value="([^"]+)"', page)
    assert fault_id is not None
    off = {"_token": token, "do": "remove", "id": fault_id[1]}
    assert "No fault is set" in browser.post(f"{proxy.url}/_fake/ui", data=off, timeout=20).text


def test_a_form_of_another_page_changes_nothing(browser: requests.Session, proxy: ProxyServer) -> None:
    """Nor does one with values that make no rule; what was entered stays."""
    token = token_in(page_of(browser, proxy))
    forged = browser.post(
        f"{proxy.url}/_fake/ui", data={"_token": "guessed", "do": "set", "fault": "latency"}, timeout=20
    )
    wrong = {"_token": token, "do": "set", "fault": "status", "params": "{status: 503}", "path": SCRIPT}
    mistaken = browser.post(f"{proxy.url}/_fake/ui", data=wrong, timeout=20)
    foreign = browser.post(f"{proxy.url}/_fake/ui", data=wrong, headers={"Origin": "https://evil.example"}, timeout=20)

    assert (forged.status_code, mistaken.status_code, foreign.status_code) == (400, 400, 403)
    assert "Nothing was set" in mistaken.text
    assert SCRIPT not in mistaken.text
    assert SCRIPT in unescape(mistaken.text)
    assert "No fault is set" in page_of(browser, proxy)


def test_requests_are_listed_without_secrets_and_without_markup(browser: requests.Session, proxy: ProxyServer) -> None:
    secret = "sk-live-0123456789abcdef"
    headers = {"Authorization": f"Bearer {secret}"}
    requests.get(f"{proxy.url}/things/{SCRIPT}?token={secret}", headers=headers, timeout=20)

    page = page_of(browser, proxy)

    assert SCRIPT not in page
    assert "1 request" in page
    assert secret not in page


def test_the_files_of_the_page_are_served(browser: requests.Session, proxy: ProxyServer) -> None:
    for address in re.findall(r'(?:href|src)="(/_fake/ui/assets/[^"]+)"', page_of(browser, proxy)):
        assert browser.get(proxy.url + address, timeout=20).status_code == 200
