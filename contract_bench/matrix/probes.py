"""Probes: what must hold without any fault."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from contract_bench.matrix.bench import PEOPLE, Bench, BenchSettings, Reference
from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.judge import Pulled, Remark, Verdict, Violation, live, some, whole_milliseconds
from contract_bench.matrix.memory_probe import memory_growth
from contract_bench.matrix.upstream_probes import UNJUDGED, UPSTREAM_PROBES, bomb_memory
from fake_hubspot import Record, format_time

__all__ = ["INCREMENTAL", "PROBES", "ProbeResult", "probes_for", "run_probe", "run_probes"]

STALL_ON_PAGE = 4
STALL_MS = 400
SEARCH_CAP = 10_000
CHANGED_BEFORE = 12
UNREADABLE: Sequence[Mapping[str, str]] = (
    {"encoding": "gzip"},
    {"encoding": "br"},
    {"trouble": "length"},
    {"trouble": "chunks"},
)
TRIES = 3
Found = Iterator[Violation | Remark]
Probe = Callable[[Bench, Reference], Found]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of a probe. `remark` is what was measured."""

    name: str
    summary: str
    verdict: Verdict
    violations: tuple[Violation, ...]
    seconds: float = 0.0
    remark: str = ""


def complete(bench: Bench, reference: Reference) -> Found:
    """A full pull brings every record once, and the next one all records created, changed and archived since."""
    del bench
    learned, fixture = reference.modes["full"], reference.fixture
    yield from _missing(learned.first, {record.id for record in fixture.before})
    yield from _missing(learned.second, set(fixture.live_after))
    gone = {part for key in live(learned.second.dataset) for part in _digits(key)} & set(map(str, fixture.archived))
    if gone:
        yield Violation("no-lost-update", f"archived but not deleted: {some(gone)}")
    yield from _unmarked(learned.second, fixture.changed | fixture.created)
    yield from _ids(learned.second)


def incremental(bench: Bench, reference: Reference) -> Found:
    """An incremental pull brings the records created and changed since the previous pull."""
    del bench
    learned = reference.modes["incremental"]
    yield from _missing(learned.second, set(learned.fixture.live_after))
    yield from _unmarked(learned.second, learned.fixture.changed | learned.fixture.created)
    yield from _ids(learned.second)


def ordered_tokens(bench: Bench, reference: Reference) -> Found:
    """The `_updated` values, compared byte by byte as Sesam does, are in the order of the changes."""
    del bench
    learned = reference.modes["incremental"]
    moments = {str(record.id): record.updated_ms for record in learned.fixture.before}
    tokens = [
        (moments[key], token)
        for answer in learned.first.responses
        for entity in answer.entities
        for key in _digits(str(entity.get("_id"))) & moments.keys()
        if isinstance(token := entity.get("_updated"), str)
    ]
    by_time = [token for _, token in sorted(tokens)]
    if by_time != sorted(by_time, key=str.encode):
        yield Violation("no-lost-update", "the _updated values are not in the order of the changes")


def same_moment(bench: Bench, reference: Reference) -> Found:
    """A record that changed in the same millisecond as the last one pulled is not lost."""
    learned = reference.modes["incremental"]
    newest = max(learned.fixture.before, key=lambda record: record.updated_ms)
    late = _twin(newest, newest.id + 1)
    bench.portal.fill([*learned.fixture.before, late])
    with bench.node(learned.data_dir) as node:
        pulled = bench.pull(node, "incremental")
    yield from _completed(pulled)
    yield from _missing(pulled, {late.id})


def equal_moments(bench: Bench, reference: Reference) -> Found:
    """Several pages of records that changed in one millisecond, as after an import, all arrive."""
    learned = reference.modes["incremental"]
    newest = max(learned.fixture.before, key=lambda record: record.updated_ms)
    later = replace(newest, updated_ms=newest.updated_ms + 1000)
    many = [_twin(later, newest.id + 1 + number) for number in range(reference.page_size * 2 + 1)]
    bench.portal.fill([*learned.fixture.before, *many])
    with bench.node(learned.data_dir) as node:
        pulled = bench.pull(node, "incremental")
    yield from _completed(pulled)
    yield from _missing(pulled, {record.id for record in many})


