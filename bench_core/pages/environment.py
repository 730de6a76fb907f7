"""The Jinja2 environment of every page: all values are escaped, and a missing name is an error."""

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bench_core.text import printable

__all__ = ["OWN_FOLDER", "make_environment"]

OWN_FOLDER = Path(__file__).parent


def make_environment(folder: Path) -> Environment:
    """Return an environment for the templates in `folder` and the shared ones.

    What no page may contain is replaced as `printable` does it.
    """
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(OWN_FOLDER)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
        auto_reload=False,
    )


def _finalized(value: Any) -> Any:
    """Numbers, dates and markup stay; text loses what no page may contain."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
