"""The programs that the package installs."""

import gc
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench_core import start

ROOT = Path(__file__).resolve().parents[3]
WRAPPED = RuntimeError("Error calling __set_name__ on 'Field' instance")
WRAPPED.__cause__ = KeyboardInterrupt()
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), WRAPPED])
def test_ctrl_c_during_the_imports_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    def interrupted(_module: str) -> None:
        raise error

    monkeypatch.setattr(start, "import_module", interrupted)
    with pytest.raises(SystemExit) as ended:
        start.fake_sesam()

    assert ended.value.code == 130
    assert capsys.readouterr().err == "fake-sesam: interrupted (SIGINT)\n"


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Let the collector see everything again: only a program that starts for good hides things from it."""
    yield
    gc.unfreeze()


def test_a_defect_in_an_import_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_module: str) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(start, "import_module", broken)

    with pytest.raises(RuntimeError, match="a defect"):
        start.fake_hubspot()


def test_each_script_runs_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def imported(module: str) -> SimpleNamespace:
        return SimpleNamespace(main=lambda: ran.append(module))

    monkeypatch.setattr(start, "import_module", imported)
    for script in SCRIPTS.values():
        getattr(start, script.removeprefix("bench_core.start:"))()

    assert ran == ["contract_bench.cli", "fake_hubspot.cli", "fake_sesam.cli"]


def test_ctrl_c_during_the_imports_of_python_m_is_no_traceback_either() -> None:
    """Python imports the package first, then its `__main__`; what takes long must not be among these."""
    probe = """
import runpy, sys

class PressesCtrlC:
    def find_spec(self, name, *_):
        if name == "click":
            raise KeyboardInterrupt

sys.meta_path.insert(0, PressesCtrlC())
for module in ("contract_bench", "fake_hubspot", "fake_sesam"):
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        print(module, end.code)
"""
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["contract_bench", "130", "fake_hubspot", "130", "fake_sesam", "130"]
    programs = ("contract-bench", "fake-hubspot", "fake-sesam")
    assert done.stderr.splitlines() == [f"{program}: interrupted (SIGINT)" for program in programs]
