"""The table of comparisons in README.md."""

from benchmarks import readme, report, results_file
from benchmarks.__main__ import README, RESULTS
from benchmarks.figures import Section
from benchmarks.sections import SECTIONS, fake_hubspot, fake_sesam


def test_readme_and_page_have_the_newest_saved_figures() -> None:
    """`python -m benchmarks --full --document` writes both, and saves the results: commit them together."""
    newest = results_file.newest(RESULTS, order=tuple(SECTIONS))

    assert newest
    assert f"{report.BEGIN}\n\n{readme.table(newest)}\n{report.END}" in README.read_text("utf-8")


def test_a_row_says_in_words_how_ours_compares() -> None:
    """Rows without figures are left out."""
    node = Section("fake-sesam", "Fake Sesam", fake_sesam.OURS)
    node.add(readme.ENTITIES, fake_sesam.OURS, "speed", 90, "entities/s")
    node.add(readme.ENTITIES, fake_sesam.BY_HAND, "speed", 100, "entities/s")
    server = Section("fake-hubspot", "Fake HubSpot", fake_hubspot.OURS)
    for subject, speed, one, start, memory in (
        (fake_hubspot.OURS, 400, 30, 1.0, 50),
        (fake_hubspot.WIREMOCK, 100, 20, 7.2, 60),
    ):
        server.add(fake_hubspot.LISTED, subject, "speed", speed, "requests/s")
        server.add(fake_hubspot.ONE, subject, "speed", one, "requests/s")
        server.add(fake_hubspot.LISTED, subject, "start", start, "s", "less")
        server.add(fake_hubspot.LISTED, subject, "memory", memory, "MB", "less")

    *_, page, pull = readme.table([node, server, Section("full-pull", "Full pull", "ours")]).splitlines()

    assert page.endswith(
        "| WireMock, with its journal | 4.0 x as many per second (one record by its id: 1.5 x), "
        "starts in 1/7 of the time, uses 0.83 x of the memory |"
    )
    assert pull.endswith(
        "| hand-written ijson and SQLite | 0.90 x as fast, with transforms, versions and deletion tracking |"
    )
    assert len(readme.table([node]).splitlines()) == 3
