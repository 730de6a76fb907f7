"""The proxy at the limits of a connection: an upstream that reads slowly, odd proxies, and folders of certificates."""

from pathlib import Path

import pytest

from contract_bench.proxy.address import Address
from contract_bench.proxy.connection import UpstreamConnection
from contract_bench.proxy.errors import UpstreamSpecError
from tests.support.cases import for_each
from tests.unit.contract_bench.proxy.test_connection import CLOCK, OK, opened


def test_an_upstream_that_reads_slowly_stops_the_client() -> None:
    """Until it reads again, or until the response is over: then nobody waits."""
    connection, _, sink = opened()

    connection.pause_writing()
    connection.resume_writing()
    connection.data_received(OK + b"Content-Length: 0\r\n\r\n")
    connection.pause_writing()
    connection.resume_writing()

    assert sink.events == ["full", "not full", "200 OK", "end"]


def test_more_of_a_request_goes_only_to_an_open_connection() -> None:
    """What comes after its end is dropped."""
    UpstreamConnection(CLOCK).send_more(b"nobody")
    connection, transport, _ = opened()

    connection.send_more(b"one")
    transport.close()
    connection.send_more(b"two")

    written = bytes(transport.written)
    assert written.endswith(b"one")
    assert b"two" not in written


def test_certificates_are_read_from_a_folder_or_a_file(tmp_path: Path) -> None:
    """A folder holds none until it is asked for one; what cannot be read is refused at once."""
    from_folder = Address.of("https://api.test", ca_file=tmp_path, environ={})
    by_variable = Address.of("https://api.test", environ={"SSL_CERT_FILE": str(tmp_path)})

    assert from_folder.tls is not None
    assert by_variable.tls is not None
    assert from_folder.tls.cert_store_stats()["x509"] == by_variable.tls.cert_store_stats()["x509"] == 0
    with pytest.raises(UpstreamSpecError, match="cannot be read"):
        Address.of("https://api.test", ca_file=tmp_path / "none.pem", environ={})


@for_each(
    ("text", "problem"),
    [
        ("http://:80", "has no host"),
        ("//", "has no host"),
        ("http://user@:8080", "has no host"),
        ("http://[proxy", "is not a URL"),
        ("proxy:none", "is not a URL"),
    ],
)
def test_a_proxy_of_the_environment_has_a_host(monkeypatch: pytest.MonkeyPatch, text: str, problem: str) -> None:
    """Otherwise it is named, before anything is sent."""
    monkeypatch.setenv("http_proxy", text)
    monkeypatch.delenv("no_proxy", raising=False)

    with pytest.raises(UpstreamSpecError, match=f"this proxy of the environment {problem}"):
        Address.of("http://api.test")
    assert Address.of("http://127.0.0.1").proxy is None
