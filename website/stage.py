"""Copies the Markdown files of the repository, and what they link to, to where the site is built from.

A link to a folder leads to the list of its files, as it does where the repository is browsed. The navigation is that of
`docs/README.md`.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / ".site" / "pages"
TOP = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
WORKER = "iframe-worker.js"
LINK = re.compile(r"(?<!`)\]\((?P<to>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
HEADING = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
HIDDEN = {".venv", ".git", "__pycache__"}


def main() -> None:
    """Stage every page and write the configuration with its navigation."""
    shutil.rmtree(TARGET.parent, ignore_errors=True)
    pages = [ROOT / name for name in TOP]
    for folder in ("docs", "examples", "cassettes", "benchmarks", "tests"):
        pages += [path for path in sorted((ROOT / folder).rglob("*.md")) if not HIDDEN & set(path.parts)]
    for page in pages:
        _stage(page, set(pages))
    shutil.copy(ROOT / "website" / WORKER, TARGET / WORKER)
    (TARGET.parent / "mkdocs.yml").write_text(_configuration(pages), encoding="utf-8")


def _stage(page: Path, pages: set[Path]) -> None:
    target = TARGET / page.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)

    def resolved(match: re.Match[str]) -> str:
        to = match["to"]
        if re.match(r"[a-z]+:", to):
            return match[0]
        linked = (page.parent / to).resolve()
        if not linked.exists() or not linked.is_relative_to(ROOT):
            sys.exit(f"{page.relative_to(ROOT)}: there is nothing at {to}")
        if linked.is_dir():
            readme = linked / "README.md"
            if readme in pages:
                return f"]({to.rstrip('/')}/README.md{match['anchor'] or ''})"
            _list_folder(linked)
            return f"]({to.rstrip('/')}/files.md)"
        if linked not in pages:
            copy = TARGET / linked.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(linked, copy)
        return match[0]

    target.write_text(LINK.sub(resolved, page.read_text(encoding="utf-8")), encoding="utf-8")


def _list_folder(folder: Path) -> None:
    """Write a page with the files of a folder."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    shown = [name for name in names if not HIDDEN & set(Path(name).parts)]
    page = TARGET / folder.relative_to(ROOT) / "files.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    title = folder.relative_to(ROOT).as_posix()
    page.write_text(f"# {title}/\n\n" + "".join(f"- `{name}`\n" for name in shown), encoding="utf-8")


def _configuration(pages: list[Path]) -> str:
    """Return the configuration of the generator: the chapters are those of `docs/README.md`, the rest is at the end."""
    start = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    parts = HEADING.split(start)
    lines = ["nav:", "  - Start: README.md", "  - All documents: docs/README.md"]
    listed = {ROOT / "README.md", ROOT / "docs" / "README.md"}
    for title, text in zip(parts[1::2], parts[2::2], strict=True):
        lines.append(f"  - {title}:")
        for match in LINK.finditer(text):
            page = (ROOT / "docs" / match["to"]).resolve()
            if page in pages and page not in listed:
                listed.add(page)
                lines.append(f"      - {page.relative_to(ROOT).as_posix()}")
    rest = [page.relative_to(ROOT).as_posix() for page in pages if page not in listed]
    lines += ["  - The project:", *(f"      - {page}" for page in rest)]
    return (ROOT / "website" / "mkdocs.yml").read_text(encoding="utf-8") + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
