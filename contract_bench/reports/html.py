"""Renders the templates in `templates/`."""

from datetime import datetime
from importlib import metadata
from pathlib import Path

__all__ = ["TEMPLATES", "product", "render_report"]

TEMPLATES = Path(__file__).parent / "templates"
DISTRIBUTION = "contract-bench"


def render_report(template: str, *, title: str, made_at: datetime, **context: object) -> str:
    """Return the report as one HTML page that can be sent to a colleague.

    Args:
        template: `matrix.html.jinja` or `verify.html.jinja`.
        title: The title of the page.
        made_at: When the result was made, with its time zone.
        context: What the template uses.
    """
    # Jinja2 takes a process 50 ms to load; most runs write no page.
    from bench_core.pages import render_page

    return render_page(template, folder=TEMPLATES, title=title, made_at=made_at, product=product(), **context)


def product() -> str:
    """Return the name and the version of this program."""
    try:
        return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return DISTRIBUTION
