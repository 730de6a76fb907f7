"""The invariants of a pull, one small rule each, and the verdict on a cell. Pure.

The judge does not know how any connector maps records to entities. It compares with what the same connector produced in
a pull without a fault.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contract_bench.matrix.response import ConnectorResponse

__all__ = [
    "INVARIANTS",
    "PlayedCell",
    "Pulled",
    "Remark",
    "Snapshot",
    "Verdict",
    "Version",
    "Violation",
    "judge",
    "whole_milliseconds",
]


def whole_milliseconds(seconds: float) -> float:
    """Round a measured duration once, where it is measured, so that every report of it prints the same digits."""
    return round(seconds, 3)


class Verdict(StrEnum):
    """The outcome of a cell.

    `SILENT`, `HUNG` and `BROKEN` are defects: a failure that looks like a success or damaged the dataset; a pull that
    does not end; another broken invariant. `UNDETECTABLE` is not a defect: HubSpot's response was wrong in a way that
    no client can detect.
    """

    RECOVERED = "recovered"
    FAILED_SAFELY = "failed_safely"
    UNDETECTABLE = "undetectable"
    UNREACHED = "not reached"
    SILENT = "silent"
    HUNG = "hung"
    BROKEN = "broken"

    @property
    def text(self) -> str:
        """The wording in reports for people."""
        return self.value.replace("_", " ")

    @property
    def is_defect(self) -> bool:
        """Whether the connector has to be fixed."""
        return self in (Verdict.SILENT, Verdict.HUNG, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, with the evidence."""

    invariant: str
    detail: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Information without a violation, such as a measured figure."""

    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """The latest version of an entity in a dataset; `digest` identifies its content."""

    digest: str
    is_deleted: bool = False


Snapshot = Mapping[str, Version]


@dataclass(frozen=True, slots=True)
class Pulled:
    """One run of the pump.

    Attributes:
        deleted: How many deletions the run wrote.
        responses: The connector's responses, one for each request of the node.
        dataset: The dataset after the run.
    """

    ok: bool
    error: str | None
    seconds: float
    has_hung: bool
    deleted: int
    offset: str | int | None
    responses: tuple[ConnectorResponse, ...]
    dataset: Snapshot = field(repr=False)

    @property
    def entity_ids(self) -> list[object]:
        """The `_id` of each entity of a complete array, unconverted."""
        return [entity.get("_id") for each in self.responses if each.is_success for entity in each.entities]


@dataclass(frozen=True, slots=True)
class PlayedCell:
    """Everything the judge needs.

    Attributes:
        before: The dataset before the pull; it matches the account before the changes.
        offset_before: The pipe's offset before the pull.
        after: The dataset after a pull without a fault.
        moves: Whether the account changed during the pull, so that `after` is only one of several correct results.
        lies: Whether the fault forges data in a way that no client can detect.
        live_ids: The ids of the records that are not archived at the end.
        is_full: Whether it was a full pull.
        secrets: What must not appear in any output.
        output: Everything the connector wrote since the cell began.
        told_third_party: Whether the token was sent to a host other than HubSpot.
        people: What the addresses of all people in the account have in common; empty if that is not known.
    """

    pulled: Pulled
    rerun: Pulled | None
    before: Snapshot
    offset_before: str | int | None
    after: Snapshot
    live_ids: frozenset[int] = frozenset()
    moves: bool = False
    lies: bool = False
    is_full: bool = True
    patience_s: float = 10.0
    secrets: tuple[str, ...] = field(default=(), repr=False)
    output: str = field(default="", repr=False)
    told_third_party: bool = False
    people: str = "@example.com"


def live(snapshot: Snapshot) -> dict[str, str]:
    """The digests of the entities that are not deleted, by id."""
    return {entity_id: version.digest for entity_id, version in snapshot.items() if not version.is_deleted}


def some(ids: Iterable[object]) -> str:
    """The first ids, and how many more there are."""
    listed = sorted(map(str, ids))
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return f"{', '.join(listed[:3])}{more}"


def array_or_failure(case: PlayedCell) -> Iterator[str]:
    """A complete response with a 2xx status is a JSON array of objects, or is not JSON at all."""
    for response in case.pulled.responses:
        if response.is_success and response.has_json and not isinstance(response.value, list):
            yield f"status {response.status} with {type(response.value).__name__} instead of an array"
        elif response.is_success and isinstance(response.value, list) and len(response.entities) < len(response.value):
            yield f"status {response.status} with an array whose elements are not all objects"


def string_ids(case: PlayedCell) -> Iterator[str]:
    """Every entity has an `_id` that is a non-empty string."""
    for entity_id in case.pulled.entity_ids:
        if not isinstance(entity_id, str) or not entity_id:
            yield f"an entity with _id {entity_id!r}"
            return


def no_duplicate(case: PlayedCell) -> Iterator[str]:
    """No array contains an `_id` twice."""
    ids = case.pulled.entity_ids
    if len(set(map(str, ids))) < len(ids) and not case.moves:
        yield f"{len(ids)} entities, {len(set(map(str, ids)))} ids"


def no_false_deletion(case: PlayedCell) -> Iterator[str]:
    """No entity is deleted while its record exists, and a failed pull deletes nothing."""
    may_delete = case.pulled.ok or not case.is_full
    kept = live(case.before).keys() & (live(case.after) if may_delete else live(case.before)).keys()
    lost = kept - live(case.pulled.dataset).keys()
    if case.moves:
        lost -= _without(lost, case.live_ids)
    if lost:
        yield f"{some(lost)} deleted" + ("" if case.pulled.ok else " by a failed pull")
    elif not case.pulled.ok and case.pulled.deleted and case.is_full:
        yield f"{case.pulled.deleted} deletions by a failed pull"


def no_lost_update(case: PlayedCell) -> Iterator[str]:
    """After a completed pull no record is missing and none is out of date."""
    if not case.pulled.ok:
        return
    now, wanted, old = live(case.pulled.dataset), live(case.after), live(case.before)
    missing = wanted.keys() - now.keys() - old.keys()
    stale = {key for key in wanted.keys() & now.keys() if now[key] != wanted[key] and now[key] == old.get(key)}
    undead = (now.keys() & old.keys()) - wanted.keys()
    if case.moves:  # records that were deleted meanwhile need not be there, nor be up to date
        missing, stale = (ids - _without(ids, case.live_ids) for ids in (missing, stale))
        undead = set()
    if missing:
        yield f"created but missing: {some(missing)}"
    if stale:
        yield f"changed but out of date: {some(stale)}"
    if undead:
        yield f"archived but not deleted: {some(undead)}"


def true_content(case: PlayedCell) -> Iterator[str]:
    """Every entity has the content of a record that the account held."""
    if case.moves:
        return
    known = {(key, digest) for state in (case.before, case.after) for key, digest in live(state).items()}
    wrong = {key for key, digest in live(case.pulled.dataset).items() if (key, digest) not in known}
    if wrong:
        yield f"content that HubSpot does not hold: {some(wrong)}"


def offset_only_on_success(case: PlayedCell) -> Iterator[str]:
    """A failed pull leaves the offset where it was."""
    if not case.pulled.ok and case.pulled.offset != case.offset_before:
        yield f"from {case.offset_before!r} to {case.pulled.offset!r}"


def rerun_converges(case: PlayedCell) -> Iterator[str]:
    """The next pull without a fault completes, and then the dataset matches the account."""
    rerun = case.rerun
    if rerun is None:
        return
    if not rerun.ok:
        yield f"the pull after recovery failed: {rerun.error}"
        return
    if case.lies and not case.is_full:  # what was forged stays until the record changes again
        return
    now, wanted = live(rerun.dataset), live(case.after)
    if case.moves:
        missing = {str(record_id) for record_id in case.live_ids} - {part for key in now for part in _digits(key)}
        if missing:
            yield f"missing after recovery: {some(missing)}"
    elif now != wanted:
        differing = {key for key in now.keys() | wanted.keys() if now.get(key) != wanted.get(key)}
        yield f"different from the account after recovery: {some(differing)}"


def bounded_time(case: PlayedCell) -> Iterator[str]:
    """Every pull ends, successfully or not."""
    if case.pulled.has_hung:
        yield f"still running after {case.patience_s:g} s"


def no_secret(case: PlayedCell) -> Iterator[str]:
    """The token is sent only to HubSpot and is in no response and no log; e-mail addresses are in no log."""
    if case.told_third_party:
        yield "the token was sent to another host"
    responses = (*case.pulled.responses, *(case.rerun.responses if case.rerun else ()))
    if any(secret.encode() in response.body for response in responses for secret in case.secrets):
        yield "the token is in a response"
    if any(secret in case.output for secret in case.secrets):
        yield "the token is in the log"
    if case.people and case.people in case.output:
        yield "an e-mail address is in the log"


def _digits(entity_id: str) -> set[str]:
    return set("".join(letter if letter.isdigit() else " " for letter in entity_id).split())


def _without(keys: Iterable[str], live_ids: frozenset[int]) -> set[str]:
    """The entities whose records no longer exist."""
    there = set(map(str, live_ids))
    return {key for key in keys if not _digits(key) & there}


Rule = Callable[[PlayedCell], Iterator[str]]
INVARIANTS: Mapping[str, Rule] = {
    "array-or-non-200": array_or_failure,
    "string-id": string_ids,
    "no-false-deletion": no_false_deletion,
    "no-lost-update": no_lost_update,
    "true-content": true_content,
    "no-duplicate": no_duplicate,
    "offset-only-on-success": offset_only_on_success,
    "rerun-converges": rerun_converges,
    "bounded-time": bounded_time,
    "no-secret": no_secret,
}
# What undetectably forged data may cause. A record with a forged modification time is sent again with the true one,
# like a record that has changed meanwhile.
EXCUSED_BY_FORGERY = frozenset({"no-false-deletion", "no-lost-update", "true-content", "no-duplicate"})
DAMAGE = frozenset({"array-or-non-200", "string-id", "offset-only-on-success", "rerun-converges"}) | EXCUSED_BY_FORGERY


def judge(case: PlayedCell) -> tuple[Verdict, tuple[Violation, ...]]:
    """The verdict on a cell, and every invariant that did not hold."""
    found = [Violation(name, detail) for name, rule in INVARIANTS.items() for detail in rule(case)]
    broken = {violation.invariant for violation in found}
    if case.lies and broken and broken <= EXCUSED_BY_FORGERY:
        return Verdict.UNDETECTABLE, ()
    return _verdict(case, broken), tuple(found)


def _verdict(case: PlayedCell, broken: set[str]) -> Verdict:
    if broken & DAMAGE:
        return Verdict.SILENT
    if "bounded-time" in broken:
        return Verdict.HUNG
    if broken:
        return Verdict.BROKEN
    return Verdict.RECOVERED if case.pulled.ok else Verdict.FAILED_SAFELY
