"""How the section about full pulls takes turns."""

from collections.abc import Iterator

import pytest

from benchmarks.alternatives import NotHereError
from benchmarks.figures import Section
from benchmarks.sections.full_pull import Pulled, Subject, best_of


def taking(*seconds: float, contacts: int = 100) -> Subject:
    """A subject whose pulls take so long, one after the other."""
    rest: Iterator[float] = iter(seconds)
    return lambda: Pulled(contacts, next(rest), 30.0)


def not_here() -> Pulled:
    """An alternative that cannot be installed."""
    raise NotHereError("no network")


@pytest.fixture
def section() -> Section:
    """An empty part of the report."""
    return Section("name", "title", "ours")


def test_the_fastest_pull_of_each_counts(section: Section) -> None:
    """Each has as many turns as it was given."""
    best = best_of(section, 100, {"often": (taking(3, 1, 2), 3), "once": (taking(5), 1), "never": (taking(), 0)})

    assert {name: pulled.seconds for name, pulled in best.items()} == {"often": 1, "once": 5}
    assert section.notes == []


def test_who_cannot_be_had_is_noted_once_and_keeps_nobody_from_being_measured(section: Section) -> None:
    """No guess stands in its place."""
    best = best_of(section, 100, {"missing": (not_here, 3), "here": (taking(2, 2, 2), 3)})

    assert list(best) == ["here"]
    assert section.notes == ["missing could not be measured: no network"]


def test_half_the_work_is_not_compared(section: Section) -> None:
    """Who leaves contacts out would look fast."""
    with pytest.raises(RuntimeError, match="short pulled 99 of 100"):
        best_of(section, 100, {"short": (taking(1, contacts=99), 1)})
