"""The rounds of the full pull section."""

from collections.abc import Iterator

import pytest

from benchmarks.alternatives import NotHereError
from benchmarks.figures import Section
from benchmarks.sections.full_pull import Pulled, Subject, best_of


def taking(*seconds: float, contacts: int = 100) -> Subject:
    """Return a subject whose pulls take these times."""
    rest: Iterator[float] = iter(seconds)
    return lambda: Pulled(contacts, next(rest), 30.0)


def not_here() -> Pulled:
    """Fail like an alternative that cannot be installed."""
    raise NotHereError("no network")


@pytest.fixture
def section() -> Section:
    """Return an empty section."""
    return Section("name", "title", "ours")


def test_the_fastest_pull_of_each_subject_counts(section: Section) -> None:
    """Each subject has the number of rounds it was given."""
    best = best_of(section, 100, {"often": (taking(3, 1, 2), 3), "once": (taking(5), 1), "never": (taking(), 0)})

    assert {name: pulled.seconds for name, pulled in best.items()} == {"often": 1, "once": 5}
    assert section.notes == []


def test_an_unavailable_subject_is_noted_once_and_the_others_are_measured(section: Section) -> None:
    """The report does not guess a figure."""
    best = best_of(section, 100, {"missing": (not_here, 3), "here": (taking(2, 2, 2), 3)})

    assert list(best) == ["here"]
    assert section.notes == ["missing could not be measured: no network"]


def test_an_incomplete_pull_is_not_compared(section: Section) -> None:
    """A subject that leaves contacts out would look fast."""
    with pytest.raises(RuntimeError, match="short pulled 99 of 100"):
        best_of(section, 100, {"short": (taking(1, contacts=99), 1)})
