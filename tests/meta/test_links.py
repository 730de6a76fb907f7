"""Relative links in the documents have an existing target."""

import re
from pathlib import Path

from tests.support.cases import for_each

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]+\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "cassettes").rglob("*.md")])


@for_each("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_have_a_target(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))

    missing = [target for target in targets if not (document.parent / target).exists()]

    assert missing == []


def test_index_links_every_document() -> None:
    """docs/README.md is the index."""
    docs = ROOT / "docs"
    linked = {(docs / target).resolve() for target in LINK.findall((docs / "README.md").read_text(encoding="utf-8"))}

    unlinked = [str(page.relative_to(docs)) for page in docs.rglob("*.md") if page.resolve() not in linked]

    assert [page for page in unlinked if page != "README.md"] == []
