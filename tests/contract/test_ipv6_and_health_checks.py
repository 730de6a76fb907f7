"""The roles on IPv6 addresses, and the health checks of their images."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from bench_core.listener import BackgroundServer, PromptServer
from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from fake_hubspot.cli import main as fake_hubspot
from fake_sesam.cli import cli as fake_sesam
from service.health_check import main, targets
from tests.support.cases import for_each
from tests.support.service_process import ServiceProcess

ROOT = Path(__file__).resolve().parents[2]
SPELLINGS = ["::1", "[::1]", "::", "[::]", "127.0.0.1", "localhost"]
DEAD_PROXY = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), "http://127.0.0.1:9")


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def needs_address(host: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6 loopback address")


def health_check_of(role: str, port: int) -> list[str]:
    """Return the health check in a Dockerfile, with the port of a test."""
    text = (ROOT / role / "Dockerfile").read_text().replace("\\\n", "")
    found = re.search(r"^HEALTHCHECK .*?CMD (\[.*\])$", text, re.MULTILINE)
    assert found, text
    [_, *arguments] = json.loads(found[1])
    return [sys.executable, *(re.sub(r"\b(8400|9042)\b", str(port), each) for each in arguments)]


def run_check(role: str, port: int, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = health_check_of(role, port)
    environ = {"PATH": "", "PORT": str(port), **DEAD_PROXY, **environ}
    return subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def serve(role: str, host: str, port: int) -> Result:
    """Run the command `serve` of a fake."""
    command, arguments = (fake_hubspot, []) if role == "fake-hubspot" else (fake_sesam, [str(ROOT / "node")])
    handler = signal.getsignal(signal.SIGTERM)
    try:
        options = ["serve", *arguments, "--host", host, "--port", str(port)]
        return CliRunner().invoke(command, options, env={"SESAM_SECRET_HUBSPOT_API_KEY": "x"})
    finally:
        signal.signal(signal.SIGTERM, handler)


@pytest.fixture(scope="module", params=["::1", "::"])
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, ServiceProcess]]:
    """The connector on an IPv6 address."""
    needs_address(request.param)
    process = ServiceProcess.in_front_of("http://127.0.0.1:9", HOST=request.param)
    yield request.param, process
    process.stop()


def test_the_service_listens_on_an_ipv6_address(service: tuple[str, ServiceProcess]) -> None:
    host, process = service

    reached = [
        requests.get(f"http://{each}:{process.port}/health", timeout=20)
        for each in ("[::1]", "127.0.0.1")[: 1 + (host == "::")]
    ]

    assert {response.status_code for response in reached} == {200}


def test_the_health_check_of_the_image_finds_the_service(service: tuple[str, ServiceProcess]) -> None:
    host, process = service

    found = run_check("service", process.port, HOST=f"[{host}]")

    assert (found.returncode, found.stderr) == (0, "")
    assert main({"HOST": "127.0.0.2", "PORT": str(process.port)}) == (0 if host == "::" else 1)


@for_each(
    ("environ", "found"),
    [
        ({}, [("127.0.0.1", 5000), ("::1", 5000)]),
        ({"HOST": "0.0.0.0", "PORT": "7"}, [("127.0.0.1", 7), ("::1", 7)]),  # noqa: S104 - not bound
        ({"host": "::", "port": "7"}, [("127.0.0.1", 7), ("::1", 7)]),
        ({"HOST": "::1"}, [("::1", 5000)]),
        ({"HOST": "[fd00::5]"}, [("fd00::5", 5000)]),
        ({"HOST": "service.internal"}, [("service.internal", 5000)]),
    ],
)
def test_the_health_check_asks_where_the_service_listens(environ: dict[str, str], found: list[tuple[str, int]]) -> None:
    assert targets(environ) == found


def test_a_health_check_fails_if_nothing_or_something_else_answers(capsys: pytest.CaptureFixture[str]) -> None:
    async def not_found(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    with BackgroundServer(not_found) as server:
        port = server.url.rpartition(":")[2]
        statuses = [main({"HOST": "127.0.0.1", "PORT": port})]
    statuses += [main({"HOST": "127.0.0.1", "PORT": port}), main({"PORT": "no"})]

    assert statuses == [1, 1, 1]
    assert "status 404" in (said := capsys.readouterr().err)
    assert "no answer from 127.0.0.1" in said
    assert "expected a whole number" in said


@pytest.mark.parametrize("host", ["::1", "::", "127.0.0.1"])
def test_the_health_checks_of_the_fakes_find_them(host: str) -> None:
    """The same program for both fakes. A proxy in the environment makes no difference."""
    needs_address(host)
    with Server(HubSpotSettings(contacts=0, host=host)) as server:
        port = int(server.url.rpartition(":")[2])
        checks = [run_check(role, port) for role in ("fake_hubspot", "fake_sesam")]
    after = run_check("fake_sesam", port)

    assert [(check.returncode, check.stderr) for check in checks] == [(0, "")] * 2
    assert after.returncode == 1


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("role", ["fake-hubspot", "fake-sesam"])
def test_the_fakes_listen_on_and_announce_every_spelling_of_an_address(
    role: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_address(host)
    bound: list[tuple[str, int]] = []

    def run(_server: PromptServer, sockets: list[socket.socket]) -> None:
        [listener] = sockets
        bound.append(listener.getsockname()[:2])
        for target in ("::1", "127.0.0.1") if host.strip("[]") == "::" else (bound[0][0],):
            socket.create_connection((target, bound[0][1]), timeout=20).close()

    monkeypatch.setattr(PromptServer, "run", run)

    result = serve(role, host, 0)

    assert result.exit_code == 0, result.output
    [(_, port)] = bound
    shown = {"::1": "[::1]", "localhost": "localhost"}.get(host.strip("[]"), "127.0.0.1")
    assert re.search(rf"http://{re.escape(shown)}:{port}\b", result.output), result.output


@pytest.mark.parametrize("role", ["fake-hubspot", "fake-sesam"])
def test_an_ipv6_address_that_is_taken_is_shown_in_brackets(role: str) -> None:
    needs_address("::1")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        result = serve(role, "::1", port)

    assert result.exit_code == 2
    assert f"cannot listen on [::1]:{port}" in result.output


@pytest.mark.parametrize("host", ["::1", "::"])
def test_the_control_api_is_open_to_this_machine_on_ipv6(host: str) -> None:
    """A client of this machine has the address `::1` or `::ffff:127.0.0.1`."""
    needs_address(host)
    with Server(HubSpotSettings(contacts=0, host=host)) as server:
        port = server.url.rpartition(":")[2]
        urls = [f"http://{each}:{port}/_fake/portals" for each in ("[::1]", "127.0.0.1")[: 1 + (host == "::")]]
        statuses = [requests.get(url, timeout=20).status_code for url in urls]

    assert set(statuses) == {200}
