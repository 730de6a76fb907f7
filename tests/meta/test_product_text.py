"""Tracked files contain no path of a machine, no package index and no token that could be real."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "an absolute path of one machine": re.compile(r"(?<![\w./~-])/(?:Users|root|work|workspaces?)/"),
    "a package index or a mirror": re.compile(r"index-url[= ]\s*http|//(?:files\.|pypi\.)|//deb\.debian"),
    "a token that could be real": re.compile(r"pat-[a-z]{2,3}\d-(?!0{8}-|[0x]{8}-)[0-9a-f]{8}-[0-9a-f]{4}-"),
}


def tracked_files() -> list[Path]:
    """Return the files that git tracks or would track, as they are in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_contains(what: str) -> None:
    pattern = FORBIDDEN[what]

    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if path != Path(__file__) and (match := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert found == []
