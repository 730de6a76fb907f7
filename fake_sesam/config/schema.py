"""The tables of documented properties and the check of a configuration against them. Pure.

A table says for each property its type, its default and whether this node honours it. What is not in a table is
unknown and reported with the nearest known name.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.errors import Problem

__all__ = ["Property", "Table", "check_table", "with_defaults"]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
    "any": (object,),
}


@dataclass(frozen=True, slots=True)
class Property:
    """What is documented about one property.

    Attributes:
        kind: JSON types that are allowed, separated by ``|``.
        default: What counts where the property is absent; None for no default.
        simulated: False where the node knows the property but does not act on it.
        inside: Table of an object's own properties; None where any are allowed.
    """

    kind: str
    default: Any = None
    required: bool = False
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    simulated: bool = True
    inside: "Table | None" = field(default=None, repr=False)


Table = Mapping[str, Property]


def check_table(value: Mapping[str, Any], table: Table, *, file: str, path: str = "") -> Iterator[Problem]:
    """Yield what is wrong, unknown or not simulated in `value`, with its place."""
    for name, known in table.items():
        if known.required and value.get(name) in (None, ""):
            yield Problem("error", f"required property {name!r} ({known.kind}) is missing", file, _join(path, name))
    for name, given in value.items():
        where = _join(path, name)
        if name in table:
            yield from _check_property(given, table[name], file=file, where=where)
        elif not name.startswith("$"):
            yield Problem("warning", _unknown(name, table), file, where)


def with_defaults(value: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """Return `value` with the documented defaults filled in, objects included."""
    filled = dict(value)
    for name, known in table.items():
        if name not in filled and known.default is not None:
            filled[name] = known.default
        if known.inside is not None and isinstance(filled.get(name), dict):
            filled[name] = with_defaults(filled[name], known.inside)
    return filled


def _check_property(given: Any, known: Property, *, file: str, where: str) -> Iterator[Problem]:
    if given is None:
        return
    if (isinstance(given, str) and "$ENV(" in given) or "$SECRET(" in str(given):
        return  # unresolved references are reported where they are resolved; their type is not known
    if not _is_of_kind(given, known.kind):
        yield Problem("error", f"expected {known.kind}, got {_type_name(given)}", file, where)
        return
    if known.choices and given not in known.choices:
        allowed = ", ".join(repr(choice) for choice in known.choices)
        yield Problem("error", f"expected one of {allowed}, got {given!r}", file, where)
    if known.minimum is not None and isinstance(given, (int, float)) and given < known.minimum:
        yield Problem("error", f"expected at least {known.minimum:g}, got {given!r}", file, where)
    if not known.simulated:
        yield Problem("info", "known, not simulated: this node does not act on it", file, where)
    if known.inside is not None and isinstance(given, dict):
        yield from check_table(given, known.inside, file=file, path=where)


def _is_of_kind(given: Any, kind: str) -> bool:
    for name in kind.split("|"):
        if isinstance(given, bool):
            if name in ("boolean", "any"):
                return True
        elif isinstance(given, _TYPES[name]):
            return True
    return False


def _type_name(given: Any) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", int: "integer", float: "number"}
    return names.get(type(given), type(given).__name__)


def _unknown(name: str, table: Table) -> str:
    nearest = difflib.get_close_matches(name, table, n=1)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else " It is not in Sesam's documentation for this place."
    return f"unknown property {name!r}.{hint}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
