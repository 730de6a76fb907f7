"""The wheel alone, in an empty environment and an empty folder, does what a checkout does."""

import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import requests

from bench_core.signals import ENDING_SIGNALS
from tests.support.processes import read_until, run_command, started
from tests.support.waiting import wait_until

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
# `make soak` tries each signal 20 times.
TRIES = int(os.environ.get("SIGNAL_TRIES", "0"))
SIGNALS = {
    "demo": ("demo", "--contacts", "20000"),
    "matrix": ("matrix", "--mode", "full"),
    "record": ("record",),
    "up": ("up", "--hubspot-port", "0", "--node-port", "0"),
}
CONNECTOR = "contract_bench.bundled"
PIPE = "hubspot-contacts-collect"


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


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that has the wheel and its dependencies, and an empty folder."""

    python: str
    folder: Path
    environ: Mapping[str, str]

    def run(self, module: str, *arguments: str) -> str:
        """Run a program that has to succeed; return what it prints."""
        return execute(self.python, "-m", module, *arguments, cwd=self.folder, env=self.environ)

    def start(self, *arguments: str, folder: Path, **environ: str) -> AbstractContextManager["subprocess.Popen[str]"]:
        """Start `contract-bench` in a folder."""
        command = [self.python, "-m", "contract_bench", *arguments]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return started(command, cwd=folder, env={**self.environ, **environ}, **streams)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed."""
    environment, folder = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("empty")
    execute(sys.executable, "-m", "venv", "--without-pip", str(environment))
    [packages] = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # the dependencies alone: the .pth file of the checkout's own installation is not read from there
    (packages / "dependencies.pth").write_text(f"{DEPENDENCIES}\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}

    environ["HUBSPOT_TOKEN"] = "pat-na1-00000000-0000-4000-8000-000000000000"
    (folder / "test_it.py").write_text(TEST)
    (folder / "pytest.ini").write_text(SETTINGS)
    return Installed(str(environment / "bin" / "python"), folder, environ)


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
def test_every_command_works_from_the_wheel_in_an_empty_folder(installed: Installed, fake_url: str) -> None:
    run = installed.run
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


@pytest.mark.proof
def test_up_runs_from_the_wheel_in_an_empty_folder_and_opens_its_page(installed: Installed, tmp_path: Path) -> None:
    """With the connector and the node that come with it, until Ctrl-C."""
    browser, opened, empty = tmp_path / "browser", tmp_path / "opened", tmp_path / "empty"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {shlex.quote(str(opened))}\n')
    browser.chmod(0o755)
    empty.mkdir()

    with installed.start(*SIGNALS["up"], "--open", folder=empty, BROWSER=str(browser)) as process:
        said = read_until(process, "Ctrl-C ends")
        found = re.search(r"API at (\S+)/api", said)
        assert found is not None, said
        answer = requests.post(f"{found[1]}/api/pipes/{PIPE}/pump", data={"operation": "start"}, timeout=60)
        said = read_until(process, f"{PIPE} completed")
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=TIMEOUT_S)[0]

    assert answer.status_code == 200
    assert "250 processed" in said
    # on a busy machine the limit of time cuts the end short
    assert process.returncode in {0, 130}
    assert process.returncode or rest.rstrip().endswith("stopped: the fake HubSpot, the node and the connector")
    assert opened.read_text() == f"{found[1]}/\n"
    wait_until(lambda: not running_in(empty), "the end of what was started")


@pytest.mark.proof
@pytest.mark.timeout(3600 if TRIES else 300)
def test_a_signal_leaves_no_process(installed: Installed, fake_url: str, tmp_path: Path) -> None:
    """Each command is signalled while its connector runs; `make soak` also tries moments before that."""
    for name, arguments in SIGNALS.items():
        options = ("--base-url", fake_url) if name == "record" else ()
        for number in ENDING_SIGNALS if TRIES else ENDING_SIGNALS[len(name) % 3 :][:1]:
            for attempt in range(TRIES or 1):
                folder = tmp_path / f"{name}-{number.name}-{attempt}"
                folder.mkdir()
                with installed.start(*arguments, *options, folder=folder) as process:
                    if name == "up":
                        start_a_pipe(process)
                    if attempt % 2 == 0:
                        wait_until(partial(has_connector, folder, process), "the connector", timeout_s=60)
                    else:
                        time.sleep(random.uniform(0.5, 2))  # noqa: S311 - any moment of the start
                    process.send_signal(number)
                    said = process.communicate(timeout=TIMEOUT_S)[0]

                assert process.returncode in {0, -number, 128 + number}, said
                wait_until(partial(is_empty, folder), f"the end of what {name} started", timeout_s=60)
                shutil.rmtree(folder)


def start_a_pipe(process: "subprocess.Popen[str]") -> None:
    """Let the node of `up` start its connector."""
    found = re.search(r"API at (\S+)/api", read_until(process, "Ctrl-C ends"))
    assert found is not None
    requests.post(f"{found[1]}/api/pipes/{PIPE}/pump", data={"operation": "start"}, timeout=60)


def running_in(folder: Path) -> list[str]:
    """Return the command lines of the processes whose current folder this is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append((entry / "cmdline").read_text().replace("\0", " "))
    return found


def has_connector(folder: Path, process: "subprocess.Popen[str]") -> bool:
    """Whether the connector runs, or the command ended before it was seen."""
    return process.poll() is not None or any(CONNECTOR in each for each in running_in(folder))


def is_empty(folder: Path) -> bool:
    """Whether nothing runs in a folder any more."""
    return not running_in(folder)
