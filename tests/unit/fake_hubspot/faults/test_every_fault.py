"""What is true of every fault: it fires, the journal names it, and later requests are not affected."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_hubspot.faults.registry import catalogue
from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

# Faults that take long with their defaults.
QUICK: dict[str, dict[str, Any]] = {
    "latency": {"delay_ms": 1},
    "dribble": {"duration_ms": 4},
    "slow-headers": {"duration_ms": 4},
    "slow-close": {"delay_ms": 1},
    "slicer": {"delay_us": 1},
    "trickle": {"interval_ms": 0},
    "bandwidth": {"rate": 1_000_000},
    "deep-json": {"depth": 1000},
    "endless-body": {"size_mb": 1},
    "gzip-bomb": {"size_mb": 1},
    "long-error-text": {"length": 1000},
}
ENDLESS = {"endless-body", "stall", "timeout"}
# Faults that change no byte: they take time, fire on the last page only, or change batches only.
SAME_BYTES = {
    "latency",
    "dribble",
    "slow-headers",
    "slicer",
    "trickle",
    "bandwidth",
    "cursor-after-end",
    "partial-batch",
}
CASES = [
    pytest.param(card.name, {**QUICK.get(card.name, {}), **params}, id=f"{card.name}{number or ''}")
    for card in catalogue()
    if not card.changes_portal and not card.needs_chosen_cursor
    for number, params in enumerate(({}, *card.examples))
]


def walk(bench: Bench, encoding: str, again: int, *, endless: int | None = None) -> list[Seen]:
    """Request pages 1, 2 and 3, and one of them again."""
    return [
        bench.endless_page(number, encoding=encoding) if ordinal == endless else bench.page(number, encoding=encoding)
        for ordinal, number in enumerate((1, 2, 3, again), start=1)
    ]


@pytest.fixture(scope="module")
def originals() -> dict[tuple[str, int], list[Seen]]:
    """What the requests of `walk` get without a fault, which is the same for all faults."""
    return {}


def test_there_are_at_least_forty_faults() -> None:
    """Fewer would mean that some were not found."""
    assert len(catalogue()) >= 40


@pytest.mark.parametrize(
    ("encoding", "page"),
    [
        ("identity", 1),
        ("gzip", 2),
        pytest.param("gzip", 1, marks=pytest.mark.proof),
        pytest.param("identity", 2, marks=pytest.mark.proof),
    ],
)
@pytest.mark.parametrize(("fault", "params"), CASES)
def test_a_fault_changes_only_the_request_at_which_it_fires(
    bench: Bench,
    originals: dict[tuple[str, int], list[Seen]],
    fault: str,
    params: dict[str, Any],
    encoding: str,
    page: int,
) -> None:
    """Every byte before and after a fault is that of a portal without faults, and the journal names the fault."""
    if (encoding, page) not in originals:
        originals[encoding, page] = walk(bench, encoding, page)
        bench.fresh()
    original = originals[encoding, page]
    armed = bench.arm(fault, page=page, **params)

    seen = walk(bench, encoding, page, endless=page if fault in ENDLESS else None)

    others = [ordinal for ordinal in range(4) if ordinal != page - 1]
    assert [seen[ordinal] for ordinal in others] == [original[ordinal] for ordinal in others]
    assert (seen[page - 1].content == original[page - 1].content) == (fault in SAME_BYTES)
    entries = list(bench.portal.journal)[-4:]
    assert [entry.fault for entry in entries] == [fault if entry is entries[page - 1] else "" for entry in entries]
    assert [(injected.id, injected.name, injected.fired) for injected in entries[page - 1].injected] == [
        (armed.id, fault, 1)
    ]
    assert armed.is_spent


rules = st.fixed_dictionaries(
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
@given(wanted=st.lists(rules, min_size=1, max_size=4), pages=st.lists(st.integers(1, 3), min_size=1, max_size=8))
def test_no_mix_of_faults_changes_other_requests(bench: Bench, wanted: list[dict[str, Any]], pages: list[int]) -> None:
    """Every firing is in the journal, counted once."""
    bench.fresh()
    original = [bench.page(number) for number in pages]
    bench.fresh()
    armed = [bench.arm_rule({**rule, "params": QUICK.get(rule["fault"], {})}) for rule in wanted]

    seen = [bench.page(number) for number in pages]

    entries = list(bench.portal.journal)[-len(pages) :]
    for entry, mine, theirs in zip(entries, seen, original, strict=True):
        assert entry.injected or mine == theirs
    for one in armed:
        firings = [injected.fired for entry in entries for injected in entry.injected if injected.id == one.id]
        assert firings == list(range(1, one.fired + 1))
