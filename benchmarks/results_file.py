"""The file that stores the sections measured on one day. Measuring a section again replaces it.

Each section is a comparison in itself and has a time of its own, so the sections of a file need not be from one run.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.figures import Section


def load(path: Path) -> list[Section]:
    """Return the sections of a file, or none if the file does not exist."""
    if not path.exists():
        return []
    return msgspec.convert(json.loads(path.read_text("utf-8"))["sections"], list[Section])


def save(path: Path, about: dict[str, Any], measured: Iterable[Section], *, order: Sequence[str]) -> list[Section]:
    """Add sections to a file, in the order of the report, and return all sections in it.

    Shape: `{"date", "full", "machine", "sections": [...]}`.
    """
    by_name = {section.name: section for section in (*load(path), *measured)}
    sections = [by_name[name] for name in order if name in by_name]
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {**about, "sections": [section.to_json() for section in sections]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return sections


def newest(folder: Path, *, order: Sequence[str]) -> list[Section]:
    """Return the newest full measurement of each section in a folder of results, in the order of the report."""
    by_name: dict[str, Section] = {}
    for path in sorted(folder.glob("*.json")):  # their names begin with the date
        if json.loads(path.read_text("utf-8"))["full"]:
            by_name |= {section.name: section for section in load(path)}
    return [by_name[name] for name in order if name in by_name]
