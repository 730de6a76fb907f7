"""HTML pages in one file."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench_core.pages import render_page
from bench_core.text import printable

TEMPLATE = """{% extends "page.html.jinja" %}
{% from "macros.html.jinja" import badge, counts %}
{% block content %}<p id="here" title="{{ text }}">{{ text }}</p>{{ badge("good", text) }}
{{ counts(sums) }}{% endblock %}
"""
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "h1", "main"}
TAGS |= {"p", "span", "ul", "li", "strong", "footer", "time"}
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


class Reader(HTMLParser):
    """What a browser would see of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.title = ""
        self._is_here = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note the tag, and the title of the paragraph."""
        self.tags.add(tag)
        self._is_here = dict(attributes).get("id") == "here"
        if self._is_here:
            self.title = dict(attributes)["title"] or ""

    def handle_data(self, data: str) -> None:
        """Note the text of the paragraph."""
        if self._is_here:
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the name is the parser's
        """The paragraph ends with the first end tag."""
        self._is_here = False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one template."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "mine.html.jinja").write_text(TEMPLATE, encoding="utf-8")
    return folder


def render(folder: Path, text: str, *, made_at: datetime = NOON) -> str:
    """Render the template."""
    sums = [{"tone": "bad", "name": "errors", "count": 2}, {"tone": "bad", "name": "warnings", "count": 0}]
    return render_page(
        "mine.html.jinja", folder=folder, title="T", made_at=made_at, product="bench 1.2", text=text, sums=sums
    )


@given(st.text(st.characters(exclude_categories=())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_shown_and_never_becomes_markup(folder: Path, text: str) -> None:
    page = render(folder, text)

    reader = Reader()
    reader.feed(page)
    page.encode()
    assert "".join(reader.texts) == printable(text)
    assert reader.title == printable(text)
    assert reader.tags == TAGS


def test_the_page_carries_date_version_and_settings_for_phones_and_dark_mode(folder: Path) -> None:
    page = render(folder, "x", made_at=NOON.astimezone(timezone(timedelta(hours=2))))

    assert "bench 1.2, <time" in page
    assert '<time datetime="2026-11-28T12:00:00+00:00">2026-11-28 12:00 UTC</time>' in page
    assert '<meta name="viewport"' in page
    assert "color-scheme: light dark" in page


def test_the_policy_permits_the_stylesheet_of_the_page_and_nothing_else(folder: Path) -> None:
    page = render(folder, "x")

    style = re.search("<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert 'style="' not in page


def test_a_count_of_zero_has_no_colour(folder: Path) -> None:
    page = render(folder, "x")

    assert '<li class="bad"><strong>2</strong> errors</li>' in page
    assert '<li class="none"><strong>0</strong> warnings</li>' in page


def test_a_value_that_the_template_misses_is_an_error(folder: Path) -> None:
    with pytest.raises(jinja2.UndefinedError, match="text"):
        render_page("mine.html.jinja", folder=folder, title="T", made_at=NOON, product="p", sums=[])
