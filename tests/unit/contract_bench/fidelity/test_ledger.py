"""The parity ledger."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import fake_hubspot
from contract_bench.cli import main
from contract_bench.commands import ledger as ledger_command
from contract_bench.fidelity.gaps import Gap
from contract_bench.fidelity.ledger import NEVER, Behaviour, Level, behaviours_in, to_markdown
from tests.support.cases import for_each

SOURCES = '''
"""A module. Source: docs."""

# Source: recording (Nango 2026-03 and before, 2024).
DEFAULTS = {"a": 1}


def page():
    """Give a page.

    Shape: {}
    Source: recording (2026-04, contacts);
        the order is assumed.

    More words.
    """


class Thing:
    """Source: reader (airbyte #1)."""
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with evidence in every kind of place."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(SOURCES, encoding="utf-8")
    return tmp_path / "pkg"


def test_evidence_is_found_in_docstrings_and_comments(package: Path) -> None:
    """In modules, classes, functions and comments."""
    found = {one.where: one for one in behaviours_in(package)}

    assert {one.what for one in behaviours_in(package)} == {"A module.", 'DEFAULTS = {"a": 1}', "Give a page.", "Thing"}
    assert found["pkg.a.page"].source == "recording (2026-04, contacts); the order is assumed."


@for_each(
    ("source", "levels", "last_seen"),
    [
        ("recording (2026-03 to 2026-04)", (Level.RECORDING,), "2026-04"),
        ("recording (2022) and docs", (Level.RECORDING, Level.DOCS), "2022"),
        ("recording.", (Level.RECORDING,), "undated"),
        ("docs (2026-03).", (Level.DOCS,), NEVER),
        ("reader (#12), the rest is assumed", (Level.READER, Level.ASSUMED), NEVER),
        ("somebody said so", (Level.ASSUMED,), NEVER),
    ],
)
def test_only_a_recording_counts_as_seen_on_the_wire(source: str, levels: tuple[Level, ...], last_seen: str) -> None:
    """A date in HubSpot's documentation does not count."""
    behaviour = Behaviour("x", "y", source)

    assert (behaviour.levels, behaviour.last_seen) == (levels, last_seen)


def test_the_page_lists_what_is_not_validated(package: Path) -> None:
    """It also shows why a gap is accepted."""
    page = to_markdown(behaviours_in(package), [Gap("GET /x", r"\.y$", "nobody reads it")])

    assert "**2 were never validated on the wire.**" in page
    assert "nobody reads it" in page


@pytest.fixture(scope="module")
def of_the_fake() -> list[Behaviour]:
    """The behaviours of the fake HubSpot. Reading its code takes a second."""
    return behaviours_in(Path(fake_hubspot.__file__).parent)


def test_the_fake_states_evidence_for_its_behaviours(of_the_fake: list[Behaviour]) -> None:
    """The ledger is not empty and contains the walk."""
    where = {one.where for one in of_the_fake}

    assert len(where) > 100
    assert "fake_hubspot.crm.objects.list_objects" in where


def test_the_command_reports_an_outdated_page_and_rewrites_it(
    tmp_path: Path, of_the_fake: list[Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make lint` runs it with the whole code."""
    monkeypatch.setattr(
        ledger_command, "behaviours_in", lambda package: of_the_fake if package.name == "fake_hubspot" else []
    )
    page = tmp_path / "ledger.md"
    arguments = ["ledger", "--output", str(page)]

    codes = [CliRunner().invoke(main, [*arguments, *more]).exit_code for more in (["--check"], [], ["--check"])]

    assert codes == [1, 0, 0]
