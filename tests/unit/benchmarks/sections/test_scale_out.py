"""The figures calculated from parallel pulls, with scripted pulls."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from benchmarks.figures import Section
from benchmarks.sections.scale_out import MULTIPLE, Plan, Subject, measure, named, together, write_node
from fake_sesam import Node, NodeOptions


def taking(*times: float) -> Callable[[], float]:
    """Return a subject whose pulls take these times."""
    left = iter(times)
    return lambda: next(left)


def test_the_best_round_is_compared_with_the_best_round_of_the_base() -> None:
    """Three pulls in the time of one are three times the speed."""
    section, plan = Section("scale-out", "Scale-out", ""), Plan(contacts=100, rounds=2)
    one = Subject("one", "one", 1, taking(4.0, 2.0))
    three = Subject("three", "one", 3, taking(2.5, 5.0))

    measure(section, "work", plan, [one, three])

    assert section.value("work", "one", "speed") == 50.0
    assert section.value("work", "three", "speed") == 120.0
    assert section.value("work", "three", MULTIPLE) == pytest.approx(2.4)


def test_a_failed_pull_gives_no_figure() -> None:
    """Its error is raised even if others succeed."""

    def fail() -> None:
        raise RuntimeError("7 of 100 contacts came")

    with pytest.raises(RuntimeError, match="7 of 100"):
        together([lambda: None, fail, lambda: None])


@pytest.mark.parametrize("count", [1, 3])
def test_the_node_has_a_pipe_for_each_replica(tmp_path: Path, count: int) -> None:
    """Each pipe reads from a system of its own, and the configuration is valid."""
    ports = range(5000, 5000 + count)

    urls = write_node(tmp_path, ports)

    assert list(urls.values()) == [f"http://127.0.0.1:{port}" for port in ports]
    with Node(tmp_path, NodeOptions(system_urls=urls)) as node:
        assert node.configuration.problems == ()
        assert {pipe.source.system_id for pipe in node.pipes.values()} == set(urls)


def test_names_use_the_singular_for_one_replica() -> None:
    """All other counts use the plural."""
    name = partial(named, what="replica", how=" behind nginx")

    assert (name(1), name(2)) == ("1 replica behind nginx", "2 replicas behind nginx")
