"""What holds for every fault: it strikes, the journal names it, and nothing of it is left behind."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_hubspot.faults.registry import catalogue
from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

# Times that are long by default.
QUICK: dict[str, dict[str, Any]] = {
    "latency": {"delay_ms": 1},
    "dribble": {"duration_ms": 4},
    "slow-headers": {"duration_ms": 4},
    "slow-close": {"delay_ms": 1},
    "slicer": {"delay_us": 1},
    "bandwidth": {"rate": 1_000_000},
    "deep-json": {"depth": 1000},
}
ENDLESS = {"stall", "timeout"}
# The bytes are the honest ones: these faults are in time, or behind the answer, or on the last page alone.
SAME_BYTES = {"latency", "dribble", "slow-headers", "slicer", "bandwidth", "cursor-after-end"}
CASES = [
    pytest.param(card.name, {**QUICK.get(card.name, {}), **params}, id=f"{card.name}{number or ''}")
    for card in catalogue()
    if not card.changes_portal
    for number, params in enumerate(({}, *card.examples))
]


def walk(bench: Bench, encoding: str, again: int, *, endless: int | None = None) -> list[Seen]:
    """Pages 1, 2 and 3, and one of them again."""
    return [
        bench.endless_page(number, encoding=encoding) if ordinal == endless else bench.page(number, encoding=encoding)
        for ordinal, number in enumerate((1, 2, 3, again), start=1)
    ]


def test_there_are_at_least_forty_faults() -> None:
    """As promised."""
    assert len(catalogue()) >= 40


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(("fault", "params"), CASES)
def test_only_the_struck_request_is_unlike_the_honest_one(
    bench: Bench, fault: str, params: dict[str, Any], encoding: str, page: int
) -> None:
    """Every byte before and behind a fault is that of a portal without faults, and the journal names the fault."""
    honest = walk(bench, encoding, page)
    bench.fresh()
    armed = bench.arm(fault, page=page, **params)

    seen = walk(bench, encoding, page, endless=page if fault in ENDLESS else None)

    others = [ordinal for ordinal in range(4) if ordinal != page - 1]
    assert [seen[ordinal] for ordinal in others] == [honest[ordinal] for ordinal in others]
    assert (seen[page - 1].content == honest[page - 1].content) == (fault in SAME_BYTES)
    entries = list(bench.portal.journal)[-4:]
    assert [entry.fault for entry in entries] == [fault if entry is entries[page - 1] else "" for entry in entries]
    assert [(met.id, met.name, met.fired) for met in entries[page - 1].injected] == [(armed.id, fault, 1)]
    assert armed.is_spent


plans = st.fixed_dictionaries(
    {
        "fault": st.sampled_from(sorted({str(case.values[0]) for case in CASES} - ENDLESS)),
        "where": st.fixed_dictionaries(
            {},
            optional={
                "page": st.integers(1, 3),
                "nth": st.integers(1, 4),
                "every": st.integers(1, 4),
                "per": st.sampled_from(["fault", "page"]),
            },
        ),
        "times": st.integers(1, 3) | st.sampled_from(["once", "forever"]),
        "probability": st.sampled_from([1, 0.5]),
        "seed": st.integers(0, 3),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(plans, min_size=1, max_size=4), pages=st.lists(st.integers(1, 3), min_size=1, max_size=8))
def test_any_mix_of_faults_leaves_the_other_requests_as_they_were(
    bench: Bench, wanted: list[dict[str, Any]], pages: list[int]
) -> None:
    """And every strike is in the journal, counted once."""
    bench.fresh()
    honest = [bench.page(number) for number in pages]
    bench.fresh()
    armed = [bench.arm_plan({**plan, "params": QUICK.get(plan["fault"], {})}) for plan in wanted]

    seen = [bench.page(number) for number in pages]

    entries = list(bench.portal.journal)[-len(pages) :]
    for entry, mine, theirs in zip(entries, seen, honest, strict=True):
        assert entry.injected or mine == theirs
    for one in armed:
        strikes = [met.fired for entry in entries for met in entry.injected if met.id == one.id]
        assert strikes == list(range(1, one.fired + 1))
