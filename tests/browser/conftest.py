"""A real Chromium. Without one the tests are reported as skipped, with the reason."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

REQUIRED = "CONTRACT_BENCH_REQUIRE_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Names that lead to this machine, as after DNS rebinding.
FOREIGN_NAMES = "MAP *.example 127.0.0.1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        unavailable("playwright is not installed: run `make browser`")
    program = chromium_program()
    if program is None:
        unavailable("no Chromium was found; install one (Debian: apt install chromium) or set CHROMIUM to its path")
    options = [f"--host-resolver-rules={FOREIGN_NAMES}", "--no-proxy-server"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium's sandbox does not work for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


def chromium_program() -> str | None:
    """Return the path of a Chromium on this machine."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page without cookies or storage of other tests."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it where a browser is required."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"{reason}, and {REQUIRED} is set", pytrace=False)
    pytest.skip(reason)
