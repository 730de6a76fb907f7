"""The garbage collector while a program starts."""

import gc
from collections.abc import Iterator

import pytest

from bench_core.collector import without_collector


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """How often everything was put out of the collector's sight; nothing is, and the collector is on afterwards.

    The number of such objects is no measure: it falls whenever one of them is freed.
    """
    calls: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    yield calls
    gc.enable()


def test_the_collector_is_away_until_the_program_has_started(frozen: list[str]) -> None:
    """What was made until then is out of its sight, also if the program says twice that it has started."""
    with without_collector() as has_started:
        assert not gc.isenabled()
        assert frozen == []
        has_started()
        assert gc.isenabled()
        assert frozen == ["freeze"]
        has_started()
        assert frozen == ["freeze"]

    assert gc.isenabled()


def test_the_collector_is_back_if_the_start_fails(frozen: list[str]) -> None:
    """Then it sees everything."""
    with pytest.raises(ValueError, match="no start"), without_collector():
        raise ValueError("no start")

    assert gc.isenabled()
    assert frozen == []


def test_a_collector_that_was_off_stays_off(frozen: list[str]) -> None:
    gc.disable()
    with without_collector() as has_started:
        has_started()
        assert not gc.isenabled()

    assert not gc.isenabled()
    assert frozen == []
