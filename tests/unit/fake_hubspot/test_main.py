"""The command line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from fake_hubspot import evidence
from fake_hubspot.cli import LEVELS, main
from tests.support.processes import started


def test_serve_prints_where_it_listens_and_a_line_to_try() -> None:
    """On a free port, with the token; a terminate signal stops it, and no line of a request is lost."""
    command = [sys.executable, "-m", "fake_hubspot", "serve", "--port", "0", "--contacts", "3"]
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        token = process.stdout.readline().split()[-1]
        line = process.stdout.readline()
        answer = requests.get(f"{url}/crm/v3/objects/contacts", headers={"Authorization": f"Bearer {token}"}, timeout=9)
        health = requests.get(f"{url}/health", timeout=9)
        process.terminate()
        lines, _ = process.communicate(timeout=9)

    assert len(answer.json()["results"]) == 3
    assert health.json()["status"] == "ok"
    assert re.fullmatch(r"[\d:.]+ GET    /crm/v3/objects/contacts 200 [\d.]+ ms\n", lines)
    assert re.fullmatch(r"try: curl -H 'Authorization: Bearer pat-.*' 'http://127.*'\n", line)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "nonsense"], "there is no scenario 'nonsense'"),
        (["--seed-cassette", "nowhere.yaml"], "cannot seed from nowhere.yaml"),
        (["--contacts", "-1"], "-1"),
        (["--token", "two words"], "a token consists of visible ASCII characters"),
        (["--port", "70000"], "70000"),
        (["--host", "203.0.113.1", "--port", "0"], "cannot listen on 203.0.113.1:0"),
    ],
)
def test_a_wrong_option_ends_with_status_2_and_a_sentence(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a traceback."""
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, ["serve", *arguments])

    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_the_scenarios_and_the_faults_are_listed() -> None:
    """One per line with its effect; one fault in full, by any of its names."""
    scenarios = CliRunner().invoke(main, ["scenarios"]).output.splitlines()
    faults = CliRunner().invoke(main, ["faults"]).output.splitlines()
    one = CliRunner().invoke(main, ["faults", "EMPTY_RESPONSE"]).output

    assert "success                         Everything works." in scenarios
    assert "empty-response            A clean close (FIN) before the first byte." in faults
    assert one.startswith("empty-response\n")


def test_an_unknown_fault_is_told_with_the_known_ones() -> None:
    """The command ends with status 2."""
    result = CliRunner().invoke(main, ["faults", "nonsense"])

    assert result.exit_code == 2
    assert "Known: absurd-pause, archived-during-walk" in result.output


def test_the_levels_of_the_command_line_are_those_of_the_table() -> None:
    """The command line repeats them, so that `serve` does not load the table."""
    assert evidence.LEVELS == LEVELS


def test_a_start_loads_only_what_the_first_requests_need() -> None:
    """Without faults, older APIs, further families, control API and seed files, a start takes a third less time."""
    program = """
import sys
import fake_hubspot.cli
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings
build_app(Settings())
print(sorted(name for name in sys.modules if name.startswith(("bench_core.faults.", "fake_hubspot.faults."))))
late = ("bench_core.control", "fake_hubspot.crm.families", "fake_hubspot.legacy")
print(sorted(name for name in sys.modules if name.startswith(late)))
for package in ("control", "seeds"):
    print(sorted(name for name in sys.modules if name.startswith(f"fake_hubspot.{package}.")))
"""
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    shared = ("definition", "discovery", "fault", "fault_set", "firing", "registry", "rule")
    own = ("fault", "fault_set", "firing", "page_shapes", "registry")
    kept = [f"bench_core.faults.{name}" for name in shared] + [f"fake_hubspot.faults.{name}" for name in own]
    control = ["fake_hubspot.control.health"]
    seeds = [f"fake_hubspot.seeds.{name}" for name in ("files", "names", "people", "samples", "seeder")]
    assert loaded.splitlines() == list(map(str, (kept, [], control, seeds)))
