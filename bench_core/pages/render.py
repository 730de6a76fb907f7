"""Fills a template with values and puts the shared stylesheet into the page."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from markupsafe import Markup

from bench_core.pages.environment import OWN_FOLDER, make_environment

__all__ = ["render_page"]

STYLESHEET = OWN_FOLDER / "style.css"


def render_page(template: str, *, folder: Path, title: str, made_at: datetime, product: str, **context: object) -> str:
    """Return one HTML page.

    Every value is escaped, and what no page may contain is replaced as `printable` does it.

    Args:
        template: The name of a template in `folder`; it extends `page.html.jinja`.
        folder: Where the templates are.
        title: The title of the page.
        made_at: When the content was made.
        product: Name and version of the program that made it.
        context: What else the template uses. A name that is missing raises `jinja2.UndefinedError`.
    """
    style = STYLESHEET.read_text(encoding="utf-8")
    shared = {
        "title": title,
        "made_at": made_at.astimezone(UTC),
        "product": product,
        "style": Markup(style),  # noqa: S704 - our own stylesheet
        "style_hash": _csp_hash(style),
    }
    return make_environment(folder).get_template(template).render(**shared, **context) + "\n"


def _csp_hash(style: str) -> str:
    """Return the source expression that permits exactly this stylesheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
