"""One row for each property of a configuration: its name, type and default stand there and nowhere else. Pure.

A class of this package describes a kind of configuration with one field for each documented property:

    page_size: int | None = row(minimum=1, only="json")

The check of a configuration, the parsed object, the defaults that the node API shows and the reference page are all
made from these rows.
"""

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

__all__ = ["Property", "Table", "known", "listed", "parse", "row", "table", "text", "text_map", "with_defaults"]

_T = TypeVar("_T")
_ROW = "row"
_JSON_TYPES: Mapping[Any, str] = {
    Any: "any",
    bool: "boolean",
    float: "number",
    int: "integer",
    str: "string",
    Mapping: "object",
    tuple: "list",
}


@dataclass(frozen=True, slots=True)
class Property:
    """What is documented about one property.

    Attributes:
        kind: The JSON types that are allowed, separated by `|`.
        default: The value that counts where the property is absent; None for no default.
        required: Whether it is an error to leave it out.
        choices: The values that are allowed; empty for any.
        minimum: The least number that is allowed.
        is_simulated: False where the node knows the property but does not act on it.
        inside: The class that describes an object's own properties; None where any are allowed.
    """

    kind: str
    default: Any = None
    required: bool = False
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    is_simulated: bool = True
    inside: type | None = None


Table = Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class _Row:
    """A property, and how it becomes the value of a field."""

    name: str
    property: Property
    only: tuple[str, ...]
    variants: Mapping[str, Mapping[str, Any]]
    convert: Callable[[Any], Any] | None


def row(
    default: Any = None,
    *,
    name: str = "",
    kind: str = "",
    required: bool = False,
    choices: tuple[Any, ...] = (),
    minimum: float | None = None,
    is_simulated: bool = True,
    inside: type | None = None,
    only: str | tuple[str, ...] = (),
    variants: Mapping[str, Mapping[str, Any]] | None = None,
    convert: Callable[[Any], Any] | None = None,
    is_secret: bool = False,
) -> Any:
    """Describe a property as a dataclass field.

    Args:
        default: The documented default.
        name: The property's name; the field's own name where it is not given.
        kind: The JSON types, separated by `|`; taken from the field's annotation where it is not given.
        required: Whether it is an error to leave it out.
        choices: The values that are allowed; empty for any.
        minimum: The least number that is allowed.
        is_simulated: False where the node knows the property but does not act on it.
        inside: The class that describes an object's own properties.
        only: The `type` or types that have the property; empty for all.
        variants: By `type`, what is different there. Shape: `{"dataset": {"default": True}}`.
        convert: Makes the field's value from the property's; it is given None where there is none.
        is_secret: Whether `repr` leaves the value out.
    """
    described = Property(kind, default, required, choices, minimum, is_simulated, inside)
    types_with_it = (only,) if isinstance(only, str) else only
    metadata = {_ROW: _Row(name, described, types_with_it, variants or {}, convert)}
    if convert is not None:
        return field(default_factory=lambda: convert(default), repr=not is_secret, metadata=metadata)
    if required and not only:
        return field(repr=not is_secret, metadata=metadata)
    return field(default=default, repr=not is_secret, metadata=metadata)


def known(**options: Any) -> Any:
    """Describe a property that the node knows but does not act on; the options are those of `row`."""
    return row(is_simulated=False, **options)


@cache
def table(described: type, kind: str = "") -> Table:
    """Return the properties that a class describes.

    Args:
        described: The class.
        kind: The `type` of the configuration, where some properties belong to one type only.
    """
    return MappingProxyType({each.name: each.property for _, each in _rows(described, kind)})


def parse(described: type[_T], config: Mapping[str, Any], *, kind: str = "", **derived: Any) -> _T:
    """Make an object from a checked configuration; a property that is absent or null has its default.

    Args:
        described: The class with the rows.
        config: The configuration.
        kind: Its `type`, where some properties belong to one type only.
        derived: Values of fields that are not taken from the configuration as they are.
    """
    values = {
        attribute: _value(each, config.get(each.name))
        for attribute, each in _rows(typing.cast(type, described), kind)
        if attribute not in derived
    }
    return described(**values, **derived)


def with_defaults(config: Mapping[str, Any], properties: Table) -> dict[str, Any]:
    """Return a configuration with the documented defaults filled in, objects included."""
    filled = dict(config)
    for name, each in properties.items():
        if name not in filled and each.default is not None:
            filled[name] = each.default
        if each.inside is not None and isinstance(filled.get(name), dict):
            filled[name] = with_defaults(filled[name], table(each.inside))
    return filled


def text(value: Any) -> str:
    """Return a text, empty where there is none."""
    return value or ""


def listed(value: Sequence[Any] | None) -> tuple[Any, ...]:
    """Return a list as a tuple, empty where there is none."""
    return tuple(value or ())


def text_map(value: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Return an object of texts, empty where there is none."""
    return MappingProxyType({name: str(each) for name, each in (value or {}).items()})


@cache
def _rows(described: type, kind: str) -> tuple[tuple[str, _Row], ...]:
    """Return the rows of a class by attribute, with names, types and variants filled in."""
    annotations = typing.get_type_hints(described)
    found = []
    for each in fields(described):
        known_row: _Row | None = each.metadata.get(_ROW)
        if known_row is not None and (not known_row.only or kind in known_row.only):
            described_as = replace(known_row.property, **known_row.variants.get(kind, {}))
            described_as = replace(described_as, kind=described_as.kind or _json_kind(annotations[each.name]))
            found.append((each.name, replace(known_row, name=known_row.name or each.name, property=described_as)))
    return tuple(found)


def _json_kind(annotation: Any) -> str:
    """Return the JSON types of an annotation; None only says that the property may be absent."""
    if isinstance(annotation, types.UnionType):
        return "|".join(_json_kind(each) for each in typing.get_args(annotation) if each is not types.NoneType)
    return _JSON_TYPES[typing.get_origin(annotation) or annotation]


def _value(each: _Row, given: Any) -> Any:
    value = each.property.default if given is None else given
    return value if each.convert is None else each.convert(value)
