"""The garbage collector while a program starts."""

import gc
from collections.abc import Iterator

import pytest

from bench_core.collector import without_collector


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leave the collector as it was: on, with nothing out of its sight."""
    frozen = gc.get_freeze_count()
    yield
    if gc.get_freeze_count() != frozen:
        gc.unfreeze()
    gc.enable()


def test_the_collector_is_away_until_the_program_has_started() -> None:
    """What was made until then is out of its sight, also if the program says twice that it has started."""
    with without_collector() as has_started:
        assert not gc.isenabled()
        has_started()
        frozen = gc.get_freeze_count()
        assert gc.isenabled()
        assert frozen > 0
        has_started()
        assert gc.get_freeze_count() == frozen

    assert gc.isenabled()


def test_the_collector_is_back_if_the_start_fails() -> None:
    """Then it sees everything."""
    frozen = gc.get_freeze_count()
    with pytest.raises(ValueError, match="no start"), without_collector():
        raise ValueError("no start")

    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with without_collector() as has_started:
        has_started()
        assert not gc.isenabled()

    assert not gc.isenabled()
