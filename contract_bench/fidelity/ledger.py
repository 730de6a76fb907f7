"""The parity ledger: every behaviour of the fake, its evidence, and when it was last seen on the wire.

Behaviours are extracted from the `Source:` statements in the fake's code, so the ledger cannot contradict the code.
Gaps are declared by hand, with a reason.
"""

import ast
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from contract_bench.fidelity.gaps import Gap

__all__ = ["Behaviour", "Level", "behaviours_in", "to_markdown"]

# A statement ends with its paragraph or with the next section.
SOURCE = re.compile(
    r"Source:\s*(?P<text>.+?)(?=\n\s*\n|\Z|\n\s*(?:Shape|Units|Raises|Args|Returns|Attributes):)", re.DOTALL
)
IN_A_COMMENT = re.compile(r"#[^\n]*Source:")
WORD = re.compile(r"\b(recordings?|recorded|docs|readers?|assumed)\b")
MONTH = re.compile(r"\b(20\d\d)(?:-(0[1-9]|1[0-2]))?\b")
NEVER = "never validated"


class Level(StrEnum):
    """The kind of evidence for a behaviour, best first."""

    RECORDING = "recording"
    DOCS = "docs"
    READER = "reader"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that the fake does.

    Attributes:
        where: Module and name.
        what: The first line of the docstring, or the line of code after a comment.
        source: The text of the `Source:` statement.
    """

    where: str
    what: str
    source: str

    @property
    def levels(self) -> tuple[Level, ...]:
        """All levels of evidence that the source names, best first."""
        found = {_level(word) for word in WORD.findall(self.source)}
        return tuple(level for level in Level if level in found) or (Level.ASSUMED,)

    @property
    def last_seen(self) -> str:
        """The latest month of a recording, `undated`, or `never validated`."""
        if Level.RECORDING not in self.levels:
            return NEVER
        dates = [f"{year}-{month}" if month else year for year, month in MONTH.findall(self.source)]
        return max(dates, default="undated")


def _level(word: str) -> Level:
    return Level(word.replace("recorded", "recording").removesuffix("s") if word != "docs" else word)


def behaviours_in(package: Path) -> list[Behaviour]:
    """Return the behaviours of a package that have a `Source:` statement, sorted by location."""
    found = [one for file in sorted(package.rglob("*.py")) for one in _in_file(file, package.parent)]
    return sorted(found, key=lambda one: (one.where, one.source))


def _in_file(file: Path, root: Path) -> Iterator[Behaviour]:
    module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    text = file.read_text(encoding="utf-8")
    if "Source:" in text:
        yield from _in_docstrings(ast.parse(text), module)
    if IN_A_COMMENT.search(text):  # most files have none, and tokenizing takes ten times as long as parsing
        yield from _in_comments(file, module)


def _in_docstrings(node: ast.AST, where: str) -> Iterator[Behaviour]:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        text = ast.get_docstring(node) or ""
        for match in SOURCE.finditer(text):
            yield Behaviour(where, _headline(text, where), _one_line(match["text"]))
    for child in ast.iter_child_nodes(node):
        name = getattr(child, "name", None)
        yield from _in_docstrings(child, f"{where}.{name}" if isinstance(name, str) else where)


def _headline(text: str, where: str) -> str:
    first = re.split(r"(?:Source|Shape|Raises|Units):", text.split("\n\n")[0])[0]
    return _one_line(first) or where.rpartition(".")[2].strip("_").replace("_", " ")


def _in_comments(file: Path, module: str) -> Iterator[Behaviour]:
    """Yield the evidence in comments; it belongs to the next line of code."""
    with tokenize.open(file) as lines:
        tokens = list(tokenize.generate_tokens(lines.readline))
    text = ""
    for token in tokens:
        if token.type == tokenize.COMMENT:
            text += token.string.lstrip("# ") + "\n"
        elif token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            if match := SOURCE.search(text):
                yield Behaviour(module, _one_line(token.line)[:80].rstrip("([{ =").rstrip(), _one_line(match["text"]))
            text = ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def to_markdown(behaviours: Iterable[Behaviour], gaps: Iterable[Gap]) -> str:
    """Render the ledger as a Markdown page."""
    known, declared = list(behaviours), list(gaps)
    counts = ", ".join(f"{sum(one.levels[0] is level for one in known)} {level}" for level in Level)
    never = sum(one.last_seen == NEVER for one in known)
    rows = [
        f"| {_cell(one.what)} | `{one.where}` | {' + '.join(one.levels)} | {one.last_seen} | {_cell(one.source)} |"
        for one in known
    ]
    gap_rows = [f"| `{one.request}` | `{one.path}` | {one.kind or 'any'} | {_cell(one.reason)} |" for one in declared]
    return "\n".join(
        [
            "# Parity ledger",
            "",
            "Generated by `contract-bench ledger` from the fake's sources and `cassettes/gaps.toml`. Do not edit it.",
            "",
            f"{len(known)} behaviours, by their best evidence: {counts}.",
            f"**{never} were never validated on the wire.**",
            "The month is that of the latest recording named in the source: proof of what HubSpot did at that time.",
            "",
            "## Declared gaps",
            "",
            *(["| request | place | kind | reason |", "|---|---|---|---|", *gap_rows] if declared else ["None."]),
            "",
            "## Behaviours",
            "",
            "| behaviour | where | evidence | last seen on the wire | source |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
