"""Every ``console`` block of the documents is run, and what it shows is compared with what came.

A block holds ``$ command`` lines, each followed by the output that a reader is told to expect. ``...`` stands for
whatever may differ (times, ports, ids). A block with no output below its command only has to end with status 0.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
COMMAND = re.compile(r"^\$ (?P<command>.+(?:\\\n.+)*)\n(?P<output>(?:(?!\$ ).*\n?)*)", re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples() -> Iterator[object]:
    """Yield each console block of each document, named by file and line."""
    parser = CodeBlockParser(language="console", evaluator=run_console)
    for path in DOCUMENTS:
        for example in Document.parse(str(path), parser):
            yield pytest.param(example, id=f"{path.relative_to(ROOT)}:{example.line}")


def run_console(example: Example) -> str | None:
    """Run the commands of a block in the repository's root; return what differs, or nothing."""
    for match in COMMAND.finditer(example.parsed + "\n"):
        problem = compare(match["command"], match["output"].strip())
        if problem:
            return problem
    return None


def compare(command: str, expected: str) -> str | None:
    """Run one command; return a description of the difference between its output and what the document shows."""
    done = subprocess.run(  # noqa: S602 - a reader types it into a shell too
        command,
        shell=True,
        cwd=ROOT,
        env=reader_environment(),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    got = (done.stdout + done.stderr).strip()
    if not expected and done.returncode == 0:
        return None
    if expected and doctest.OutputChecker().check_output(expected, got, FLAGS):
        return None
    return f"$ {command}\nexpected:\n{expected or 'exit status 0'}\ngot (status {done.returncode}):\n{got}"


def reader_environment() -> dict[str, str]:
    """The environment of a reader who has activated the virtual environment, on an 120 column terminal."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "COLUMNS": "120", "NO_COLOR": "1"}


@pytest.mark.parametrize("example", list(examples()))
def test_document_shows_what_really_happens(example: Example) -> None:
    """A command in a document gives the output that the document shows."""
    example.evaluate()


def test_every_command_of_a_block_is_found() -> None:
    """Two commands in one block are two commands, each with its own output."""
    block = "$ echo one\none\n$ echo two\ntwo\n"

    found = [(match["command"], match["output"].strip()) for match in COMMAND.finditer(block)]

    assert found == [("echo one", "one"), ("echo two", "two")]


def test_a_wrong_output_is_reported() -> None:
    """A document that shows something else than what happens fails."""
    problem = compare("echo one", "two")

    assert problem is not None
    assert "expected:\ntwo" in problem
