"""The mutants that no test kills, and why that is right: `survivors.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.mutation.mutants import mutants_of

__all__ = ["MAX_AGE_DAYS", "SURVIVORS_FILE", "Survivor", "SurvivorsError", "problems", "read_survivors"]

SURVIVORS_FILE = Path(__file__).with_name("survivors.toml")
# After a year somebody looks again whether the reason still holds.
MAX_AGE_DAYS = 365
KINDS = ("equivalent", "accepted")
FIELDS = ("file", "within", "code", "mutant", "kind", "reason", "date")


class SurvivorsError(Exception):
    """The file of survivors cannot be read."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that survives with a reason.

    Attributes:
        kind: `equivalent` if the mutant does not change behaviour, so that no test can kill it; `accepted` if it does,
            and a test is not worth its price. Only the first kind is left out of the score.
        day: When somebody last looked at it.
    """

    path: str
    within: str
    code: str
    mutant: str
    kind: str
    reason: str
    day: date

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """As that of a mutant."""
        return self.path, self.within, self.code, self.mutant


def read_survivors(file: Path) -> list[Survivor]:
    """The entries of a file.

    Raises:
        SurvivorsError: It is no TOML, or an entry is not as it should be.
    """
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("survivor", [])
    except tomllib.TOMLDecodeError as error:
        raise SurvivorsError(f"{file.name}: {error}") from error
    return [_survivor(file, at, entry) for at, entry in enumerate(entries, start=1)]


def problems(root: Path, survivors: list[Survivor], today: date) -> Iterator[str]:
    """What is wrong with the entries, and what to do about it."""
    seen: set[tuple[str, str, str, str]] = set()
    known: dict[str, set[tuple[str, str, str, str]]] = {}
    for one in survivors:
        where = f"{one.path}{f', {one.within}' if one.within else ''}: {one.code!r}"
        if one.path not in known:
            file = root / one.path
            mutants = mutants_of(one.path, file.read_text("utf-8")) if file.is_file() else []
            known[one.path] = {mutant.identity for mutant in mutants}
        if one.identity in seen:
            yield f"{where} is listed twice. Remove one entry."
        elif one.identity not in known[one.path]:
            yield (
                f"{where} with the change {one.mutant!r} is no mutant of the code any more. Remove the entry; if "
                "`make mutants` shows the changed line as a survivor, write a test or a new entry."
            )
        if (today - one.day).days > MAX_AGE_DAYS:
            yield (
                f"{where} was last looked at on {one.day}, more than {MAX_AGE_DAYS} days ago. Look whether its reason "
                f"still holds ({one.reason}), then set date = {today}, or remove the entry and write a test."
            )
        elif one.day > today:
            yield f"{where} has a date in the future, {one.day}. Set date = {today}."
        seen.add(one.identity)


def _survivor(file: Path, at: int, entry: dict[str, Any]) -> Survivor:
    missing = [name for name in FIELDS if name not in entry]
    unknown = [name for name in entry if name not in FIELDS]
    if missing or unknown:
        raise SurvivorsError(
            f"{file.name}: entry {at} lacks {', '.join(missing) or 'nothing'} and has the unknown keys "
            f"{', '.join(unknown) or 'none'}. An entry has: {', '.join(FIELDS)}."
        )
    if entry["kind"] not in KINDS:
        raise SurvivorsError(f"{file.name}: entry {at} has kind {entry['kind']!r}. Use one of: {', '.join(KINDS)}.")
    if type(entry["date"]) is not date:
        raise SurvivorsError(f"{file.name}: entry {at} has date {entry['date']!r}. Write it as 2026-01-31, unquoted.")
    if len(entry["reason"].split()) < 3:
        raise SurvivorsError(f"{file.name}: entry {at} gives no reason: {entry['reason']!r}. Write a sentence.")
    names = ("file", "within", "code", "mutant", "kind", "reason", "date")
    return Survivor(*(entry[name] for name in names))
