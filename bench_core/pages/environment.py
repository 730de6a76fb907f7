"""The Jinja2 environment of every page: all values are escaped, and a missing name is an error."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bench_core.text import printable

__all__ = ["OWN_FOLDER", "make_environment"]

OWN_FOLDER = Path(__file__).parent


@cache
def make_environment(folder: Path) -> Environment:
    """Return an environment for the templates in `folder` and the shared ones.

    What no page may contain is replaced as `printable` does it; the filter `ticked` makes code of what backticks
    enclose. Compiling templates takes longer than filling them, so every call for a folder returns the same one.
    """
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(OWN_FOLDER)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
        auto_reload=False,
    )
    made.filters["ticked"] = ticked
    return made


def ticked(text: str) -> Markup:
    """Return a text as markup in which what stands between backticks is code, as docstrings write it."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without a partner
        return escape(printable(text))
    marked = (
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
    return Markup("").join(marked)


def _finalized(value: Any) -> Any:
    """Numbers, dates and markup stay; text loses what no page may contain."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
