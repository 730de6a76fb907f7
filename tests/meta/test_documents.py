"""Every `console` block of the documents is run, and its output is compared with what the block shows.

A block contains lines `$ COMMAND`, each followed by the expected output, in which `...` matches anything (times, ports,
ids). A command without output in the block only has to end with status 0. Commands that start processes take long:
`make proof` runs them.
"""

import pytest
from _pytest.mark import ParameterSet

from tests.meta.blocks import ROOT, Block, every_block
from tests.meta.commands import compare, invocations, reader_environment
from tests.meta.test_document_extensions import EXTENSIONS

# Commands that start no process of ours.
QUICK = ("cat ", "contract-bench lint", "contract-bench ledger", "fake-hubspot faults", "fake-hubspot scenarios")


def example_of(block: Block) -> ParameterSet:
    """Return a block as a parameter, marked if its commands take long."""
    is_quick = all(command.startswith(QUICK) for command, _ in invocations(block.text))
    return pytest.param(block, id=block.where, marks=() if is_quick else pytest.mark.proof)


EXAMPLES = [example_of(block) for block in every_block("console") if block.document not in EXTENSIONS]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the root of the checkout."""
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("block", EXAMPLES)
def test_document_shows_the_real_output(block: Block) -> None:
    for command, expected in invocations(block.text):
        problem = compare(command, expected, folder=ROOT, environment=reader_environment())

        assert problem is None, problem


def test_every_command_of_a_block_is_found() -> None:
    block = "$ echo one\none\n$ echo two\ntwo\n"

    assert list(invocations(block)) == [("echo one", "one"), ("echo two", "two")]


@pytest.mark.parametrize("command", ["echo one", "fake-hubspot scenarios"])
def test_wrong_output_is_reported(command: str) -> None:
    """In a shell and in this process."""
    problem = compare(command, "two", folder=ROOT, environment=reader_environment())

    assert problem is not None
    assert "expected:\ntwo" in problem
