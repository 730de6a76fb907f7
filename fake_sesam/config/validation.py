"""Checks a configuration against the rows of its class: what is missing, wrong, unknown or not simulated. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench_core.names import nearest
from fake_sesam.config.properties import Property, Table, table
from fake_sesam.errors import Problem

__all__ = ["check_table"]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
    "any": (object,),
}


def check_table(value: Mapping[str, Any], properties: Table, *, file: str, path: str = "") -> Iterator[Problem]:
    """Yield what is missing, wrong, unknown or not simulated in `value`, with its place."""
    for name, known in properties.items():
        if known.required and value.get(name) in (None, ""):
            yield Problem("error", f"required property {name!r} ({known.kind}) is missing", file, _join(path, name))
    for name, given in value.items():
        where = _join(path, name)
        if name in properties:
            yield from _check_property(given, properties[name], file=file, where=where)
        elif not name.startswith("$"):
            yield Problem("warning", _unknown(name, properties), file, where)


def _check_property(given: Any, known: Property, *, file: str, where: str) -> Iterator[Problem]:
    if given is None:
        return
    if isinstance(given, str) and ("$ENV(" in given or "$SECRET(" in given):
        return  # unresolved references are reported elsewhere; their type is not known
    if not _is_of_kind(given, known.kind):
        yield Problem("error", f"expected {known.kind}, got {_type_name(given)}", file, where)
        return
    if known.choices and given not in known.choices:
        allowed = ", ".join(repr(choice) for choice in known.choices)
        yield Problem("error", f"expected one of {allowed}, got {given!r}", file, where)
    if known.minimum is not None and isinstance(given, (int, float)) and given < known.minimum:
        yield Problem("error", f"expected at least {known.minimum:g}, got {given!r}", file, where)
    if not known.is_simulated:
        yield Problem("info", "known, not simulated: this node does not act on it", file, where)
    if known.inside is not None and isinstance(given, dict):
        yield from check_table(given, table(known.inside), file=file, path=where)


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


def _unknown(name: str, properties: Table) -> str:
    meant = nearest(name, properties)
    hint = f" Did you mean {meant!r}?" if meant else " It is not in Sesam's documentation for this place."
    return f"unknown property {name!r}.{hint}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
