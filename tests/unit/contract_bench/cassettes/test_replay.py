"""A cassette behind a real socket."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import yaml

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.lint import LintOptions, lint_file
from contract_bench.cassettes.replay import CassetteServer, ReplayOptions
from contract_bench.cassettes.usage import USAGE_VARIABLE
from tests.support.interactions import ORIGIN, contact, interaction, page, walk, write
from tests.support.processes import started

LIST = "/crm/v3/objects/contacts?limit=2"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CassetteServer]:
    """The walk, served."""
    with CassetteServer(write(tmp_path_factory.mktemp("replay") / "walk.yaml")) as server:
        yield server


def test_following_links_stays_on_the_server(server: CassetteServer) -> None:
    """Links point to it, not to HubSpot."""
    first = requests.get(server.url + LIST, timeout=10).json()
    second = requests.get(f"{server.url}{LIST}&after={first['paging']['next']['after']}", timeout=10).json()

    assert first["paging"]["next"]["link"].startswith(f"{server.url}/crm/objects/v3/contacts?")
    assert [row["id"] for row in first["results"] + second["results"]] == ["1", "51", "101"]


def test_a_request_that_is_not_recorded_gets_the_nearest_one_in_the_error(server: CassetteServer) -> None:
    """The error has HubSpot's format, so that connectors show it, but a status that HubSpot does not use."""
    answer = requests.get(f"{server.url}/crm/v3/objects/contacts?limit=5", timeout=10)

    assert answer.status_code == 501
    assert answer.json()["category"] == "CASSETTE_MISS"
    assert answer.json()["nearest"]["differences"] == ["limit is '2', not '5'"]
    assert answer.json()["message"] in server.misses


def test_content_length_matches_the_bytes_sent(tmp_path: Path) -> None:
    """The value in the file does not matter."""
    one = replace(walk()[0].response, headers={"Content-Length": ("3",), "Transfer-Encoding": ("chunked",)})
    path = write(tmp_path / "a.yaml", (replace(walk()[0], response=one),))

    with CassetteServer(path, ReplayOptions(keep_links=True)) as server:
        answer = requests.get(server.url + LIST, timeout=10)

    assert answer.content == walk()[0].response.body
    assert answer.headers["Content-Length"] == str(len(walk()[0].response.body))


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_no_content_length(tmp_path: Path, status: int) -> None:
    path = write(tmp_path / "a.yaml", (interaction(answer=b"", status=status, headers={}),))

    with CassetteServer(path) as server:
        answer = requests.get(server.url + LIST, timeout=10)

    assert answer.status_code == status
    assert "Content-Length" not in answer.headers


def big() -> tuple[bytes, Path]:
    """A body with international text that is large enough to be compressed, and its cassette."""
    body = json.dumps(
        page(*(contact(number, firstname="Øyvind \u2028 雪") for number in range(200))), ensure_ascii=False
    )
    return body.encode(), Path("big.yaml")


def test_a_compressed_body_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    """Whatever else the client would take: this is what curl sends with `--compressed`."""
    body, name = big()
    path = write(tmp_path / name, (interaction(answer=body),))

    with CassetteServer(path) as server:
        wanted = {"Accept-Encoding": "deflate, gzip, br, zstd"}
        answer = requests.get(server.url + LIST, headers=wanted, stream=True, timeout=10)
        sent = answer.raw.read(decode_content=False)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(sent) < len(body)
    assert gzip.decompress(sent) == body


def test_a_client_that_does_not_accept_gzip_gets_no_compression(tmp_path: Path) -> None:
    """HubSpot does the same."""
    body, name = big()
    path = write(tmp_path / name, (interaction(answer=body),))

    with CassetteServer(path) as server:
        answer = requests.get(server.url + LIST, headers={"Accept-Encoding": "identity"}, timeout=10)

    assert "Content-Encoding" not in answer.headers
    assert answer.content == body


def test_a_ruby_cassette_is_served(tmp_path: Path) -> None:
    """Including compressed bodies."""
    one = walk()[0]
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Encoding": ["gzip"]},
        "body": {"encoding": "ASCII-8BIT", "string": gzip.compress(one.response.body)},
    }
    asked = {"method": "get", "uri": one.request.uri, "body": {"string": ""}, "headers": {}}
    path = tmp_path / "a.yml"
    path.write_text(yaml.safe_dump({"http_interactions": [{"request": asked, "response": response}]}), "utf-8")

    with CassetteServer(path, ReplayOptions(keep_links=True)) as server:
        answer = requests.get(server.url + LIST, timeout=10)

    assert answer.content == one.response.body


def test_interactions_played_by_the_server_are_recorded_in_the_usage_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lint uses this to find unused interactions."""
    path, usage = write(tmp_path / "a.yaml"), tmp_path / "usage.jsonl"
    monkeypatch.setenv(USAGE_VARIABLE, str(usage))

    with CassetteServer(path) as server:
        requests.get(server.url + LIST, timeout=10)

    (finding,) = lint_file(path, LintOptions(usage=usage))
    assert finding.message.startswith("interaction 1 ")


def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    """It prints the port that it has chosen."""
    path = write(tmp_path / "a.yaml")
    command = [sys.executable, "-u", "-m", "contract_bench", "replay", str(path), "--port", "0", "--keep-links"]

    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        answer = requests.get(lines[1].strip() + LIST, timeout=10)

    assert "recorded from the fake" in lines[0]
    assert answer.content == read_cassette(path).interactions[0].response.body
    assert ORIGIN in answer.text
