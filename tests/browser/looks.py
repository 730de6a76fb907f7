"""What every page must be: usable with a keyboard and a screen reader, not wider than its window, without errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["problems_of", "watched"]

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def problems_of(page: Any) -> list[str]:
    """Return what axe finds on a page, and whether the page is wider than its window."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    problems = [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
    wider = page.evaluate(WIDER)
    return [*problems, f"{wider} pixels wider than the window"] if wider > 0 else problems


@contextmanager
def watched(page: Any) -> Iterator[list[str]]:
    """Collect what goes wrong on a page: errors of scripts, refused content, dialogs that nobody asked for."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def refuse(dialog: Any) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    yield wrong
