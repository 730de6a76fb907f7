"""The command that measures: what it saves, and what it writes into the documents."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import plot, report
from benchmarks.figures import Section
from benchmarks.results_file import load, save


def measured(name: str, speed: float) -> Section:
    """Return a section with one figure."""
    section = Section(name, name.title(), "ours")
    section.add("work", "ours", "speed", speed, "entities/s")
    return section


def broken(_full: bool) -> Section:
    """Fail."""
    raise RuntimeError("no answer")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with documents and saved results of an earlier day."""
    for name in ("DOCUMENT", "README"):
        monkeypatch.setattr(command, name, tmp_path / f"{name}.md")
        (tmp_path / f"{name}.md").write_text(f"before\n{report.BEGIN}\n{report.END}\nafter\n")
    monkeypatch.setattr(command, "RESULTS", tmp_path)
    # the tests' environment has no matplotlib, only that of `make bench`
    monkeypatch.setattr(plot, "draw", lambda path, sections: path.write_text(f"{len(sections)} sections"))
    monkeypatch.setattr(plot, "is_available", lambda: True)
    monkeypatch.setattr(command, "SECTIONS", {"old": broken, "new": lambda _full: measured("new", 7), "broken": broken})
    old = [measured("old", 5), measured("new", 6)]
    for section in old:
        section.measured = "2020-02-02 10:00"
    save(tmp_path / "2020-02-02.json", {"full": True}, old, order=("old", "new"))
    return tmp_path


def test_a_section_that_was_measured_is_saved_although_a_later_one_fails(folder: Path) -> None:
    """The documents stay as they were."""
    done = CliRunner().invoke(
        command.main, ["--full", "--document", "--results", str(folder / "x.json"), "new", "broken"]
    )

    assert isinstance(done.exception, RuntimeError)
    assert [section.name for section in load(folder / "x.json")] == ["new"]
    assert "before\n" in (folder / "DOCUMENT.md").read_text()
    assert "## New" not in (folder / "DOCUMENT.md").read_text()


def test_what_is_not_measured_again_keeps_its_figures_and_their_date(folder: Path) -> None:
    """In the order of the report."""
    done = CliRunner().invoke(command.main, ["--full", "--document", "new"], catch_exceptions=False)

    text = (folder / "DOCUMENT.md").read_text()
    assert done.exit_code == 0
    assert "## Old\n\nMeasured on 2020-02-02 10:00 UTC.\n" in text
    assert "| **ours** | 5.00 entities/s |" in text
    assert "| **ours** | 7.00 entities/s |" in text
    assert text.index("## Old") < text.index("## New")
    assert "| task | compared with | contract-bench |" in (folder / "README.md").read_text()
    assert (folder / "DOCUMENT.png").read_text() == "2 sections"


def test_an_unknown_section_is_named(folder: Path) -> None:
    """With those that there are; nothing is measured."""
    done = CliRunner().invoke(command.main, ["new", "nwe"])

    assert done.exit_code == 2
    assert "unknown section: nwe. Choose from: old, new, broken." in done.output
    assert len(list(folder.glob("*.json"))) == 1


def test_a_chart_that_cannot_be_drawn_is_said_before_anything_is_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full run takes half an hour."""
    monkeypatch.setattr(plot, "is_available", lambda: False)

    done = CliRunner().invoke(command.main, ["--document", "new"])

    assert done.exit_code == 2
    assert "which is not installed" in done.output
    assert len(list(folder.glob("*.json"))) == 1
