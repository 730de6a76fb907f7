"""The benchmark of the proxy does not pass without having looked."""

import pytest

from benchmarks.figures import Section
from benchmarks.sections import proxy


def test_without_nginx_nothing_is_measured_and_no_goal_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    section = proxy.run(full=False)

    assert section.goals == []
    assert section.notes[0].startswith("not measured, so no goal is met: ")


def test_a_changed_page_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The goal says how many of the proxies sent the upstream's bytes."""
    section, page = Section("proxy", "", proxy.OURS), proxy.page()
    monkeypatch.setattr(proxy, "fetch", {1: page, 2: page, 3: page[:-1]}.get)

    proxy._check_bytes(section, 1, {"same": 2, "changed": 3})

    assert abs(len(page) - proxy.PAGE_BYTES) < 500
    assert [(goal.got, goal.kept) for goal in section.goals] == [(1, False)]
