"""The Makefile: what is not only a list of commands."""

import shutil
import subprocess
from pathlib import Path

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
