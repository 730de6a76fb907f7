"""How-to documents that change this repository are followed step by step in a copy of it."""

import re
import shutil
from pathlib import Path

import pytest

from tests.meta.blocks import ROOT, Block, blocks_of
from tests.meta.commands import compare, invocations, reader_environment

HOW_TO = ROOT / "docs" / "how-to"
EXTENSIONS = (HOW_TO / "add-a-fault.md", HOW_TO / "add-an-endpoint.md")
COPIED = (
    "fake_hubspot",
    "tests/unit/fake_hubspot",
    "tests/support",
    "docs/reference",
    "cassettes/gaps.toml",
    "pyproject.toml",
)
# `pip install` installs into the copy, and only from what is there.
INSTALL = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
HUNK = re.compile(r"^@@\n(?P<lines>(?:[ +-].*\n)+)", re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the documents change and run."""
    for name in COPIED:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(ROOT / name, target)
    return tmp_path


def patched(text: str, diff: str) -> str:
    """Apply a diff whose hunks are found by their content instead of line numbers."""
    for hunk in HUNK.finditer(diff):
        lines = hunk["lines"].splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(old) == 1, f"{text.count(old)} places look like\n{old}"
        text = text.replace(old, new)
    return text


def follow(block: Block, folder: Path) -> None:
    """Do what a block tells the reader to do."""
    if block.file:
        path = folder / block.file
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    elif block.language == "diff":
        name, _, hunks = block.text.removeprefix("--- ").partition("\n")
        target = folder / name
        target.write_text(patched(target.read_text(encoding="utf-8"), hunks), encoding="utf-8")
    else:
        run(block, folder)


def run(block: Block, folder: Path) -> None:
    """Run a console block with the copy first on the import path."""
    # These plugins of our own test environment are not needed there and take a second to load.
    without = "-p no:schemathesis -p no:anyio -p no:docker"
    environment = {**reader_environment(), **INSTALL, "PIP_TARGET": str(folder), "PYTHONPATH": str(folder)}
    environment["PYTEST_ADDOPTS"] = without
    assert block.language == "console", f"{block.where} is neither a file, nor a diff, nor a command"
    for command, expected in invocations(block.text):
        problem = compare(command, expected, folder=folder, environment=environment)

        assert problem is None, problem


@pytest.mark.proof
@pytest.mark.parametrize("document", EXTENSIONS, ids=lambda path: path.stem)
def test_every_step_of_the_document_works(document: Path, copy: Path) -> None:
    steps = blocks_of(document)

    for step in steps:
        follow(step, copy)

    assert {"python", "console"} <= {step.language for step in steps}


def test_diff_that_does_not_apply_is_reported() -> None:
    with pytest.raises(AssertionError, match="0 places look like"):
        patched("one\n", "@@\n two\n+three\n")
