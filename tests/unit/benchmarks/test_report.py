"""The report of the benchmarks."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import report
from benchmarks.figures import Section
from benchmarks.plot import panels
from tests.support.cases import for_each


@pytest.fixture
def section() -> Section:
    """Return a section in which ours is twice as fast as one subject and half as fast as the limit."""
    measured = Section("pull", "Pull", "ours", notes=["left was not installed"], pictured=[("work", "speed")])
    measured.add("work", "slow", "speed", 500, "entities/s")
    measured.add("work", "limit", "speed", 2000, "entities/s")
    measured.add("work", "ours", "speed", 1000, "entities/s")
    measured.add("work", "ours", "memory", 30, "MB", "less")
    measured.add("work", "slow", "memory", 300, "MB", "less")
    measured.promise("at least 0.7 of the limit", 0.7, 0.5)
    measured.promise("under 64 MB", 64, 30, "less")
    return measured


def test_ours_comes_first_then_the_others_from_best_to_worst(section: Section) -> None:
    """The strongest competitor is in the second row."""
    (comparison,) = report.comparisons(section)

    assert comparison.rows == (
        ("ours", "1,000 entities/s", "30.0 MB"),
        ("limit", "2,000 entities/s (0.50 x)", ""),
        ("slow", "500 entities/s (2.0 x)", "300 MB (10 x)"),
    )


def test_a_missed_goal_is_reported(section: Section) -> None:
    """In the terminal and in the document."""
    console = Console(file=StringIO(), width=100)

    report.show(section, console)

    assert isinstance(console.file, StringIO)
    assert "missed: at least 0.7 of the limit: 0.500" in console.file.getvalue()
    assert "**missed**: at least 0.7 of the limit: 0.500" in report.markdown(section)
    assert "- met: under 64 MB: 30.0\n- left was not installed\n" in report.markdown(section)


@for_each(
    ("value", "text"),
    [(0, "0"), (0.0456, "0.0456"), (0.7, "0.700"), (12.54, "12.5"), (999.6, "1,000"), (239_411, "239,000")],
)
def test_a_number_has_three_significant_digits(value: float, text: str) -> None:
    """More digits would not be reproducible."""
    assert report.number(value) == text


def test_a_number_that_rounds_up_to_one_more_digit_has_no_trailing_dot() -> None:
    """`10`, not `10.`."""
    assert report.number(9.96, 2) == "10"


def test_tables_are_replaced_and_the_text_around_them_is_kept(section: Section, tmp_path: Path) -> None:
    """People write the rest of the document."""
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")

    report.write_document(document, [section])
    report.write_document(document, [section])

    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert text.count("| work | speed | memory |") == 1


def test_a_document_without_both_marks_is_not_written(tmp_path: Path) -> None:
    """The error says what is missing."""
    document = tmp_path / "README.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n")

    with pytest.raises(ValueError, match=f"expected {report.BEGIN} and {report.END} in .*README.md"):
        report.replace_measured(document, "new")

    assert document.read_text() == f"before\n{report.BEGIN}\nold\n"


def test_a_section_says_when_it_was_measured(section: Section) -> None:
    """A document has sections of several days."""
    section.measured = "2026-11-24 05:47"

    assert report.markdown(section).startswith("## Pull\n\nMeasured on 2026-11-24 05:47 UTC.\n\n| work |")


def test_the_chart_says_of_each_subject_how_it_compares_with_ours(section: Section) -> None:
    """The best is on top; a part without a pictured task has no panel."""
    section.name = "full-pull"
    section.add("work", "equal", "speed", 1010, "entities/s")

    (panel,) = panels([section, Section("fake-sesam", "Other", "ours", pictured=[("nothing", "speed")])])

    assert (panel.title, panel.work, panel.ours) == ("The connector", "work", "ours")
    assert [(dot.subject, dot.words) for dot in panel.dots] == [
        ("limit", "2,000 entities/s, 2.0 x faster"),
        ("equal", "1,010 entities/s, the same"),
        ("ours", "1,000 entities/s"),
        ("slow", "500 entities/s, 2.0 x slower"),
    ]


def test_of_memory_the_chart_shows_the_least_first(section: Section) -> None:
    """More of it is worse."""
    section.name, section.pictured = "fake-hubspot", [("work", "memory")]

    (panel,) = panels([section])

    assert [(dot.subject, dot.words) for dot in panel.dots] == [("ours", "30.0 MB"), ("slow", "300 MB, 10 x more")]
