"""Figures as a page shows them."""

from bench_core.pages.words import lasted, sized, spanned


def test_figures_have_a_unit_that_fits() -> None:
    """Also at the borders."""
    assert [sized(number) for number in (0, 999, 1000, 999_949, 1_000_000, 2_500_000)] == [
        "0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "2.5 MB",
    ]  # fmt: skip
    assert [lasted(seconds) for seconds in (0.0, 0.25, 1.0, 119.94, 120.0, 600.0)] == [
        "0 ms", "250 ms", "1.0 s", "119.9 s", "2 min", "10 min",
    ]  # fmt: skip
    assert spanned(7) == "7 ms"
    assert spanned(5000) == "5 s"
