"""The laws: what must hold after each pull, and at the end of a scenario. Pure.

An entity is compared with its record by the last name only. The laws do not know the connector's mapping, so they only
require that the record's last name is somewhere in the entity.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["AccountState", "Dataset", "PipeRun", "PipeState", "after_pull", "differences"]

Dataset = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class AccountState:
    """What the account holds.

    Attributes:
        names: The last name of each record that is not archived, by id.
        restored: Records restored from the recycle bin with their old modification date, which no search finds.
        archived: Records in the recycle bin.
        lags: Whether searches lag behind.
    """

    names: Mapping[str, str | None]
    restored: frozenset[str] = frozenset()
    archived: frozenset[str] = frozenset()
    lags: bool = False


@dataclass(frozen=True, slots=True)
class PipeState:
    """The state of a pipe between two runs: its dataset without deleted entities, and its pump's offset."""

    dataset: Dataset = field(default_factory=dict)
    offset: str = ""


@dataclass(frozen=True, slots=True)
class PipeRun:
    """One run of a pump, with the states before and after it.

    Attributes:
        is_full: Whether the node requested everything: the pipe has no `since`, or its offset was empty.
        knows_archived: Whether the connector reads the recycle bin in incremental pulls.
    """

    mode: str
    ok: bool
    is_full: bool
    before: PipeState
    after: PipeState
    account_before: AccountState
    account_after: AccountState
    knows_archived: bool = False


def after_pull(pull: PipeRun) -> list[str]:
    """Return every law that a pull broke, as a sentence."""
    laws = _of_success(pull) if pull.ok else _of_failure(pull)
    return [f"{'a completed' if pull.ok else 'a failed'} {pull.mode} pull {problem}" for problem in laws]


def _of_success(pull: PipeRun) -> Iterator[str]:
    yield from _false_deletions(pull)
    is_still = pull.account_before.names == pull.account_after.names
    if not is_still or (pull.account_after.lags and not pull.is_full):
        return  # the pull may have read any of the account's states
    for what, ids in differences(
        pull.after.dataset, pull.account_after, is_exact=pull.is_full, knows_archived=pull.knows_archived
    ):
        yield f"left records {what}: {_listed(ids)}"


def _of_failure(pull: PipeRun) -> Iterator[str]:
    yield from _false_deletions(pull)
    if pull.after.offset != pull.before.offset:
        yield f"moved the offset from {pull.before.offset!r} to {pull.after.offset!r}"


def _false_deletions(pull: PipeRun) -> Iterator[str]:
    """Check that a failed full pull deletes nothing and that no pull deletes a record that exists."""
    there = pull.before.dataset.keys()
    kept = there if pull.is_full and not pull.ok else there & pull.account_after.names.keys()
    if lost := kept - pull.after.dataset.keys():
        yield f"deleted {_listed(lost)}"


def differences(
    dataset: Dataset, expected: AccountState, *, is_exact: bool, knows_archived: bool = False
) -> Iterator[tuple[str, set[str]]]:
    """Yield how a dataset differs from the account.

    Args:
        dataset: The entities that are not deleted, by id.
        expected: The account.
        is_exact: Whether it comes from a full pull. An incremental pull may keep records that were merged or erased,
            and does not see records restored from the recycle bin with their old modification date.
        knows_archived: Whether an incremental pull has to know what was archived.
    """
    there = dataset.keys() & expected.names.keys()
    missing = expected.names.keys() - dataset.keys() - (set() if is_exact else expected.restored)
    stale = {key for key in there if not _holds(dataset[key], expected.names[key])}
    undead = dataset.keys() - expected.names.keys()
    if not is_exact:
        undead &= expected.archived if knows_archived else set()
    for what, ids in (("missing", missing), ("out of date", stale), ("that are gone", undead)):
        if ids:
            yield what, set(ids)


def _holds(entity: Mapping[str, Any], name: str | None) -> bool:
    """Return whether some string in the entity is the name, possibly with an additional tilde in front."""
    return name is None or any(text in (name, f"~{name}") for text in _texts(entity))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids))
