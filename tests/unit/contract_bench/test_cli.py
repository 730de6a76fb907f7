"""The command line: exit statuses and messages."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from contract_bench.cassettes.evidence import Origin
from contract_bench.cassettes.record import SCENARIOS, RecordOptions
from contract_bench.cli import main
from contract_bench.commands import record as record_command
from tests.support.interactions import interaction, write

NODE_DIR = Path(__file__).resolve().parents[3] / "node"


@pytest.mark.parametrize(("scenario", "status"), [("success", 0), ("server-error", 1)])
def test_exit_status_shows_whether_the_pump_completed(scenario: str, status: int) -> None:
    """0 if the pump completed, 1 if it failed."""
    arguments = ["demo", "--scenario", scenario, "--contacts", "3", "--node-dir", str(NODE_DIR)]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == status, result.output


def test_missing_node_directory_is_explained(tmp_path: Path) -> None:
    """A user's mistake gives status 2 and a message with advice, without a traceback."""
    result = CliRunner().invoke(main, ["demo", "--node-dir", str(tmp_path / "nope")])

    assert result.exit_code == 2
    assert "expected a directory at" in result.output
    assert "--node-dir" in result.output
    assert "Traceback" not in result.output


def test_wrong_configuration_is_explained(tmp_path: Path) -> None:
    """A configuration that a node would refuse gives status 2 and names the file."""
    (tmp_path / "pipes").mkdir()
    (tmp_path / "pipes" / "broken.conf.json").write_text("{")

    result = CliRunner().invoke(main, ["demo", "--node-dir", str(tmp_path)])

    assert result.exit_code == 2
    assert "broken.conf.json" in result.output


def test_unknown_scenario_names_the_known_ones() -> None:
    """The message lists the scenarios."""
    result = CliRunner().invoke(main, ["demo", "--scenario", "nope"])

    assert result.exit_code == 2
    assert "error-on-page-2" in result.output


@pytest.mark.parametrize("command", ["matrix", "scenario"])
def test_a_variable_without_a_value_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    arguments = [str(tmp_path / "file")] if command == "scenario" else []

    result = CliRunner().invoke(main, [command, *arguments, "--env", "A=b", "--env", "C"])

    assert result.exit_code == 2
    assert "expected NAME=VALUE, got 'C'" in result.output


@pytest.mark.parametrize("option", [(), ("--fail-expired",)])
def test_lint_prints_each_finding_and_fails_for_errors(option: tuple[str, ...], tmp_path: Path) -> None:
    """An old recording is a warning unless the user wants an error."""
    old = write(tmp_path / "old.yaml", expires_at="2020-01-01T00:00:00Z")

    result = CliRunner().invoke(main, ["lint", str(tmp_path), *option])

    assert result.exit_code == (1 if option else 0), result.output
    assert str(old) in result.stdout
    assert result.stderr == f"1 cassette: {'1 error, 0 warnings' if option else '0 errors, 1 warning'}\n"


def test_verify_of_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A check that looked at nothing must not pass."""
    result = CliRunner().invoke(main, ["verify", str(tmp_path)])

    assert result.exit_code == 2
    assert f"expected cassettes (*.yaml) in {tmp_path}, found none" in result.output


@pytest.mark.parametrize("command", ["lint", "verify"])
def test_the_folder_that_is_read_without_a_path_may_be_missing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, [command])

    assert result.exit_code == 2
    assert "expected cassettes (*.yaml) in cassettes/ (which is read if no path is given), found none" in result.output


def test_an_empty_cassette_beside_a_good_one_does_not_pass(tmp_path: Path) -> None:
    """What the good one showed is printed all the same."""
    write(tmp_path / "good.yaml")
    empty = write(tmp_path / "none.yaml", ())

    result = CliRunner().invoke(main, ["verify", str(tmp_path)])

    assert result.exit_code == 2
    assert "good.yaml" in result.stdout
    assert f"expected recorded interactions in {empty}, found none" in result.stderr


def test_two_recordings_without_a_common_request_are_not_compared(tmp_path: Path) -> None:
    then = write(tmp_path / "then.yaml")
    other = interaction(uri="https://api.hubapi.com/crm/v3/owners/")
    now = write(tmp_path / "now.yaml", (other,))

    result = CliRunner().invoke(main, ["verify", str(then), "--with", str(now)])

    assert result.exit_code == 2, result.output
    assert f"expected a request of {then} in {now}, found none" in result.output


def test_an_option_without_a_name_does_not_select_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable in a script of a CI is a mistake."""
    monkeypatch.chdir(tmp_path)
    for option in ("--faults", "--places", "--times"):
        for value in ("", " ", ","):
            result = CliRunner().invoke(main, ["matrix", option, value])

            assert result.exit_code == 2
            assert f"Invalid value for '{option}': expected a name, got {value!r}" in result.output


@pytest.mark.parametrize("arguments", [[], ["a.yaml", "b.yaml"], ["a.yaml", "--against", "http://127.0.0.1:9"]])
def test_verify_compares_exactly_two_cassettes_with_each_other(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml", "later.yaml"):
        write(tmp_path / name)

    result = CliRunner().invoke(main, ["verify", *arguments, "--with", "later.yaml"])

    assert result.exit_code == 2
    assert "--with compares two cassettes" in result.output


def test_record_all_records_every_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def note(name: str, options: RecordOptions) -> SimpleNamespace:
        asked.append((name, options.token))
        evidence = SimpleNamespace(interactions=3, origin=Origin.FAKE)
        return SimpleNamespace(path=options.directory / f"{name}.yaml", evidence=evidence)

    monkeypatch.setattr(record_command, "record_scenario", note)
    runner = CliRunner(env={"HUBSPOT_TOKEN": " t "})

    result = runner.invoke(main, ["record", "--scenario", "all", "--output", str(tmp_path)])

    assert result.exit_code == 0, result.output
    assert asked == [(name, "t") for name in SCENARIOS]
    assert f"{tmp_path / 'full-walk.yaml'}: 3 interactions, recorded from the fake" in result.stdout
