"""Probes of a connector in front of an API of which nothing is known, and what cannot be probed there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contract_bench.matrix.bench import Bench, Learned, Reference
from contract_bench.matrix.judge import Remark, Violation, live
from contract_bench.matrix.memory import MemoryMeter, peak_of
from contract_bench.matrix.requests import OrderedPlace

__all__ = ["UNJUDGED", "UPSTREAM_PROBES", "bomb_memory"]

UNJUDGED = "cannot be judged"

Found = Iterator[Violation | Remark]
STALL_MS = 400
BOMB_MB = 200
BOMB_MEMORY_MB = 100
LEAST_REQUESTS = 3


def same_again(bench: Bench, reference: Reference) -> Found:
    """Two pulls of an unchanged upstream bring the same entities, and the second one deletes nothing."""
    for mode, learned in reference.modes.items():
        bench.portal.fill(())
        with bench.node(learned.data_dir) as node:
            first, second = bench.pull(node, mode), bench.pull(node, mode)
        if not (first.ok and second.ok):
            yield Violation("completes", f"a pull without a fault failed: {first.error or second.error}")
        elif live(second.dataset) != live(learned.second.dataset) or second.deleted:
            yield Violation("true-content", f"a second {mode} pull brings something else")


def first_byte_early(bench: Bench, reference: Reference) -> Found:
    """The first entities are sent before the last request is answered, so memory does not grow with the data."""
    learned = next(iter(reference.modes.values()))
    bench.portal.fill(())
    with bench.node(learned.data_dir) as node:
        bench.pull(node, next(iter(reference.modes)))
    requests = len(bench.portal.entries())
    if requests < LEAST_REQUESTS:
        yield Remark(f"{UNJUDGED}: a pull sends only {requests} requests")
        return
    last = list(learned.places)[-1]
    bench.portal.fill(())
    bench.portal.arm([_at(learned, last, {"fault": "latency", "params": {"delay_ms": STALL_MS}})])
    sent_before: list[int] = []
    bench.relay.on_first_byte = lambda: sent_before.append(sum(each.status > 0 for each in bench.portal.entries()))
    try:
        with bench.node(learned.data_dir) as node:
            bench.pull(node, next(iter(reference.modes)))
    finally:
        bench.relay.on_first_byte = lambda: None
        bench.portal.disarm()
    if sent_before and sent_before[0] >= requests:
        yield Violation("bounded-memory", f"the first byte was sent only after all {requests} requests were answered")


def decompression(bench: Bench, reference: Reference) -> Found:
    """A response that is 200 MB long when it is decompressed needs less than 100 MB of memory."""
    mode, learned = next(iter(reference.modes.items()))
    last = list(learned.places)[-1]

    def pull(fault: Mapping[str, Any]) -> None:
        bench.portal.fill(())
        bench.portal.arm([_at(learned, last, fault)])
        with bench.node(learned.data_dir) as node:
            bench.pull(node, mode)
        has_fired.extend(bench.portal.fired())
        bench.portal.disarm()

    has_fired: list[int] = []
    found = list(bomb_memory(bench, pull))
    yield from found if any(has_fired) else [Remark("not measured: the fault did not fire")]


def bomb_memory(bench: Bench, pull: Callable[[Mapping[str, Any]], object]) -> Found:
    """Measure the memory that the connector needs for a response that is very long when it is decompressed.

    Args:
        bench: The worker.
        pull: Pulls once with a fault.
    """
    pid = bench.connector.pid()
    before = None if pid is None else peak_of(pid)
    if pid is None or before is None:
        yield Remark("not measured: the connector's process, or its memory, is not known")
        return
    with MemoryMeter(pid) as meter:
        pull({"fault": "gzip-bomb", "params": {"size_mb": BOMB_MB}})
    used_mb = ((meter.peak or 0) - before) / 1_000_000
    if used_mb > BOMB_MEMORY_MB:
        yield Violation("bounded-memory", f"{used_mb:.0f} MB for a page of {BOMB_MB} MB")
    else:
        yield Remark(f"{max(used_mb, 0):.0f} MB for a page of {BOMB_MB} MB")


def _at(learned: Learned, name: str, fault: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule for a fault that fires once at a place."""
    place = learned.places[name]
    number = {"nth": place.number} if isinstance(place, OrderedPlace) else {}
    return {**fault, "where": {**place.where, **number}, "times": 1}


def every_record(bench: Bench, reference: Reference) -> Found:
    """A pull brings every record of the upstream, with what has changed since the last one."""
    del bench, reference
    yield Remark(f"{UNJUDGED} without knowledge of the API: a pull without a fault is taken for the truth")


def memory(bench: Bench, reference: Reference) -> Found:
    """Three times as many records need no more memory."""
    del bench, reference
    yield Remark(f"{UNJUDGED} without knowledge of the API: the upstream has as many records as it has")


UPSTREAM_PROBES = {
    probe.__name__.replace("_", "-"): probe
    for probe in (same_again, first_byte_early, decompression, every_record, memory)
}
