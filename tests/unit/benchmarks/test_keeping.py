"""What a day's file holds after one and after several runs."""

import json
from pathlib import Path

from benchmarks.figures import Section
from benchmarks.keeping import keep, kept

ORDER = ("pull", "server")


def section(name: str, speed: float) -> Section:
    """Ours and another one that is half as fast."""
    measured = Section(name, name.title(), "ours", pictured=[("work", "speed")], measured="2026-11-24 06:00")
    measured.add("work", "ours", "speed", speed, "entities/s")
    measured.add("work", "slow", "speed", speed / 2, "entities/s")
    measured.promise("fast", 1000, speed)
    return measured


def test_ratios_stand_beside_the_figures(tmp_path: Path) -> None:
    """Only they may be compared with another run's."""
    path = tmp_path / "results" / "day.json"

    keep(path, {"date": "day"}, [section("pull", 500)], order=ORDER)

    document = json.loads(path.read_text("utf-8"))
    assert document["date"] == "day"
    assert [figure["times_ours"] for figure in document["sections"][0]["figures"]] == [1.0, 2.0]
    assert [goal["kept"] for goal in document["sections"][0]["goals"]] == [False]


def test_section_measured_again_replaces_the_one_before_and_leaves_the_others(tmp_path: Path) -> None:
    """Whoever measures one section keeps the rest of the day, in the report's order."""
    path = tmp_path / "day.json"
    server = section("server", 5)
    keep(path, {}, [server, section("pull", 500)], order=ORDER)

    sections = keep(path, {}, [section("pull", 2000)], order=ORDER)

    assert sections == [section("pull", 2000), server]
    assert kept(path) == sections


def test_nothing_is_kept_before_the_first_run(tmp_path: Path) -> None:
    """No file is no error."""
    assert kept(tmp_path / "day.json") == []
