"""The reports in one file each, opened in a real browser."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from contract_bench.cassettes.evidence import Origin
from contract_bench.fidelity.reports import to_html as verification_page
from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.reports import to_html as matrix_page
from contract_bench.roles.connector import ConnectorUnderTest
from tests.browser.looks import problems_of, watched
from tests.unit.contract_bench.fidelity.test_reports import verification
from tests.unit.contract_bench.matrix.test_serving import RESULT
from tests.unit.fake_sesam.check.test_html import report as check_page


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A report of each kind."""
    reports = {
        "matrix": matrix_page(RESULT, BenchSettings(ConnectorUnderTest("python -m service"))),
        "verify": verification_page(verification(Origin.HUBSPOT)),
        "check": check_page("pass", "warn", "fail", "skip"),
    }
    folder = tmp_path_factory.mktemp("reports")
    for name, html in reports.items():
        (folder / f"{name}.html").write_text(html, "utf-8")
    return {name: folder / f"{name}.html" for name in reports}


@pytest.fixture(params=[(400, "dark"), (1600, "light")], ids=lambda look: f"{look[0]}-{look[1]}")
def page_in(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page in a narrow dark window, or in a wide light one."""
    width, scheme = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ["matrix", "verify", "check"])
def test_a_report_is_sound(page_in: Any, files: Mapping[str, Path], name: str) -> None:
    """It loads nothing, and what a server or a route sent is only text."""
    with watched(page_in) as wrong:
        page_in.goto(files[name].as_uri())
        found = problems_of(page_in)

    assert found == []
    assert wrong == []
