"""Whatever bytes arrive, a fake answers or closes the connection: no 500, no request without an end, nothing left."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fake_hubspot import Server, Settings
from fake_sesam import Node, NodeOptions, NodeServer
from tests.support.waiting import wait_until

# `make soak` raises it.
EXAMPLES = int(os.environ.get("RAW_HTTP_EXAMPLES", "60"))
PATIENCE_S = 10.0
TOKEN = Settings().token.encode()

METHODS = st.sampled_from(
    [b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"get", b"TRACE", b"PRI", b"\xff"]
)
HUBSPOT_PATHS = [
    b"/crm/v3/objects/contacts",
    b"/crm/v3/objects/contacts/1",
    b"/crm/v3/objects/contacts/search",
    b"/crm/v3/objects/contacts/batch/read",
    b"/crm/v3/properties/contacts",
    b"/crm/v4/objects/contacts/1/associations/companies",
    b"/oauth/v1/token",
    b"/_fake/portals",
    b"/_fake/seed",
    b"/_fake/faults",
    b"/_fake/journal",
    b"/_fake/clock",
]
SESAM_PATHS = [
    b"/api/config",
    b"/api/systems",
    b"/api/pipes",
    b"/api/pipes/p/pump",
    b"/api/datasets/d/entities",
    b"/api/env",
    b"/api/secrets",
    b"/api/run-all-pipes",
    b"/api/admin",
    b"/api/publishers/p/entities",
]
PIECES = st.sampled_from(
    [b"", b"/", b"//", b"/..", b"/%2e%2e/", b"%", b"%zz", b"%00", b"%ff", b"\x00", b"\xc3\xa9", b"?", b"#",
     b"?a", b"?&&=",
     b"?limit=-1", b"?limit=" + b"9" * 30,
     b"?after=%ff", b"?since=x", b"?properties=" + b"a," * 50, b" ", b"\t", b"*"]
)  # fmt: skip
HEADERS = st.sampled_from(
    [b"Authorization: Bearer " + TOKEN, b"Authorization: Basic x", b"Authorization:", b"Content-Type: application/json",
     b"Content-Type: multipart/form-data", b"Content-Type: application/x-www-form-urlencoded", b"Content-Type: \xff",
     b"Accept-Encoding: gzip, br;q=0", b"Expect: 100-continue", b"Connection: keep-alive", b"Connection: upgrade",
     b"Upgrade: h2c", b"Content-Encoding: gzip", b"Cookie: a=b", b"X: \x00", b": empty", b"no colon", b" folded",
     b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Content-Length: -1", b"Content-Length: 1e3",
     b"Content-Length: 99999999999999999999", b"X-Forwarded-For: evil", b"X-HTTP-Method-Override: DELETE"]
)  # fmt: skip
BODIES = st.one_of(
    st.sampled_from(
        [b"", b"{", b"[]", b"{}", b"null", b'"\\ud800"', b"[" * 5_000, b"9" * 5_000, b'{"properties": null}', b"1e999",
         b'{"properties": {"email": "\\u0000"}}', b'{"inputs": [[]]}', b'{"filterGroups": 7}', b"\xff\xfe{\x00}\x00",
         b"a=b&c=%",
         b'{"_id": "x", "type": "pipe"}', b'[{"_id": 1}]', b"--x\r\n\r\n", b"PK\x03\x04", b"\x1f\x8b"]
    ),
    st.binary(max_size=60),
)  # fmt: skip


@st.composite
def requests_of(draw: st.DrawFn, paths: list[bytes]) -> bytes:
    """One request, or what looks like one."""
    target = draw(st.sampled_from(paths)) + b"".join(draw(st.lists(PIECES, max_size=2)))
    lines = [draw(METHODS) + b" " + target + draw(st.sampled_from([b" HTTP/1.1", b" HTTP/1.0", b" HTTP/9.9", b""]))]
    lines += draw(
        st.sampled_from([[b"Host: localhost"], [b"Host: localhost"], [], [b"Host: a", b"Host: b"], [b"Host: \xff"]])
    )
    lines += draw(st.lists(HEADERS, max_size=4))
    body = draw(BODIES)
    if draw(st.booleans()):
        lines.append(b"Content-Length: %d" % (len(body) + draw(st.sampled_from([0, 0, 0, -1, 5]))))
    content = b"\r\n".join([*lines, b"", b""]) + body
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(max_size=3)) + content[at + 1 :]
    return content


def exchange(url: str, content: bytes) -> bytes:
    """Send bytes and then nothing more; return everything that comes back until the connection ends."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE_S) as connection:
        received = b""
        with suppress(ConnectionError):
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65_536):
                received += piece
        return received


def check(server: Any, content: bytes) -> None:
    """Send a request and look at the answer and at what it left."""
    answer = exchange(server.url, content)

    status = answer.partition(b"\r\n")[0]
    assert answer == b"" or status.startswith(b"HTTP/1.1 "), answer[:200]
    assert b" 500 " not in status, (content, answer[:500])
    assert b"Traceback" not in answer
    wait_until(lambda: len(server._server.server_state.tasks), "no request under way", is_met=lambda count: count == 0)


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Server]:
    """A fake HubSpot."""
    with Server(Settings(contacts=3)) as server:
        yield server


@pytest.fixture(scope="module")
def sesam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeServer]:
    """A fake node without pipes."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "node-metadata.conf.json").write_text('{"_id": "node", "type": "metadata"}')
    with Node(folder, NodeOptions(data_dir=folder / "data")) as node, NodeServer(node) as server:
        yield server


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No bug is logged."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


FUZZ = settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@FUZZ
@given(content=requests_of(HUBSPOT_PATHS))
@example(content=b"\r\n\r\n\r\n")
@example(
    content=b"POST /crm/v3/objects/contacts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
)
def test_the_fake_hubspot_survives(hubspot: Server, content: bytes) -> None:
    check(hubspot, content)


@FUZZ
@given(content=requests_of(SESAM_PATHS))
@example(content=b"GET /api/pipes/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")
def test_the_fake_node_survives(sesam: NodeServer, content: bytes) -> None:
    check(sesam, content)


def test_both_still_answer(hubspot: Server, sesam: NodeServer) -> None:
    """After whatever came before."""
    for server in (hubspot, sesam):
        assert requests.get(f"{server.url}/health", timeout=10).status_code == 200
