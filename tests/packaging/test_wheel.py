"""The wheel alone, in an empty environment and an empty folder, does what a checkout does."""

import os
import re
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.processes import run_command

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 250  # of a command that takes seconds, on a busy machine
DEPENDENCIES = sysconfig.get_paths()["purelib"]
TEST = """
def test_a_failed_page_deletes_nothing(hubspot_faults, sesam_node):
    assert sesam_node.pull().ok
    hubspot_faults.add("server-error", page=2, times="forever")
    assert not sesam_node.pull().ok
"""
SETTINGS = """
[pytest]
contract_bench_connector = python -m contract_bench.bundled
contract_bench_contacts = 12
contract_bench_environment =
    HUBSPOT_PAGE_SIZE=5
    HUBSPOT_RETRY_BUDGET_S=0.1
"""
Run = Callable[..., str]


def execute(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a command that has to succeed; return what it prints."""
    done = run_command(command, cwd=cwd, env=env, timeout_s=TIMEOUT_S)
    assert done.returncode == 0, done.stdout
    return done.stdout


def build(source: Path, target: str, folder: Path) -> Path:
    """Build a distribution; return its path."""
    execute(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder), cwd=source)
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution."""
    source = tmp_path_factory.mktemp("source")
    execute("tar", "-xzf", str(sdist), "-C", str(source), "--strip-components", "1")
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program of an environment that has the wheel and its dependencies, in an empty folder."""
    environment, folder = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("empty")
    execute(sys.executable, "-m", "venv", "--without-pip", str(environment))
    [packages] = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # the dependencies alone: the .pth file of the checkout's own installation is not read from there
    (packages / "dependencies.pth").write_text(f"{DEPENDENCIES}\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}

    environ["HUBSPOT_TOKEN"] = "pat-na1-00000000-0000-4000-8000-000000000000"

    def call(module: str, *arguments: str) -> str:
        return execute(str(environment / "bin" / "python"), "-m", module, *arguments, cwd=folder, env=environ)

    (folder / "test_it.py").write_text(TEST)
    (folder / "pytest.ini").write_text(SETTINGS)
    return call


@pytest.fixture(scope="module")
def fake_url(wheel: Path) -> Iterator[str]:
    from fake_hubspot import Server, Settings

    del wheel
    with Server(Settings(contacts=3)) as server:
        yield server.url


@pytest.mark.proof
def test_the_wheel_of_the_source_distribution_is_that_of_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """And holds the connector and the node, but no compiled files."""
    direct = build(ROOT, "wheel", tmp_path)

    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(direct) as other:
        names = one.namelist()
        assert {name: one.read(name) for name in names} == {name: other.read(name) for name in other.namelist()}
    assert "contract_bench/bundled/service/__main__.py" in names
    assert "contract_bench/bundled/node/systems/hubspot.conf.json" in names
    assert [name for name in names if "__pycache__" in name or name.startswith(("service/", "tests/"))] == []


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_every_command_works_from_the_wheel_in_an_empty_folder(run: Run, fake_url: str) -> None:
    assert "Serve HubSpot CRM records" in run("contract_bench.bundled", "--help")
    shown = run("contract_bench", "demo", "--contacts", "3")
    played = run("contract_bench", "matrix", "--cell", "full/list:first/once/server-error")
    recorded = run("contract_bench", "record", "--base-url", fake_url)
    checked = run("contract_bench", "lint")
    made = run("fake_sesam", "init", "my-connector")
    tested = run("pytest", "-q", "-p", "no:cacheprovider")

    assert "dataset unchanged: 3 entities, 0 deleted" in shown
    assert "recovered  full/list:first/once/server-error" in played
    assert re.search(r"full-walk\.yaml: [1-9]\d* interactions?, recorded from the fake", recorded)
    assert "1 cassette: 0 errors" in checked
    assert "python -m pytest" in made
    assert "5 passed" in tested  # one here, four of the connector that init made
