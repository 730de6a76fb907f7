"""The fenced blocks of the documents, with what a comment above a block says to the tests and not to the reader.

``<!-- file: NAME -->``
    The reader is told to write this file.
``<!-- background -->``
    The command serves until it is stopped.
``<!-- not run: REASON -->``
    The block cannot be run here. It is still checked as far as that goes without running it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["DOCUMENTS", "ROOT", "Block", "blocks_of", "every_block"]

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"(?P<comments>(?:^<!--[^\n]*-->\n)*)^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
COMMENT = re.compile(r"<!-- (?P<key>file|background|not run)(?:: (?P<value>.+?))? -->")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a document.

    Attributes:
        line: Where it begins, from 1.
        file: The name under which the reader writes it, if they are told to.
        not_run: Why it is not run; empty where it is.
    """

    document: Path
    line: int
    language: str
    text: str
    file: str = ""
    not_run: str = ""
    is_background: bool = False

    @property
    def where(self) -> str:
        """The document and the line, as a test is named."""
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@cache
def blocks_of(document: Path) -> Sequence[Block]:
    """The blocks of a document, in their order."""
    text = document.read_text(encoding="utf-8")
    return tuple(_block(document, text, match) for match in FENCE.finditer(text))


def every_block(*languages: str) -> list[Block]:
    """The blocks of all documents in these languages."""
    return [block for path in DOCUMENTS for block in blocks_of(path) if block.language in languages]


def _block(document: Path, text: str, match: re.Match[str]) -> Block:
    said = {found["key"]: found["value"] or "" for found in COMMENT.finditer(match["comments"])}
    return Block(
        document,
        text.count("\n", 0, match.start("language")) + 1,
        match["language"],
        match["text"],
        file=said.get("file", ""),
        not_run=said.get("not run", ""),
        is_background="background" in said,
    )
