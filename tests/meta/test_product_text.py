"""Tracked files contain no path of a machine, no package index, no token that could be real, and no odd English."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.cases import for_each

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "an absolute path of one machine": re.compile(r"(?<![\w./~-])/(?:Users|root|work|workspaces?)/"),
    "a package index or a mirror": re.compile(r"index-url[= ]\s*http|//(?:files\.|pypi\.)|//deb\.debian"),
    "a token that could be real": re.compile(r"pat-[a-z]{2,3}\d-(?!0{8}-|[0x]{8}-)[0-9a-f]{8}-[0-9a-f]{4}-"),
}
# Archaic or translated phrases that were found in this repository. Write what a native speaker would say.
# The brackets keep this file from matching itself.
ODD_PHRASES = (
    "sto[r]ey",
    "how m[a]nieth",
    "though i[t] be",
    "tells s[o]",
    "nothing o[f] it but",
    "looked a[t] twice",
    "is asked o[f]",
    "who[e]ver",
    "a[n]ew",
    "there[o]f",
)
ODD_ENGLISH = re.compile("|".join(ODD_PHRASES), re.IGNORECASE)
LITERAL = tuple(re.sub(r"[\[\]]", "", phrase) for phrase in ODD_PHRASES)
UNCHECKED = {ROOT / "LICENSE"}


def tracked_files() -> list[Path]:
    """Return the files that git tracks or would track, as they are in the working tree.

    An unpacked archive has no git, and a machine may have none. Everything counts as tracked then, except what
    `.gitignore` names.
    """
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return list(unpacked_files())
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def unpacked_files() -> Iterator[Path]:
    """Iterate over the files of an archive, without the folders and files that `.gitignore` names."""
    lines = [".git", *(ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    ignored = [f"*/{line.rstrip('/')}" for line in lines]

    def is_kept(path: Path) -> bool:
        return not any(fnmatch(f"/{path.relative_to(ROOT)}", pattern) for pattern in ignored)

    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if is_kept(Path(folder, name))]
        yield from filter(is_kept, (Path(folder, name) for name in files))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_contains(what: str) -> None:
    pattern = FORBIDDEN[what]

    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if path != Path(__file__) and (match := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert found == []


def odd_phrases_in(text: str) -> list[tuple[int, str]]:
    """Return the line, from 1, and the phrase for each odd phrase in a text."""
    lowered = text.lower()
    if not any(phrase in lowered for phrase in LITERAL):  # a hundred times as fast as the pattern
        return []
    return [(text.count("\n", 0, found.start()) + 1, found.group()) for found in ODD_ENGLISH.finditer(text)]


def test_no_tracked_file_contains_an_odd_phrase() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {phrase}"
        for path in tracked_files()
        if path not in UNCHECKED
        for line, phrase in odd_phrases_in(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


@for_each("phrase", ODD_PHRASES)
def test_an_odd_phrase_is_found_wherever_it_occurs(phrase: str) -> None:
    text = phrase.translate(str.maketrans("", "", "[]")).capitalize()

    assert odd_phrases_in(f"A line.\n{text}, at the start.") == [(2, text)]
