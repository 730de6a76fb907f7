"""The command line: exit statuses and messages."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_bench.cli import main

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
