"""The site that `make docs` builds, opened as a file: its search, its dark theme, and that it loads nothing foreign."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import unavailable
from tests.browser.looks import watched
from tests.support.processes import run_command

ROOT = Path(__file__).resolve().parents[2]
FOUND_MS = 60_000
SCHEME = "document.body.getAttribute('data-md-color-scheme')"


@pytest.fixture(scope="module")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a small site with the configuration of the real one."""
    del chromium  # without a browser nothing is built
    generator = next(ROOT.glob(".venv*-docs/bin/mkdocs"), None)
    if generator is None:
        unavailable("the generator of the site is not installed: run `make browser` or `make docs`")
    folder = tmp_path_factory.mktemp("site")
    stage = runpy.run_path(str(ROOT / "website" / "stage.py"))
    (folder / "website").symlink_to(ROOT / "website")
    for name in stage["TOP"]:
        (folder / name).write_text("# Start\n\nThe first page.\n")
    (folder / "docs").mkdir()
    (folder / "docs" / "README.md").write_text("# Documents\n\n## Learn\n\n- [Offsets](offsets.md)\n")
    (folder / "docs" / "offsets.md").write_text("# Offsets\n\nA zeppelin carries the watermark.\n")
    names = stage["main"].__globals__
    names |= {"ROOT": folder, "TARGET": folder / ".site" / "pages"}
    stage["main"]()
    built = run_command(
        [str(generator), "build", "--quiet", "--strict", "--config-file", str(folder / ".site" / "mkdocs.yml")],
        env={"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin"},
        timeout_s=120,
    )
    assert built.returncode == 0, built.stdout
    return (folder / ".site" / "html" / "index.html").as_uri()


def test_the_search_finds_a_page_without_a_server(page: Any, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1280, "height": 800})
    with watched(page) as wrong:
        page.goto(site)
        page.locator("[data-md-component=search-query]").click()
        page.keyboard.type("zeppelin")
        page.locator(".md-search-result__item a").first.wait_for(timeout=FOUND_MS)
        page.keyboard.press("Enter")
        page.wait_for_url("**/offsets.html*", timeout=FOUND_MS)

    assert wrong == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize(("preferred", "shown", "other"), [("light", "default", "slate"), ("dark", "slate", "default")])
def test_the_theme_is_that_of_the_system_until_it_is_changed(
    chromium: Any, site: str, preferred: str, shown: str, other: str
) -> None:
    """The choice is kept."""
    context = chromium.new_context(color_scheme=preferred)
    page = context.new_page()
    page.goto(site)
    page.wait_for_function(f"{SCHEME} === '{shown}'")

    page.locator("label[for^=__palette]:visible").first.click()
    page.wait_for_function(f"{SCHEME} === '{other}'")
    page.reload()
    page.wait_for_function(f"{SCHEME} === '{other}'")

    context.close()
