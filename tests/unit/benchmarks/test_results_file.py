"""The results file after one run and after several."""

import json
from pathlib import Path

from benchmarks.figures import Section
from benchmarks.results_file import load, newest, save

ORDER = ("pull", "server")


def section(name: str, speed: float) -> Section:
    """Return a section with ours and another subject that is half as fast."""
    measured = Section(name, name.title(), "ours", pictured=[("work", "speed")], measured="2026-11-24 06:00")
    measured.add("work", "ours", "speed", speed, "entities/s")
    measured.add("work", "slow", "speed", speed / 2, "entities/s")
    measured.promise("fast", 1000, speed)
    return measured


def test_figures_are_saved_with_their_ratios(tmp_path: Path) -> None:
    """Only ratios can be compared across runs."""
    path = tmp_path / "results" / "day.json"

    save(path, {"date": "day"}, [section("pull", 500)], order=ORDER)

    document = json.loads(path.read_text("utf-8"))
    assert document["date"] == "day"
    assert [figure["times_ours"] for figure in document["sections"][0]["figures"]] == [1.0, 2.0]
    assert [goal["kept"] for goal in document["sections"][0]["goals"]] == [False]


def test_measuring_a_section_again_replaces_only_that_section(tmp_path: Path) -> None:
    """The other sections stay, in the order of the report."""
    path = tmp_path / "day.json"
    server = section("server", 5)
    save(path, {}, [server, section("pull", 500)], order=ORDER)

    sections = save(path, {}, [section("pull", 2000)], order=ORDER)

    assert sections == [section("pull", 2000), server]
    assert load(path) == sections


def test_a_missing_file_has_no_sections(tmp_path: Path) -> None:
    """It is not an error."""
    assert load(tmp_path / "day.json") == []


def test_each_section_has_its_newest_full_measurement(tmp_path: Path) -> None:
    """Quick runs do not count, and the order is that of the report."""
    for name, full, days in (("2026-01-01", True, "ab"), ("2026-01-02", True, "b"), ("2026-01-03-quick", False, "ab")):
        measured = [Section(one, one, "ours", measured=name) for one in days]
        save(tmp_path / f"{name}.json", {"full": full}, measured, order="ab")

    found = newest(tmp_path, order="ba")

    assert [(section.name, section.measured) for section in found] == [("b", "2026-01-02"), ("a", "2026-01-01")]