def changed_during_reads(bench: Bench, reference: Reference) -> Found:
    """A record that changes while any request of a pull is under way arrives, even if another is archived after it."""
    learned = reference.modes["incremental"]
    for number in range(len(learned.steps)):
        bench.portal.fill(learned.fixture.after)
        name = f"changed during read {number + 1}"
        where = {"route": "objects.*", "afterRequest": number}
        bench.portal.arm([{"fault": "busy-during-walk", "params": {"value": name}, "where": where}])
        changed = min(bench.portal.live_ids())
        with bench.node(learned.data_dir) as node:
            during = bench.pull(node, "incremental")
            has_fired = any(bench.portal.fired())
            bench.portal.disarm()
            later = bench.pull(node, "incremental")
        yield from _completed(later)
        arrived = any(
            str(changed) in _digits(str(entity.get("_id"))) and name in json.dumps(entity)
            for answer in (*during.responses, *later.responses)
            for entity in answer.entities
        )
        if has_fired and later.ok and not arrived:
            yield Violation("no-lost-update", f"{name} of a pull and never sent: {changed}")


def same_content(bench: Bench, reference: Reference) -> Found:
    """An entity has the same content after an incremental pull as after a full one."""
    learned = reference.modes["incremental"]
    bench.portal.fill(learned.fixture.after)
    with bench.node() as node:
        pulled = bench.pull(node, "full")
    yield from _completed(pulled)
    full, incremental = live(pulled.dataset), live(learned.second.dataset)
    differing = {key for key in full.keys() & incremental.keys() if full[key] != incremental[key]}
    if differing:
        yield Violation("true-content", f"another content than in a full pull: {some(differing)}")


def empty_account(bench: Bench, reference: Reference) -> Found:
    """An account without records gives an empty array."""
    del reference
    bench.portal.fill([])
    with bench.node() as node:
        pulled = bench.pull(node, "full")
    yield from _completed(pulled)
    if pulled.ok and any(answer.value != [] for answer in pulled.responses):
        yield Violation("array-or-non-200", "the response for an account without records is not []")


def full_pages(bench: Bench, reference: Reference) -> Found:
    """If the last page is full, all records arrive."""
    records = make_fixture(reference.page_size * 2).before
    bench.portal.fill(records)
    with bench.node() as node:
        pulled = bench.pull(node, "full")
    yield from _completed(pulled)
    yield from _missing(pulled, {record.id for record in records})


def lagging_search(bench: Bench, reference: Reference) -> Found:
    """A full pull brings the records that HubSpot's search does not know yet."""
    before = reference.fixture.before
    newest = [_twin(before[-1], before[-1].id + number) for number in range(1, 2 * reference.page_size + 2)]
    bench.portal.fill(before)
    bench.hubspot.add_unindexed(newest)
    with bench.node() as node:
        pulled = bench.pull(node, "full")
    yield from _completed(pulled)
    yield from _missing(pulled, {record.id for record in (*before, *newest)})


def stable(bench: Bench, reference: Reference) -> Found:
    """Two pulls of an unchanged account bring the same entities."""
    bench.portal.fill(reference.fixture.before)
    with bench.node(reference.modes["full"].data_dir) as node:
        again = bench.pull(node, "full")
    if live(again.dataset) != live(reference.modes["full"].first.dataset):
        yield Violation("true-content", "two pulls of an unchanged account bring different entities")


def streams(bench: Bench, reference: Reference) -> Found:
    """The first entities are sent before the last pages are fetched, so memory does not grow with the account."""
    records = make_fixture(reference.page_size * (STALL_ON_PAGE + 2)).before
    bench.portal.fill(records)
    slow = {"route": "objects.list", "page": STALL_ON_PAGE}
    bench.portal.arm([{"fault": "latency", "params": {"delay_ms": STALL_MS}, "where": slow}])
    pages_at_first_byte: list[int] = []
    bench.relay.on_first_byte = lambda: pages_at_first_byte.append(_pages_requested(bench))
    try:
        with bench.node() as node:
            pulled = bench.pull(node, "full")
    finally:
        bench.relay.on_first_byte = lambda: None
        bench.portal.disarm()
    yield from _completed(pulled)
    if pages_at_first_byte and pages_at_first_byte[0] > STALL_ON_PAGE:
        yield Violation(
            "bounded-memory", f"the first byte was sent only after {pages_at_first_byte[0]} pages were fetched"
        )


