"""A secret that is sent in any place of a request is in no output of a fake."""

import json
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import requests

from fake_hubspot import Server, Settings
from fake_sesam import Node, NodeOptions, NodeServer

TOKEN = "sEcret/with+odd%chars=="
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "quoted": lambda text: quote(text, safe=""),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
}


@pytest.fixture(scope="module")
def hubspot() -> Iterator[str]:
    """The URL of a fake HubSpot with an odd token."""
    with Server(Settings(token=TOKEN)) as server:
        yield server.url


def shows(output: str, secret: str) -> bool:
    """Whether a secret is in a text, however it is encoded."""
    for _ in range(4):
        if secret in output:
            return True
        output = unquote(unescape(output))
    return secret in output


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("GET", "/crm/v3/objects/contacts?hapikey={}", {}, None),
        ("GET", "/crm/v3/objects/contacts?access_token={}&x=1", HEADERS, None),
        ("GET", "/crm/v3/objects/contacts?after={}", HEADERS, None),
        ("GET", "/crm/v3/objects/contacts?{}", HEADERS, None),
        ("GET", "/oauth/v1/access-tokens/{}", {}, None),
        ("GET", "/oauth/v1/refresh-tokens/{}", {}, None),
        ("GET", "/crm/v3/nowhere/{}", HEADERS, None),
        ("GET", "/crm/v3/objects/contacts/{}", HEADERS, None),
        ("GET", "/crm/v3/objects/contacts", {"Authorization": "Basic {}"}, None),
        ("GET", "/crm/v3/objects/contacts", {**HEADERS, "X-Trace": "{}"}, None),
        ("GET", "/crm/v3/objects/contacts", {**HEADERS, "Cookie": "a={}"}, None),
        ("POST", "/crm/v3/objects/contacts", HEADERS, {"properties": {"email": "{}"}}),
        ("POST", "/crm/v3/objects/contacts", HEADERS, {"properties": {"firstname": "{}"}}),
        ("POST", "/crm/v3/objects/contacts", HEADERS, {"{}": "x"}),
        ("POST", "/oauth/v1/token", {"Content-Type": "application/x-www-form-urlencoded"}, "client_secret={}&code={}"),
    ],
)
def test_no_output_of_the_fake_hubspot_holds_the_token(
    hubspot: str,
    form: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: object,
) -> None:
    """The journal, the HAR file, an unmet expectation and the hint of an unknown path."""
    sent = FORMS[form](TOKEN)
    requests.delete(f"{hubspot}/_fake/journal", timeout=10)
    content = json.dumps(body).replace("{}", sent) if isinstance(body, dict) else str(body or "").replace("{}", sent)
    in_path = sent if form != "plain" else quote(sent, safe="/+=")

    answer = requests.request(
        method,
        hubspot + path.replace("{}", in_path),
        headers={name: value.replace("{}", sent) for name, value in headers.items()},
        data=content,
        timeout=10,
    )

    journal = requests.get(f"{hubspot}/_fake/journal", timeout=10).json()
    assert journal["entries"]
    expectation = {"path": "/never"}
    outputs = {
        "journal": json.dumps(journal, ensure_ascii=False),
        "HAR": requests.get(f"{hubspot}/_fake/journal/har", timeout=10).text,
        "nearest": requests.post(f"{hubspot}/_fake/journal/expect", json=expectation, timeout=10).text,
        "hint": answer.headers.get("X-Fake-HubSpot-Unmatched", ""),
    }
    assert [name for name, output in outputs.items() if shows(output, TOKEN)] == []


def test_an_error_of_the_nodes_proxy_shows_no_secret(tmp_path: Path) -> None:
    """The URL that was tried holds it percent-encoded."""
    secret = "a/b c%d"
    url = "http://127.0.0.1:9/$SECRET(key)/%s"
    config = [{"_id": "s", "type": "system:url", "url_pattern": url}]
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "s.conf.json").write_text(json.dumps(config[0]))
    options = NodeOptions(data_dir=tmp_path / "data", secrets={"key": secret})

    with Node(tmp_path, options) as node, NodeServer(node) as server:
        answer = requests.get(f"{server.url}/api/systems/s/proxy/x", timeout=10)

    assert answer.status_code == 502
    assert "did not answer" in answer.text
    assert not shows(answer.text, secret)
