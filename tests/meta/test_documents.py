"""Every ``console`` block of the documents is run, and what it shows is compared with what came.

A block holds ``$ command`` lines, each followed by the output that a reader is told to expect. ``...`` stands for
whatever may differ (times, ports, ids). A block with no output below its command only has to end with status 0.
"""

import logging
from collections.abc import Iterator

import pytest

from tests.meta.blocks import ROOT, Block, every_block
from tests.meta.commands import compare, invocations, reader_environment
from tests.meta.test_document_extensions import EXTENSIONS

EXAMPLES = [block for block in every_block("console") if block.document not in EXTENSIONS]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A reader's place; what a command sets for its own process is set back."""
    monkeypatch.chdir(ROOT)
    logger = logging.getLogger("fake_sesam")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.where)
def test_document_shows_what_really_happens(block: Block) -> None:
    """A command in a document gives the output that the document shows."""
    for command, expected in invocations(block.text):
        problem = compare(command, expected, folder=ROOT, environment=reader_environment())

        assert problem is None, problem


def test_every_command_of_a_block_is_found() -> None:
    """Two commands in one block are two commands, each with its own output."""
    block = "$ echo one\none\n$ echo two\ntwo\n"

    assert list(invocations(block)) == [("echo one", "one"), ("echo two", "two")]


@pytest.mark.parametrize("command", ["echo one", "fake-hubspot scenarios"])
def test_a_wrong_output_is_reported(command: str) -> None:
    """A document that shows something else than what happens fails, in a shell and in this process."""
    problem = compare(command, "two", folder=ROOT, environment=reader_environment())

    assert problem is not None
    assert "expected:\ntwo" in problem
