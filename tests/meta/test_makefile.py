"""The Makefile: what is not only a list of commands."""

import shutil
import subprocess
from pathlib import Path

from tests.support.cases import Cases

ROOT = Path(__file__).resolve().parents[2]


def planned(folder: Path) -> str:
    """Return what `make` would do to get the environment."""
    command = ["make", "--no-print-directory", "--dry-run", ".venv/bin/uv"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_checkout_that_was_moved_gets_a_new_environment(tmp_path: Path) -> None:
    """Its programs hold the old path, and would end with error 127."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "uv.txt").write_text("uv\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "uv").touch()
    pip = tmp_path / ".venv" / "bin" / "pip"

    pip.write_text(f"#!{tmp_path.resolve()}/.venv/bin/python3\n")
    assert "up to date" in planned(tmp_path)
    pip.write_text("#!/old/place/.venv/bin/python3\n")
    assert "-m venv --clear .venv" in planned(tmp_path)


def measured(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `make coverage` with the programs of a folder."""
    settings = ["BIN=./bin", "VENV=.", "--old-file=./.test"]  # `make` knows no blanks in the names of files
    command = ["make", "--no-print-directory", *settings, "coverage"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_table_of_the_coverage_is_printed_whether_the_tests_pass_or_not(tmp_path: Path, cases: Cases) -> None:
    """It fails with the status of the tests, or with that of the table, or of a report that cannot be made."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / ".test").touch()
    for program in ("coverage", "python"):
        (tmp_path / "bin" / program).touch(mode=0o755)
    for tests, combined, table, status, output in (
        (0, 0, 0, "", "run combine json table "),
        (3, 0, 0, "Error 3", "run combine json table "),
        (3, 0, 1, "Error 3", "run combine json table "),
        (0, 0, 1, "Error 1", "run combine json table "),
        (0, 4, 0, "Error 4", "run combine "),
        (3, 4, 0, "Error 3", "run combine "),
    ):
        with cases.case((tests, combined, table)):
            coverage = f'printf "$1 "; case $1 in run) exit {tests};; combine) exit {combined};; esac'
            (tmp_path / "bin" / "coverage").write_text(f"#!/bin/sh\n{coverage}\n")
            (tmp_path / "bin" / "python").write_text(f'#!/bin/sh\nprintf "table "; exit {table}\n')

            done = measured(tmp_path)

            steps = [line for line in done.stdout.splitlines(keepends=True) if line.startswith("run ")]
            assert (done.returncode != 0, steps) == (bool(status), [output])
            assert status in done.stderr
            assert ("The tests failed" in done.stderr) == (tests != 0)
