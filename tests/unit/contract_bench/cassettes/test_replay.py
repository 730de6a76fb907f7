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

LIST = "/crm/v3/objects/contacts?limit=2"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CassetteServer]:
    """The walk, served."""
    with CassetteServer(write(tmp_path_factory.mktemp("replay") / "walk.yaml")) as server:
        yield server


def test_a_walk_over_the_links_stays_on_the_server(server: CassetteServer) -> None:
    """Links lead to it, not to HubSpot."""
    first = requests.get(server.url + LIST, timeout=10).json()
    second = requests.get(f"{server.url}{LIST}&after={first['paging']['next']['after']}", timeout=10).json()

    assert first["paging"]["next"]["link"].startswith(f"{server.url}/crm/objects/v3/contacts?")
    assert [row["id"] for row in first["results"] + second["results"]] == ["1", "51", "101"]


def test_a_request_that_is_not_recorded_is_told_the_nearest(server: CassetteServer) -> None:
    """In HubSpot's error envelope, so that a connector shows it, under a status nobody takes for HubSpot's."""
    answer = requests.get(f"{server.url}/crm/v3/objects/contacts?limit=5", timeout=10)

    assert answer.status_code == 501
    assert answer.json()["category"] == "CASSETTE_MISS"
    assert answer.json()["nearest"]["differences"] == ["limit is '2', not '5'"]
    assert answer.json()["message"] in server.misses


def test_the_length_is_that_of_what_is_sent(tmp_path: Path) -> None:
    """Whatever stands in the file."""
    one = replace(walk()[0].response, headers={"Content-Length": ("3",), "Transfer-Encoding": ("chunked",)})
    path = write(tmp_path / "a.yaml", (replace(walk()[0], response=one),))

    with CassetteServer(path, ReplayOptions(keep_links=True)) as server:
        answer = requests.get(server.url + LIST, timeout=10)

    assert answer.content == walk()[0].response.body
    assert answer.headers["Content-Length"] == str(len(walk()[0].response.body))


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_no_length(tmp_path: Path, status: int) -> None:
    """As HTTP has it."""
    path = write(tmp_path / "a.yaml", (interaction(answer=b"", status=status, headers={}),))

    with CassetteServer(path) as server:
        answer = requests.get(server.url + LIST, timeout=10)

    assert answer.status_code == status
    assert "Content-Length" not in answer.headers


def big() -> tuple[bytes, Path]:
    """A body that HubSpot would compress, with letters from everywhere, and its name."""
    body = json.dumps(
        page(*(contact(number, firstname="Øyvind \u2028 雪") for number in range(200))), ensure_ascii=False
    )
    return body.encode(), Path("big.yaml")


def test_curl_gets_a_compressed_body_back_to_the_last_byte(tmp_path: Path) -> None:
    """Compressed on the wire, equal afterwards."""
    body, name = big()
    path = write(tmp_path / name, (interaction(answer=body),))

    with CassetteServer(path) as server:
        curl = ["curl", "--silent", "--compressed", "--dump-header", "/dev/stderr", server.url + LIST]
        done = subprocess.run(curl, capture_output=True, check=True, timeout=30)

    assert done.stdout == body
    assert b"content-encoding: gzip" in done.stderr.lower()


def test_who_does_not_ask_for_compression_gets_none(tmp_path: Path) -> None:
    """As on the real wire."""
    body, name = big()
    path = write(tmp_path / name, (interaction(answer=body),))

    with CassetteServer(path) as server:
        answer = requests.get(server.url + LIST, headers={"Accept-Encoding": "identity"}, timeout=10)

    assert "Content-Encoding" not in answer.headers
    assert answer.content == body


def test_a_ruby_cassette_is_served(tmp_path: Path) -> None:
    """Its compressed bodies too."""
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


def test_what_is_played_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that lint finds what no test uses."""
    path, usage = write(tmp_path / "a.yaml"), tmp_path / "usage.jsonl"
    monkeypatch.setenv(USAGE_VARIABLE, str(usage))

    with CassetteServer(path) as server:
        requests.get(server.url + LIST, timeout=10)

    (finding,) = lint_file(path, LintOptions(usage=usage))
    assert finding.message.startswith("interaction 1 ")


def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    """On a free port that it names."""
    path = write(tmp_path / "a.yaml")
    command = [sys.executable, "-u", "-m", "contract_bench", "replay", str(path), "--port", "0", "--keep-links"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            answer = requests.get(lines[1].strip() + LIST, timeout=10)
        finally:
            process.terminate()

    assert "recorded from the fake" in lines[0]
    assert answer.content == read_cassette(path).interactions[0].response.body
    assert ORIGIN in answer.text
