"""JSON documents as lines: a configuration with its problems at their lines, and two documents side by side. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import msgspec

from fake_sesam.dataset.hashing import encode

__all__ = ["DiffRow", "DocumentLine", "marked_lines", "pretty", "side_by_side"]

INDENT = "  "
LINES_COMPARED = 3000
PATH_PART = re.compile(r"[^.\[\]]+")
Path = tuple[str, ...]


@dataclass(slots=True)
class DocumentLine:
    """A line of a document.

    Attributes:
        notes: What is wrong there: the level and the message of each problem.
    """

    number: int
    text: str
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line of two documents side by side; None where one of them has no such line.

    Attributes:
        kind: `same`, `changed`, `left` (only there) or `right`.
    """

    kind: str
    left: str | None
    right: str | None


def pretty(value: Any) -> str:
    """Return a value as indented JSON, with every digit of its numbers."""
    return msgspec.json.format(encode(value), indent=2).decode()


def marked_lines(config: Mapping[str, Any], problems: Iterable[tuple[str, str, str]]) -> list[DocumentLine]:
    """Return a configuration as lines of JSON, each problem at the line of its path or of the nearest part above it.

    Args:
        config: The configuration.
        problems: The level, the message and the path of each, for example `source.page_size`.
    """
    texts: list[str] = []
    places: dict[Path, int] = {(): 0}
    _write(config, (), texts, places, indent="", prefix="", suffix="")
    lines = [DocumentLine(number, text) for number, text in enumerate(texts, 1)]
    for level, message, path in problems:
        parts = tuple(PATH_PART.findall(path))
        while parts not in places:
            parts = parts[:-1]
        lines[places[parts]].notes.append((level, message))
    return lines


def _write(
    value: Any, path: Path, texts: list[str], places: dict[Path, int], *, indent: str, prefix: str, suffix: str
) -> None:
    places.setdefault(path, len(texts))
    inner = list(_children(value))
    is_long = len(_flat(value)) + len(indent) + len(prefix) > 100 or any(_is_long(each) for _, _, each in inner)
    if not inner or not (is_long or isinstance(value, Mapping)):
        texts.append(f"{indent}{prefix}{_flat(value)}{suffix}")
        _place_all(value, path, len(texts) - 1, places)
        return
    opening, closing = ("{", "}") if isinstance(value, Mapping) else ("[", "]")
    texts.append(f"{indent}{prefix}{opening}")
    for number, (name, shown, child) in enumerate(inner, 1):
        comma = "," if number < len(inner) else ""
        _write(child, (*path, name), texts, places, indent=indent + INDENT, prefix=shown, suffix=comma)
    texts.append(f"{indent}{closing}{suffix}")


def _is_long(value: Any) -> bool:
    return isinstance(value, Mapping) and len(value) > 0


def _place_all(value: Any, path: Path, line: int, places: dict[Path, int]) -> None:
    """Remember where the parts of a value are that stands on one line."""
    for name, _, child in _children(value):
        places.setdefault((*path, name), line)
        _place_all(child, (*path, name), line, places)


def _children(value: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield str(name), f"{json.dumps(name, ensure_ascii=False)}: ", child
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield str(index), "", child


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def side_by_side(left: str, right: str) -> list[DiffRow]:
    """Return two texts as rows, with the lines that differ beside each other."""
    lefts, rights = left.splitlines(), right.splitlines()
    if max(len(lefts), len(rights)) > LINES_COMPARED:
        return [DiffRow("changed", *pair) for pair in _paired(lefts, rights)]
    rows: list[DiffRow] = []
    for tag, left_from, left_to, right_from, right_to in SequenceMatcher(None, lefts, rights, False).get_opcodes():
        pairs = _paired(lefts[left_from:left_to], rights[right_from:right_to])
        rows += [DiffRow(_kind(tag, *pair), *pair) for pair in pairs]
    return rows


def _kind(tag: str, left: str | None, right: str | None) -> str:
    if tag == "equal":
        return "same"
    if left is None or right is None:
        return "right" if left is None else "left"
    return "changed"


def _paired(left: list[str], right: list[str]) -> Iterator[tuple[str | None, str | None]]:
    for index in range(max(len(left), len(right))):
        yield (left[index] if index < len(left) else None, right[index] if index < len(right) else None)
