"""What holds for every fault: it strikes, the journal names it, and nothing of it is left behind."""

from typing import Any

import pytest

from fake_hubspot.faults.registry import FAULTS, catalogue
from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import SILENCE_S, Seen

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


def walk(bench: Bench, encoding: str, again: int, *, silent: int | None = None) -> list[Seen]:
    """Pages 1, 2 and 3, and one of them again."""
    return [
        bench.page(number, encoding=encoding, silence_s=SILENCE_S if ordinal == silent else 10)
        for ordinal, number in enumerate((1, 2, 3, again), start=1)
    ]


def test_there_are_at_least_forty_faults() -> None:
    """As promised."""
    assert len(FAULTS) >= 40


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

    seen = walk(bench, encoding, page, silent=page if fault in ENDLESS else None)

    others = [ordinal for ordinal in range(4) if ordinal != page - 1]
    assert [seen[ordinal] for ordinal in others] == [honest[ordinal] for ordinal in others]
    assert (seen[page - 1].content == honest[page - 1].content) == (fault in SAME_BYTES)
    entries = list(bench.portal.journal)[-4:]
    assert [entry.fault for entry in entries] == [fault if entry is entries[page - 1] else "" for entry in entries]
    assert [(met.id, met.name, met.fired) for met in entries[page - 1].injected] == [(armed.id, fault, 1)]
    assert armed.is_spent
