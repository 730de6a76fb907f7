"""Paths into an entity, such as the `properties.email` of `_S.properties.email`. Pure.

Source: docs (hub/dtl/paths.rst): a path maps over lists, a missing property is null, parts that contain dots are
quoted with `'`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["compile_walk", "flatten_found", "split_path", "walk"]


def split_path(path: str) -> list[str]:
    """Split a path at its dots; a quoted part may contain dots, and `''` inside it means one quote.

    Raises:
        ValueError: A quote is not closed, or text follows a closing quote.
    """
    parts: list[str] = []
    rest = path
    while rest:
        part, rest = _quoted_part(rest) if rest.startswith("'") else _plain_part(rest)
        parts.append(part)
    return parts


def walk(value: Any, parts: Sequence[str]) -> Any:
    """Return the value at a path; lists are mapped over, flattened by one level and freed of nulls."""
    for index, part in enumerate(parts):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list):
            return flatten_found(walk(each, parts[index:]) for each in value)
        else:
            return None
    return value


def compile_walk(parts: Sequence[str]) -> Callable[[Any], Any]:
    """Return a function equal to `walk` for `parts`; a path of one part, the usual case, costs one lookup."""
    if len(parts) == 1:
        name = parts[0]
        return lambda value: value.get(name) if type(value) is dict else walk(value, parts)
    fixed = tuple(parts)
    return lambda value: walk(value, fixed)


def flatten_found(reached_values: Iterable[Any]) -> list[Any]:
    """Join the results of several walks to one list without nulls."""
    found: list[Any] = []
    for reached in reached_values:
        if isinstance(reached, list):
            found.extend(reached)
        elif reached is not None:
            found.append(reached)
    return found


def _plain_part(text: str) -> tuple[str, str]:
    part, _, rest = text.partition(".")
    return part, rest


def _quoted_part(text: str) -> tuple[str, str]:
    position, part = 1, ""
    while True:
        end = text.find("'", position)
        if end < 0:
            raise ValueError(f"the quote in path part {text!r} is not closed")
        part += text[position:end]
        if text[end + 1 : end + 2] != "'":
            break
        part, position = part + "'", end + 2
    after = text[end + 1 :]
    if after and not after.startswith("."):
        raise ValueError(f"expected a dot after the quoted part in {text!r}")
    return part, after[1:]
