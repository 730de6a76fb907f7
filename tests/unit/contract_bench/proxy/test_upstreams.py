"""What `--upstream` names, and recordings: written through the proxy, played behind it."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from contract_bench.cassettes.errors import RecordingError
from contract_bench.cassettes.lint import FindingSeverity, lint_file
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyOptions
from contract_bench.proxy.errors import UpstreamSpecError
from contract_bench.proxy.recording import ProxyRecorder
from contract_bench.proxy.server import ProxyServer
from contract_bench.proxy.upstreams import UpstreamKind, UpstreamSpec, open_upstream, parse_upstream
from contract_bench.roles.command_server import CommandServerError
from tests.support.cases import for_each
from tests.unit.contract_bench.proxy.upstream import Upstream

TOKEN = "sk-live-0123456789abcdef"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture
def cassette(upstream: Upstream, tmp_path: Path) -> Path:
    """A recording of two pages, made with a token."""
    address = Address.of(upstream.origin)
    recorder = ProxyRecorder(tmp_path / "things" / "walk.yaml", address)
    with ProxyServer(address, ProxyOptions(on_exchange=recorder.add)) as proxy:
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "gzip"}
        first = requests.get(f"{proxy.url}/page", headers=headers, timeout=20)
        requests.get(first.links["next"]["url"], headers=headers, timeout=20)
        requests.get(f"{proxy.url}/gzipped?token={TOKEN}", headers=headers, timeout=20)
        secrets = proxy.in_loop(lambda: proxy.app.state.secrets)
    return recorder.write(secrets).path


def test_each_spelling_is_understood(cassette: Path) -> None:
    kinds = {
        "https://api.example.com/v2/": UpstreamKind.URL,
        str(cassette): UpstreamKind.CASSETTE,
        "python server.py": UpstreamKind.COMMAND,
        "./server": UpstreamKind.COMMAND,
    }

    assert {text: parse_upstream(text).kind for text in kinds} == kinds


def test_the_path_of_a_cassette_needs_no_quotes(tmp_path: Path) -> None:
    """A shell has already taken them off. In quotes it is understood as well."""
    for name in ("two words.yaml", "it's one.yml", "übung (1).JSON"):
        path = tmp_path / "a folder" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()

        for text in (str(path), f" {path} ", shlex.quote(str(path))):
            assert parse_upstream(text) == UpstreamSpec(UpstreamKind.CASSETTE, str(path)), text


@for_each(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("no-such.yaml", "there is no such file"),
        ("ftp://example.com", "neither http:// nor https://"),
        ("https://", "has no host"),
        ("https://user@example.com", "no user name"),
        ("https://example.com/?a=b", "no query"),
        ("https://example.com:port", "Port could not be cast"),
        ("'unclosed", "no closing quotation"),
    ],
)
def test_what_cannot_be_an_upstream_is_explained(text: str, problem: str) -> None:
    with pytest.raises(UpstreamSpecError, match=problem):
        parse_upstream(text)


def test_proxies_and_certificates_come_from_the_usual_variables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """This machine is always reached directly, and so is what NO_PROXY names."""
    monkeypatch.setenv("HTTPS_PROXY", "http://us%40er:pa%3Ass@proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "proxy.example:3129")
    monkeypatch.setenv("NO_PROXY", "internal.example")
    missing = tmp_path / "missing.pem"

    outside, plain = Address.of("https://api.example.com").proxy, Address.of("http://api.example.com").proxy

    assert outside is not None
    assert (outside.host, outside.port) == ("proxy.example", 3128)
    assert outside.authorization == b"Basic dXNAZXI6cGE6c3M="
    assert plain is not None
    assert (plain.host, plain.port) == ("proxy.example", 3129)
    assert Address.of("https://internal.example").proxy is None
    assert Address.of("http://127.0.0.1:1").proxy is None
    with pytest.raises(UpstreamSpecError, match=r"missing\.pem cannot be read"):
        Address.of("https://api.example.com", environ={"REQUESTS_CA_BUNDLE": str(missing)})


def test_an_address_goes_through_the_http_proxy_of_the_environment(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The upstream of the test plays the HTTP proxy: it gets the whole URL."""
    monkeypatch.setenv("HTTP_PROXY", upstream.origin.replace("http://", "http://user:pass@"))
    address = Address.of("http://api.example.com/v2")
    with ProxyServer(address) as proxy:
        assert requests.get(f"{proxy.url}/things?x=1", timeout=20, proxies={"http": ""}).text == "hello"

    request = upstream.requests[-1]
    assert request.startswith(b"GET http://api.example.com/v2/things?x=1 HTTP/1.1\r\nHost: api.example.com\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" in request


def test_a_recording_has_no_secret_and_plays_behind_the_proxy(cassette: Path, upstream: Upstream) -> None:
    """Pages come in order, links lead to the proxy, and a request that is not recorded names the nearest one."""
    text = cassette.read_text(encoding="utf-8")
    assert TOKEN not in text
    assert upstream.origin not in text
    assert [each for each in lint_file(cassette) if each.severity is FindingSeverity.ERROR] == []

    with open_upstream(parse_upstream(str(cassette))) as played, ProxyServer(played.address) as proxy:
        first = requests.get(f"{proxy.url}/page", timeout=20)
        second = requests.get(first.links["next"]["url"], timeout=20)
        missing = requests.get(f"{proxy.url}/pagee", timeout=20)
        misses = played.misses()

    assert first.json()["items"] == second.json()["items"]
    assert first.json()["next"] == f"{proxy.url}/page?after=2"
    assert missing.status_code == 501
    assert "The nearest is interaction 0, GET /page" in missing.json()["message"]
    assert len(misses) == 1


def test_nothing_is_recorded_without_a_request(tmp_path: Path) -> None:
    recorder = ProxyRecorder(tmp_path / "empty.yaml", Address.of("http://127.0.0.1:1"))

    with pytest.raises(RecordingError, match="got none"):
        recorder.write(())
    assert not recorder.path.exists()


def test_a_command_is_started_and_stopped(tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(
        "import os, http.server\n"
        "http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), "
        "http.server.SimpleHTTPRequestHandler).serve_forever()\n",
        encoding="utf-8",
    )
    with open_upstream(parse_upstream(f"'{sys.executable}' '{server}'")) as started:
        assert requests.get(started.address.url, timeout=20).status_code == 200

    with pytest.raises(requests.ConnectionError):
        requests.get(started.address.url, timeout=20)


@pytest.mark.parametrize(
    ("command", "problem"),
    [("no-such-program x", "cannot be started"), (f"'{sys.executable}' -c print(7)", "status 0")],
)
def test_a_command_that_starts_no_server_is_explained(command: str, problem: str) -> None:
    with pytest.raises(CommandServerError, match=problem), open_upstream(parse_upstream(command)):
        pass
