"""Compares two JSON documents. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contract_bench.fidelity.mismatch import ComparisonMode, MismatchKind, MismatchSeverity
from contract_bench.fidelity.mismatch_log import ABSENT, MismatchLog, type_of
from contract_bench.fidelity.normalise import References, Shape, is_id_key, placeholders, shape_of, url_parts

__all__ = ["compare_documents"]

REQUIRED = frozenset(
    {"id", "properties", "createdAt", "updatedAt", "archived", "results", "status", "message", "after"}
)
# Keywords of the API: clients notice when one of them changes between two recordings.
PROTOCOL_VALUES = frozenset({"status", "category", "subCategory", "message", "type", "errorType", "policyName", "code"})
IN_PROPERTIES = re.compile(r"\.properties\.\w+$")
TEXT_SHAPES = frozenset({Shape.PLAIN, Shape.URL})


def compare_documents(recorded: Any, actual: Any, log: MismatchLog) -> None:
    """Add the differences between two JSON documents to the log."""
    # Ids and timestamps on both sides must map to themselves: seeded records are the same on both sides.
    common = {*_reference_values(recorded)} & {*_reference_values(actual)}
    comparison = _Comparison(log, References(common))
    comparison.compare(recorded, actual)


def _reference_values(document: Any) -> Iterator[str]:
    return (text for key, text in _leaves("", document) if shape_of(key, text) not in TEXT_SHAPES)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(name, one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(key, one)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield key, str(value)


class _Comparison:
    def __init__(self, log: MismatchLog, references: References) -> None:
        self._log = log
        self._references = references

    def compare(self, old: Any, new: Any) -> None:
        self._values("$", "", old, new)
        self._cursor(old, new)

    def _values(self, path: str, key: str, old: Any, new: Any) -> None:
        kinds = type_of(old), type_of(new)
        if "null" in kinds and kinds[0] != kinds[1]:
            self._log.add(
                path, MismatchKind.NULL, old, new, None if IN_PROPERTIES.search(path) else MismatchSeverity.ERROR
            )
        elif kinds[0] != kinds[1]:
            self._log.add(path, MismatchKind.TYPE, old, new)
        elif isinstance(old, dict):
            self._objects(path, old, new)
        elif isinstance(old, list):
            self._arrays(path, key, old, new)
        elif isinstance(old, str):
            self._texts(path, key, old, new)
        elif isinstance(old, int) and is_id_key(key):
            self._reference(path, str(old), str(new))
        elif old != new:
            self._log.add(path, MismatchKind.VALUE, old, new)

    def _objects(self, path: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        for key, value in old.items():
            if key in new:
                self._values(f"{path}.{key}", key, value, new[key])
            else:
                self._missing(path, key, value)
        for key in [key for key in new if key not in old]:
            self._extra(path, key, new[key])
        common = [key for key in old if key in new], [key for key in new if key in old]
        if common[0] != common[1]:
            self._log.add(path, MismatchKind.KEY_ORDER, ", ".join(common[0]), ", ".join(common[1]))

    def _missing(self, path: str, key: str, value: Any) -> None:
        if (path, key) == ("$", "paging"):
            severity = MismatchSeverity.INFO if self._log.mode is ComparisonMode.DRIFT else None
            self._log.add("$.paging", MismatchKind.CURSOR, value, ABSENT, severity)
            return
        severity = MismatchSeverity.ERROR if key in REQUIRED and not path.endswith("properties") else None
        self._log.add(f"{path}.{key}", MismatchKind.MISSING_KEY, value, ABSENT, severity)

    def _extra(self, path: str, key: str, value: Any) -> None:
        if (path, key) == ("$", "paging"):
            severity = MismatchSeverity.INFO if self._log.mode is ComparisonMode.DRIFT else None
            self._log.add("$.paging", MismatchKind.CURSOR, ABSENT, value, severity)
            return
        kind = MismatchKind.NEW_FIELD if self._log.mode is ComparisonMode.DRIFT else MismatchKind.EXTRA_KEY
        self._log.add(f"{path}.{key}", kind, ABSENT, value)

    # --- arrays: rows with ids are matched by id, not by position ---

    def _arrays(self, path: str, key: str, old: list[Any], new: list[Any]) -> None:
        ids = _row_ids(old), _row_ids(new)
        if ids[0] and ids[1] and set(ids[0]) & set(ids[1]):
            self._rows(path, dict(zip(ids[0], enumerate(old), strict=True)), dict(zip(ids[1], new, strict=True)))
            return
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            self._values(f"{path}[{index}]", key, one, other)
        for index in range(len(new), len(old)):
            self._log.add(f"{path}[{index}]", MismatchKind.MISSING_ITEM, old[index], ABSENT)
        for index in range(len(old), len(new)):
            self._log.add(f"{path}[{index}]", MismatchKind.EXTRA_ITEM, ABSENT, new[index])

    def _rows(self, path: str, old: Mapping[str, tuple[int, Any]], new: Mapping[str, Any]) -> None:
        for row_id, (index, row) in old.items():
            if row_id in new:
                self._values(f"{path}[{index}]", "", row, new[row_id])
            else:
                self._log.add(f"{path}[{index}]", MismatchKind.MISSING_ITEM, row, ABSENT)
        for index, row_id in enumerate(new):
            if row_id not in old:
                self._log.add(f"{path}[{index}]", MismatchKind.EXTRA_ITEM, ABSENT, new[row_id])
        common = [row_id for row_id in old if row_id in new], [row_id for row_id in new if row_id in old]
        if common[0] != common[1]:
            self._log.add(path, MismatchKind.ORDER, ", ".join(common[0]), ", ".join(common[1]))

    # --- texts ---

    def _texts(self, path: str, key: str, old: str, new: str) -> None:
        shapes = shape_of(key, old), shape_of(key, new)
        if shapes[0] != shapes[1] and "" not in (old, new):
            self._log.add(path, MismatchKind.TYPE, old, new)
        elif shapes[0] != shapes[1]:
            self._value(path, key, old, new)
        elif shapes[0] is Shape.URL:
            self._urls(path, old, new)
        elif shapes[0] is not Shape.PLAIN:
            self._reference(path, old, new)
        else:
            self._value(path, key, old, new)

    def _value(self, path: str, key: str, old: str, new: str) -> None:
        """Compare plain texts. HubSpot's messages may contain ids and times; data of a portal is compared literally."""
        if key in PROTOCOL_VALUES and not IN_PROPERTIES.search(path):
            if placeholders(old) != placeholders(new):
                self._log.add(path, MismatchKind.VALUE, old, new, MismatchSeverity.WARNING)
        elif old != new:
            self._log.add(path, MismatchKind.VALUE, old, new)

    def _urls(self, path: str, old: str, new: str) -> None:
        (old_path, old_query), (new_path, new_query) = url_parts(old), url_parts(new)
        is_same = _with_placeholders(old_path, old_query) == _with_placeholders(new_path, new_query)
        if not is_same:
            self._log.add(path, MismatchKind.VALUE, old, new, MismatchSeverity.WARNING)

    def _reference(self, path: str, old: str, new: str) -> None:
        if not self._references.are_same(old, new):
            self._log.add(
                path,
                MismatchKind.REFERENCE,
                old,
                new,
                MismatchSeverity.INFO if self._log.mode is ComparisonMode.DRIFT else None,
            )

    # --- cursors ---

    def _cursor(self, old: Any, new: Any) -> None:
        rules = _cursor_rule(old), _cursor_rule(new)
        if None not in rules and rules[0] != rules[1]:
            self._log.add("$.paging.next.after", MismatchKind.CURSOR, rules[0], rules[1])


def _row_ids(rows: Iterable[Any]) -> list[str]:
    """Return the ids of the rows if every row has a unique one, otherwise an empty list."""
    ids = [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row]
    return ids if len(ids) == len(list(rows)) == len(set(ids)) else []


def _with_placeholders(path: str, query: Iterable[tuple[str, str]]) -> str:
    return placeholders(path + "?" + "&".join(f"{name}={'<...>' if is_id_key(name) else one}" for name, one in query))


def _cursor_rule(body: Any) -> str | None:
    """Return how the cursor of a page relates to its last row; None if there is no cursor."""
    try:
        after, last = str(body["paging"]["next"]["after"]), str(body["results"][-1]["id"])
    except (KeyError, TypeError, IndexError):
        return None
    if not after.isdecimal() or not last.isdecimal():
        return "opaque" if not after.isdecimal() else "a number"
    if int(after) == int(last) + 1:
        return "last id + 1"
    return "last id" if after == last else "a number"
