"""What a pull must never do, one small rule each, and the verdict on a cell. Pure.

The judge knows no connector's entities: what a record looks like is what the same connector made of it in a pull in
which nothing went wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contract_bench.matrix.response import ConnectorResponse

__all__ = ["INVARIANTS", "Case", "Pulled", "Remark", "Snapshot", "Verdict", "Version", "Violation", "judge"]


class Verdict(StrEnum):
    """What became of a cell.

    `SILENT`, `HUNG` and `BROKEN` are defects: a failure that looks like a success or damaged the dataset; no end;
    another promise broken. `UNDETECTABLE` is none: HubSpot's answer was a lie that no reader can tell from the truth.
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
        """How a report for people spells it."""
        return self.value.replace("_", " ")

    @property
    def is_defect(self) -> bool:
        """Whether the connector has to be mended."""
        return self in (Verdict.SILENT, Verdict.HUNG, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, and how that shows."""

    invariant: str
    detail: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is worth knowing and breaks nothing, such as a figure that was measured."""

    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """The latest version of an entity in a dataset; `digest` tells contents apart."""

    digest: str
    is_deleted: bool = False


Snapshot = Mapping[str, Version]


@dataclass(frozen=True, slots=True)
class Pulled:
    """One run of the pump.

    Attributes:
        deleted: How many deleted versions the run wrote.
        responses: What the connector answered, one for each request of the node.
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
        """The `_id` of each entity that came in a whole array, as it came."""
        return [entity.get("_id") for answer in self.responses if answer.is_success for entity in answer.entities]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the judge needs.

    Attributes:
        before: The dataset as it was, complete for the account as it was.
        offset_before: The pipe's offset then.
        after: The dataset that a pull without a fault makes of it.
        moves: Whether the account changed during the pull, so that `after` is only one of the right ends.
        lies: Whether the fault forges data in a way that no reader can tell.
        live_ids: The ids of the records that are live in the end.
        is_full: Whether the pull was of everything.
        secrets: What must not stand in any output.
        output: Everything the connector wrote since the cell began.
        told_third_party: Whether the token went to a host that is not HubSpot.
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


def live(snapshot: Snapshot) -> dict[str, str]:
    """The entities that are not deleted, with what tells their contents apart."""
    return {entity_id: version.digest for entity_id, version in snapshot.items() if not version.is_deleted}


def some(ids: Iterable[object]) -> str:
    """A few of the ids and how many there are."""
    listed = sorted(map(str, ids))
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return f"{', '.join(listed[:3])}{more}"


def array_or_failure(case: Case) -> Iterator[str]:
    """A whole answer with a 2xx status is a JSON array of objects, or no JSON at all."""
    for answer in case.pulled.responses:
        if answer.is_success and answer.has_json and not isinstance(answer.value, list):
            yield f"status {answer.status} with {type(answer.value).__name__} in place of an array"
        elif answer.is_success and isinstance(answer.value, list) and len(answer.entities) < len(answer.value):
            yield f"status {answer.status} with an array that holds something else than objects"


def string_ids(case: Case) -> Iterator[str]:
    """Every entity has an `_id` that is a text with something in it."""
    for entity_id in case.pulled.entity_ids:
        if not isinstance(entity_id, str) or not entity_id:
            yield f"an entity with _id {entity_id!r}"
            return


def no_duplicate(case: Case) -> Iterator[str]:
    """No array holds an `_id` twice."""
    ids = case.pulled.entity_ids
    if len(set(map(str, ids))) < len(ids) and not case.moves:
        yield f"{len(ids)} entities, {len(set(map(str, ids)))} ids"


def no_false_deletion(case: Case) -> Iterator[str]:
    """Nothing that is still there is deleted, and a failed pull deletes nothing."""
    may_delete = case.pulled.ok or not case.is_full
    kept = live(case.before).keys() & (live(case.after) if may_delete else live(case.before)).keys()
    lost = kept - live(case.pulled.dataset).keys()
    if case.moves:
        lost -= _without(lost, case.live_ids)
    if lost:
        yield f"{some(lost)} deleted" + ("" if case.pulled.ok else " by a failed pull")
    elif not case.pulled.ok and case.pulled.deleted and case.is_full:
        yield f"{case.pulled.deleted} deletions by a failed pull"


def no_lost_update(case: Case) -> Iterator[str]:
    """After a pull that completed nothing is missing and nothing is as it was before."""
    if not case.pulled.ok:
        return
    now, wanted, old = live(case.pulled.dataset), live(case.after), live(case.before)
    missing = wanted.keys() - now.keys() - old.keys()
    stale = {key for key in wanted.keys() & now.keys() if now[key] != wanted[key] and now[key] == old.get(key)}
    undead = (now.keys() & old.keys()) - wanted.keys()
    if case.moves:  # who is gone meanwhile is not missed, and was not to be seen changed
        missing, stale = (ids - _without(ids, case.live_ids) for ids in (missing, stale))
        undead = set()
    if missing:
        yield f"created, but not there: {some(missing)}"
    if stale:
        yield f"changed, but as before: {some(stale)}"
    if undead:
        yield f"archived, but not deleted: {some(undead)}"


def true_content(case: Case) -> Iterator[str]:
    """Every entity is one that the account held."""
    if case.moves:
        return
    known = {(key, digest) for fixture in (case.before, case.after) for key, digest in live(fixture).items()}
    wrong = {key for key, digest in live(case.pulled.dataset).items() if (key, digest) not in known}
    if wrong:
        yield f"not what HubSpot holds: {some(wrong)}"


def offset_only_on_success(case: Case) -> Iterator[str]:
    """A failed pull leaves the offset where it was."""
    if not case.pulled.ok and case.pulled.offset != case.offset_before:
        yield f"from {case.offset_before!r} to {case.pulled.offset!r}"


def rerun_converges(case: Case) -> Iterator[str]:
    """The next pull without a fault completes, and the dataset is what the account is."""
    rerun = case.rerun
    if rerun is None or (case.lies and not case.is_full):
        return
    if not rerun.ok:
        yield f"the pull after recovery failed: {rerun.error}"
        return
    now, wanted = live(rerun.dataset), live(case.after)
    if case.moves:
        missing = {str(record_id) for record_id in case.live_ids} - {part for key in now for part in _digits(key)}
        if missing:
            yield f"missing after recovery: {some(missing)}"
    elif now != wanted:
        differing = {key for key in now.keys() | wanted.keys() if now.get(key) != wanted.get(key)}
        yield f"not as the account after recovery: {some(differing)}"


def bounded_time(case: Case) -> Iterator[str]:
    """A pull ends, one way or the other."""
    if case.pulled.has_hung:
        yield f"no end within {case.patience_s:g} s"


def no_secret(case: Case) -> Iterator[str]:
    """The token goes to HubSpot alone and stands in no answer and no log; people's addresses stand in no log."""
    if case.told_third_party:
        yield "the token was sent to another host"
    responses = (*case.pulled.responses, *(case.rerun.responses if case.rerun else ()))
    if any(secret.encode() in answer.body for answer in responses for secret in case.secrets):
        yield "the token in an answer"
    if any(secret in case.output for secret in case.secrets):
        yield "the token in the log"
    if "@example.com" in case.output:
        yield "a person's address in the log"


def _digits(entity_id: str) -> set[str]:
    return set("".join(letter if letter.isdigit() else " " for letter in entity_id).split())


def _without(keys: Iterable[str], live_ids: frozenset[int]) -> set[str]:
    """Those of the entities whose record is gone."""
    there = set(map(str, live_ids))
    return {key for key in keys if not _digits(key) & there}


Rule = Callable[[Case], Iterator[str]]
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
# What a lie that cannot be told from the truth may do. A record whose moment was forged comes again with the true one,
# as one that has changed meanwhile does.
BELIEVABLE = frozenset({"no-false-deletion", "no-lost-update", "true-content", "no-duplicate"})
DAMAGE = frozenset({"array-or-non-200", "string-id", "offset-only-on-success", "rerun-converges"}) | BELIEVABLE


def judge(case: Case) -> tuple[Verdict, tuple[Violation, ...]]:
    """The verdict on a cell, and every invariant that did not hold."""
    found = [Violation(name, detail) for name, rule in INVARIANTS.items() for detail in rule(case)]
    broken = {violation.invariant for violation in found}
    if case.lies and broken and broken <= BELIEVABLE:
        return Verdict.UNDETECTABLE, ()
    return _verdict(case, broken), tuple(found)


def _verdict(case: Case, broken: set[str]) -> Verdict:
    if broken & DAMAGE:
        return Verdict.SILENT
    if "bounded-time" in broken:
        return Verdict.HUNG
    if broken:
        return Verdict.BROKEN
    return Verdict.RECOVERED if case.pulled.ok else Verdict.FAILED_SAFELY
