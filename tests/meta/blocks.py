"""The fenced blocks of the documents, with the comments above them that only the tests read.

`<!-- file: NAME -->`
    The reader saves the block under this name.
`<!-- background -->`
    The command runs until it is stopped.
`<!-- not run: REASON -->`
    The block cannot be run in a test. It is still checked as far as possible.
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
        line: Line of the opening fence, from 1.
        file: The name under which the reader saves it; empty if it is not a file.
        not_run: Why it is not run; empty if it is.
        is_background: Whether its command runs until it is stopped.
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
        """The document and the line, for test ids."""
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@cache
def blocks_of(document: Path) -> Sequence[Block]:
    """The blocks of a document, in their order."""
    text = document.read_text(encoding="utf-8")
    return tuple(_block(document, text, match) for match in FENCE.finditer(text))


def every_block(*languages: str) -> list[Block]:
    """Return the blocks of all documents in these languages."""
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