def memory(bench: Bench, reference: Reference) -> Found:
    """Three times as many records need no more memory."""
    del reference
    yield from memory_growth(bench)


def unreadable_errors(bench: Bench, reference: Reference) -> Found:
    """A 503 or 429 that is retried if its body can be read is also retried if the body or its encoding is broken."""
    for status in (503, 429):
        readable = {"fault": "status", "params": {"status": status, "retry_after_s": 0}}
        if not _pull_with(bench, reference, readable).ok:
            yield Remark(f"{status} is not retried")
            continue
        for params in UNREADABLE:
            unreadable = {"fault": "unreadable-error", "params": {"status": status, **params}}
            # a delay that is chosen at random may be too long for the connector's own limit, but not each time
            pulls = (_pull_with(bench, reference, unreadable) for _ in range(TRIES))
            failed = list(takewhile(lambda pulled: not pulled.ok, pulls))
            if len(failed) == TRIES:
                trouble = " ".join(params.values())
                detail = f"a {status} is not retried if its body is broken ({trouble}): {failed[-1].error}"
                yield Violation("completes", detail)


def _pull_with(bench: Bench, reference: Reference, fault: Mapping[str, Any]) -> Pulled:
    """Pull once with a fault at the first page."""
    learned = reference.modes["full"]
    bench.portal.fill(learned.fixture.after)
    bench.portal.arm([{**fault, "where": learned.places["list:first"].where, "times": 1}])
    with bench.node(learned.data_dir) as node:
        pulled = bench.pull(node, "full")
    bench.portal.disarm()
    return pulled


def decompression(bench: Bench, reference: Reference) -> Found:
    """A page that is 200 MB long when it is decompressed needs less than 100 MB of memory."""
    yield from bomb_memory(bench, lambda fault: _pull_with(bench, reference, fault))


def past_the_cap(bench: Bench, reference: Reference) -> Found:
    """More changes than one search returns (10,000) all arrive."""
    del reference
    connector = bench.settings.connector
    large = replace(connector, environment={**connector.environment, "HUBSPOT_PAGE_SIZE": "100"})
    few = make_fixture(CHANGED_BEFORE).before
    many = [_later(few[-1], number) for number in range(1, SEARCH_CAP + 51)]
    with Bench(replace(bench.settings, connector=large, patience_s=60)) as own, own.node() as node:
        own.portal.fill(few)
        own.pull(node, "incremental")
        own.portal.fill([*few, *many])
        pulled = own.pull(node, "incremental")
    yield from _completed(pulled)
    yield from _missing(pulled, {record.id for record in many})


PROBES: Mapping[str, Probe] = {
    probe.__name__.replace("_", "-"): probe
    for probe in (
        complete,
        full_pages,
        empty_account,
        lagging_search,
        stable,
        streams,
        memory,
        decompression,
        unreadable_errors,
        incremental,
        ordered_tokens,
        same_moment,
        equal_moments,
        changed_during_reads,
        same_content,
        past_the_cap,
    )
}

NEEDS_A_FULL_PULL = frozenset({"complete", "stable", "decompression", "unreadable-errors"})
RESTARTS_THE_CONNECTOR = frozenset({"memory", "past-the-cap"})
INCREMENTAL = frozenset(
    {
        "incremental",
        "ordered-tokens",
        "same-moment",
        "equal-moments",
        "changed-during-reads",
        "same-content",
        "past-the-cap",
    }
)


def probes_for(settings: BenchSettings) -> Mapping[str, Probe]:
    """Return the probes of a connector for HubSpot, or those of one for an API of which nothing is known."""
    return PROBES if settings.upstream is None else UPSTREAM_PROBES


def run_probes(bench: Bench, reference: Reference, *, names: Sequence[str] | None = None) -> tuple[ProbeResult, ...]:
    """Run all probes, or those in `names`; one that the connector does not support is not reached."""
    return tuple(run_probe(name, bench, reference) for name in (probes_for(bench.settings) if names is None else names))


