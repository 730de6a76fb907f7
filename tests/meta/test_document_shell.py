"""Every `sh` block of the documents is run or has a comment that says why not, and uses existing options.

The blocks of a document run in one shell, in a writable folder that looks like the checkout.
"""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.meta.blocks import ROOT, Block, blocks_of, every_block
from tests.meta.commands import problems_of_call, reader_environment
from tests.support.cases import for_each
from tests.support.processes import run_command

SHELL = ("sh", "bash")
LINKED = ("cassettes", "node", "service")
PORT = re.compile(r"\b(?:84\d\d|5000|9042)\b")
BEGINNING = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n"
# Plugins of our own test environment that the reader's tests do not need and that take a second to load.
LIGHT = "-p no:cacheprovider -p no:schemathesis -p no:randomly -p no:anyio -p no:docker"


SESSIONS = [
    ROOT / "docs" / "how-to" / "a-connector-that-is-not-for-hubspot.md",
    ROOT / "docs" / "how-to" / "record-a-cassette.md",
    ROOT / "docs" / "tutorial" / "first-loop.md",
]
# Folders whose tests may run a document of their own.
OTHERS = [ROOT / "tests" / "e2e", ROOT / "tests" / "meta"]


@pytest.fixture
def free_port() -> Callable[[str], str]:
    """A function that maps each port of a document to a free port, always the same one."""
    taken: dict[str, str] = {}

    def port_for(named: str) -> str:
        if named not in taken:
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                taken[named] = str(listener.getsockname()[1])
        return taken[named]

    return port_for


def session(document: Path, port_for: Callable[[str], str]) -> str:
    """Return the blocks as one script; background commands keep running, and the script waits until they listen."""
    script = BEGINNING
    for block in blocks_of(document):
        if block.language != "sh" or block.not_run:
            continue
        text = PORT.sub(lambda match: port_for(match.group()), block.text)
        script += f"{text.rstrip()} &\n{waiting(text)}" if block.is_background else text
    return script


def waiting(command: str) -> str:
    """Return shell code that waits until the port of the command is open and fails if the command ends."""
    port = re.findall(r"--(?:[a-z]+-)?port (\d+)", command)[-1]  # of several servers, the last one listens last
    return f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do kill -0 $!; sleep 0.02; done\n"


@pytest.mark.proof
@pytest.mark.parametrize("document", SESSIONS, ids=lambda path: path.stem)
def test_commands_of_the_document_work(document: Path, tmp_path: Path, free_port: Callable[[str], str]) -> None:
    """The first command that fails ends the script."""
    commands = session(document, free_port)
    if "curl " in commands and shutil.which("curl") is None:
        pytest.skip("curl is not installed, and this document uses it")
    for name in LINKED:
        (tmp_path / name).symlink_to(ROOT / name)
    for block in blocks_of(document):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")

    done = run_command(
        ["bash", "-c", commands],
        cwd=tmp_path,
        env={**reader_environment(), "PYTEST_ADDOPTS": LIGHT, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        timeout_s=170,
    )

    assert done.returncode == 0, done.stdout


def test_every_shell_block_of_a_guide_is_run_or_says_why_not() -> None:
    """By a test above or by another test that names the document."""
    tests = [
        path.read_text("utf-8") for folder in OTHERS for path in folder.glob("test_*.py") if path != Path(__file__)
    ]
    steps = [block for block in every_block("sh") if block.document.parent.name not in ("reference", "explanation")]
    idle = [block for block in steps if block.document not in SESSIONS and not block.not_run]

    assert [block.where for block in idle if not any(f"/{block.document.name}" in test for test in tests)] == []


@for_each("block", every_block(*SHELL), ids=lambda block: block.where)
def test_block_is_valid_shell_and_uses_existing_options(block: Block) -> None:
    """Even if it cannot be run."""
    syntax = subprocess.run(["bash", "-n", "-c", block.text], capture_output=True, text=True)
    placeholders = "<this repository>" in block.text

    assert syntax.returncode == 0 or placeholders, syntax.stderr
    assert [problem for line in lines_of(block.text) if (problem := problems_of_call(line))] == []


def lines_of(text: str) -> list[str]:
    """Return the commands of a block with continued lines joined."""
    return text.replace("\\\n", " ").splitlines()


@for_each(
    ("line", "problem"),
    [
        ("contract-bench lint --strictly", "No such option '--strictly'"),
        ("contract-bench lnit", "No such command 'lnit'"),
        ("fake-hubspot serve --port http", "not a valid integer"),
        ("CONTRACT_BENCH_LIVE=1 contract-bench record --scenario every", "there is no scenario 'every'"),
    ],
)
def test_invalid_call_is_reported_without_running_it(line: str, problem: str) -> None:
    assert problem in (problems_of_call(line) or "")
    assert problems_of_call("contract-bench lint somewhere --usage nowhere.jsonl") is None
