"""What `python -m benchmarks.connector` refuses; what it shows stands in its page, which is run."""

from click.testing import CliRunner

from benchmarks.connector import main


def test_a_connector_that_runs_already_is_refused() -> None:
    """It asks a HubSpot that is not the stub."""
    done = CliRunner().invoke(main, ["http://127.0.0.1:5000"])

    assert done.exit_code == 2
    assert "give a command or an image" in done.output


def test_a_connector_that_does_not_start_is_told_with_its_last_lines() -> None:
    """And without a traceback."""
    done = CliRunner().invoke(main, ["python -c 'raise SystemExit(\"no port\")'", "--contacts", "1"])

    assert done.exit_code == 1
    assert "no port" in done.output
    assert "Traceback" not in done.output
