"""What is computed of pulls at once; the pulls themselves are played."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from benchmarks.figures import Section
from benchmarks.sections.scale_out import MULTIPLE, Plan, Subject, measure, named, together, write_node
from fake_sesam import Node, NodeOptions


def taking(*times: float) -> Callable[[], float]:
    """A subject's pulls, which take so long one after the other."""
    left = iter(times)
    return lambda: next(left)


def test_the_best_of_the_rounds_is_held_against_the_best_of_its_base() -> None:
    """Three pulls in the time of one are three times as much."""
    section, plan = Section("scale-out", "Scale-out", ""), Plan(contacts=100, rounds=2)
    one = Subject("one", "one", 1, taking(4.0, 2.0))
    three = Subject("three", "one", 3, taking(2.5, 5.0))

    measure(section, "work", plan, [one, three])

    assert section.value("work", "one", "speed") == 50.0
    assert section.value("work", "three", "speed") == 120.0
    assert section.value("work", "three", MULTIPLE) == pytest.approx(2.4)


def test_a_pull_that_fails_is_no_figure() -> None:
    """Its error comes out, though others succeed."""

    def fail() -> None:
        raise RuntimeError("7 of 100 contacts came")

    with pytest.raises(RuntimeError, match="7 of 100"):
        together([lambda: None, fail, lambda: None])


@pytest.mark.parametrize("count", [1, 3])
def test_the_node_has_a_pipe_for_each_replica(tmp_path: Path, count: int) -> None:
    """Each reads a system of its own, and nothing is wrong with the configuration."""
    ports = range(5000, 5000 + count)

    urls = write_node(tmp_path, ports)

    assert list(urls.values()) == [f"http://127.0.0.1:{port}" for port in ports]
    with Node(tmp_path, NodeOptions(system_urls=urls)) as node:
        assert node.problems == ()
        assert {pipe.source.system_id for pipe in node.pipes.values()} == set(urls)


def test_replicas_are_counted_in_words() -> None:
    """One is no plural."""
    name = partial(named, what="replica", how=" behind nginx")

    assert (name(1), name(2)) == ("1 replica behind nginx", "2 replicas behind nginx")
