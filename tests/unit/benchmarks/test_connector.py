"""What `python -m benchmarks.connector` rejects. Its output is tested with the page that shows it."""

from click.testing import CliRunner

from benchmarks.connector import main


def test_a_connector_that_is_already_running_is_rejected() -> None:
    """It would not read from the stub."""
    done = CliRunner().invoke(main, ["http://127.0.0.1:5000"])

    assert done.exit_code == 2
    assert "expected a command or an image, got a URL" in done.output


def test_a_connector_that_does_not_start_is_reported_with_its_last_lines() -> None:
    """Without a traceback."""
    done = CliRunner().invoke(main, ["python -c 'raise SystemExit(\"no port\")'", "--contacts", "1"])

    assert done.exit_code == 1
    assert "no port" in done.output
    assert "Traceback" not in done.output
