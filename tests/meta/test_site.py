"""What `make docs` stages for the site; CI builds the site itself."""

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stage(tmp_path: Path) -> dict[str, Any]:
    """The script, in a repository of a few files."""
    loaded = runpy.run_path(str(ROOT / "website" / "stage.py"))
    for name in loaded["TOP"]:
        (tmp_path / name).write_text("# A page\n")
    for path, text in {
        "website/mkdocs.yml": "site_name: x\n",
        "website/iframe-worker.js": "",
        "docs/README.md": "# Documents\n\n## Learn\n\n- [One](learn/one.md), [its data](../data)\n",
        "docs/learn/one.md": "# One\n\n[back](../README.md#learn) [a file](../../data/a.txt) `](no.md)`\n",
        "data/a.txt": "a",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    names = loaded["main"].__globals__
    names |= {"ROOT": tmp_path, "TARGET": tmp_path / ".site" / "pages"}
    return loaded


def test_pages_are_staged_with_what_they_link_to(stage: dict[str, Any], tmp_path: Path) -> None:
    """Files are copied, folders become a list of their files, the chapters are those of docs/README.md."""
    stage["main"]()
    pages = tmp_path / ".site" / "pages"

    assert "(../data/files.md)" in (pages / "docs" / "README.md").read_text()
    assert (pages / "data" / "files.md").read_text() == "# data/\n\n- `a.txt`\n"
    assert (pages / "data" / "a.txt").read_text() == "a"
    assert "  - Learn:\n      - docs/learn/one.md\n" in (tmp_path / ".site" / "mkdocs.yml").read_text()


def test_a_link_to_nothing_ends_the_build(stage: dict[str, Any], tmp_path: Path) -> None:
    """With the page that has it."""
    (tmp_path / "docs" / "learn" / "one.md").write_text("[gone](gone.md)\n")

    with pytest.raises(SystemExit, match=r"docs/learn/one\.md: there is nothing at gone\.md"):
        stage["main"]()
