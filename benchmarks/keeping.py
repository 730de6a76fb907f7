"""The file that keeps what was measured on a day: a section is replaced as a whole, by one that was measured later.

A section is a comparison within itself, so those of one file need not be of the same minute; each says when it was.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.figures import Section


def kept(path: Path) -> list[Section]:
    """The sections of a file; none where there is no file."""
    if not path.exists():
        return []
    return msgspec.convert(json.loads(path.read_text("utf-8"))["sections"], list[Section])


def keep(path: Path, about: dict[str, Any], measured: Iterable[Section], *, order: Sequence[str]) -> list[Section]:
    """Put sections into a file, in the report's order, and return all that are in it now.

    Shape: `{"date", "full", "machine", "sections": [...]}`.
    """
    by_name = {section.name: section for section in (*kept(path), *measured)}
    sections = [by_name[name] for name in order if name in by_name]
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {**about, "sections": [section.to_json() for section in sections]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return sections