def run_probe(name: str, bench: Bench, reference: Reference) -> ProbeResult:
    """Run one of the probes."""
    probe = probes_for(bench.settings)[name]
    summary = (probe.__doc__ or "").strip()
    if bench.settings.upstream is None and not _is_reached(name, bench, reference):
        return ProbeResult(name, summary, Verdict.UNREACHED, (), remark=_why_unreached(name, bench))
    begun_at, begun = time.time(), time.monotonic()
    told = list(probe(bench, reference))
    seconds = whole_milliseconds(time.monotonic() - begun)
    found = [each for each in told if isinstance(each, Violation)]
    remark = "; ".join(each.text for each in told if isinstance(each, Remark))
    output = bench.connector.output(since=begun_at)
    if any(secret in output for secret in bench.portal.secrets):
        found.append(Violation("no-secret", "the token is in the log"))
    if PEOPLE in output and bench.settings.upstream is None:
        found.append(Violation("no-secret", "an e-mail address is in the log"))
    # What has looked at nothing has not passed.
    verdict = Verdict.UNREACHED if not found and remark.startswith(UNJUDGED) else _verdict(found)
    return ProbeResult(name, summary, verdict, tuple(found), seconds, remark)


def _is_reached(name: str, bench: Bench, reference: Reference) -> bool:
    """Whether the mode that the probe needs was learned, and the connector can be restarted if the probe needs that."""
    if name in INCREMENTAL and "incremental" not in reference.modes:
        return False
    if name in NEEDS_A_FULL_PULL and "full" not in reference.modes:
        return False
    return name not in RESTARTS_THE_CONNECTOR or not bench.settings.connector.is_running


def _why_unreached(name: str, bench: Bench) -> str:
    if name in RESTARTS_THE_CONNECTOR and bench.settings.connector.is_running:
        return "not measured: the connector is already running and cannot be restarted"
    return ""


def _verdict(found: list[Violation]) -> Verdict:
    if any(violation.invariant not in ("no-secret", "bounded-memory", "completes") for violation in found):
        return Verdict.SILENT
    return Verdict.BROKEN if found else Verdict.RECOVERED


def _completed(pulled: Pulled) -> Found:
    if not pulled.ok:
        yield Violation("completes", f"a pull without a fault failed: {pulled.error}")


def _missing(pulled: Pulled, record_ids: set[int]) -> Found:
    there = {part for key in live(pulled.dataset) for part in _digits(key)}
    missing = {str(record_id) for record_id in record_ids} - there
    if missing and pulled.ok:
        yield Violation("no-lost-update", f"missing: {some(missing)}")


def _unmarked(pulled: Pulled, record_ids: frozenset[int]) -> Found:
    """The names of changed and created records say so; the entities must contain them."""
    text = {
        part: json.dumps(entity)
        for answer in pulled.responses
        for entity in answer.entities
        for part in _digits(str(entity.get("_id")))
    }
    stale = {key for key in map(str, record_ids) if key in text and f" {key}" not in text[key]}
    if stale:
        yield Violation("no-lost-update", f"changed but out of date: {some(stale)}")


def _ids(pulled: Pulled) -> Found:
    ids = pulled.entity_ids
    if any(not isinstance(entity_id, str) or not entity_id for entity_id in ids):
        yield Violation("string-id", "an _id that is not a string")
    if len(set(map(str, ids))) < len(ids):
        yield Violation("no-duplicate", f"{len(ids)} entities, {len(set(map(str, ids)))} ids")


def _digits(entity_id: str) -> set[str]:
    return set("".join(letter if letter.isdigit() else " " for letter in entity_id).split())


def _later(record: Record, number: int) -> Record:
    """A copy changed later, ten copies per millisecond."""
    return _twin(replace(record, updated_ms=record.updated_ms + 1000 + number // 10), record.id + number)


def _twin(record: Record, record_id: int) -> Record:
    values = {
        "hs_object_id": str(record_id),
        "email": f"contact.{record_id}@example.com",
        "lastmodifieddate": format_time(record.updated_ms),
    }
    return replace(record, id=record_id, properties={**record.properties, **values})


def _pages_requested(bench: Bench) -> int:
    return max((entry.page or 0 for entry in bench.portal.entries()), default=0)
