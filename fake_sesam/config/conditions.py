"""Conditional sources and `$conditional_properties`: replaces them by the alternative that applies. Pure.

Source: docs (configuration-sources-conditional.rst, configuration-pipes.rst): `{"condition": ..., "alternatives":
{...}}`; the chosen alternative replaces a conditional source or transform, or its properties are added to the others.
The rules of transforms and the entities of an embedded source are not touched.
"""

from collections.abc import Mapping
from typing import Any

from fake_sesam.errors import Problem

__all__ = ["apply_conditions"]

CONDITIONAL = "$conditional_properties"
_LEFT_ALONE = ("entities",)


def apply_conditions(config: Mapping[str, Any], *, file: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the configuration with its conditions resolved; expects `$ENV` to be expanded."""
    problems: list[Problem] = []
    decided = _decide(config, "", problems, file)
    if not isinstance(decided, dict):
        return dict(config), problems
    return decided, problems


def _decide(value: Any, path: str, problems: list[Problem], file: str) -> Any:
    if isinstance(value, list):
        return [_decide(each, f"{path}[{index}]", problems, file) for index, each in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    if value.get("type") == "conditional" and path:
        chosen = _choose(value, path, problems, file)
        return _decide(chosen, path, problems, file) if chosen is not None else dict(value)
    if CONDITIONAL in value:
        chosen = _choose(value[CONDITIONAL], _join(path, CONDITIONAL), problems, file) or {}
        value = {**{name: each for name, each in value.items() if name != CONDITIONAL}, **_allowed(chosen, path)}
    return {name: _decide_part(name, each, _join(path, name), problems, file) for name, each in value.items()}


def _decide_part(name: str, value: Any, path: str, problems: list[Problem], file: str) -> Any:
    if name == "transform":
        return _decide_transform(value, path, problems, file)
    return value if name in _LEFT_ALONE else _decide(value, path, problems, file)


def _decide_transform(value: Any, path: str, problems: list[Problem], file: str) -> Any:
    """Replace conditional transforms, in lists and in chained transforms too; the rules of a transform stay."""
    if isinstance(value, list):
        return [_decide_transform(each, f"{path}[{index}]", problems, file) for index, each in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    if value.get("type") == "conditional":
        chosen = _choose(value, path, problems, file)
        return _decide_transform(chosen, path, problems, file) if chosen is not None else dict(value)
    if value.get("type") == "chained":
        transforms = _decide_transform(value.get("transforms"), _join(path, "transforms"), problems, file)
        return {**value, "transforms": transforms}
    return value


def _choose(block: Any, path: str, problems: list[Problem], file: str) -> dict[str, Any] | None:
    alternatives = block.get("alternatives") if isinstance(block, Mapping) else None
    if not isinstance(alternatives, Mapping) or "condition" not in block:
        problems.append(Problem("error", "expected 'condition' and an object of 'alternatives'", file, path))
        return None
    condition = str(block["condition"])
    chosen = alternatives.get(condition)
    if not isinstance(chosen, Mapping):
        known = ", ".join(repr(name) for name in alternatives)
        message = f"the condition is {condition!r}, but there are alternatives only for {known}"
        problems.append(Problem("error", message, file, _join(path, "condition")))
        return None
    return dict(chosen)


def _allowed(chosen: dict[str, Any], path: str) -> dict[str, Any]:
    """Remove what a condition may not change: the `_id` and `type` of the configuration itself."""
    return chosen if path else {name: each for name, each in chosen.items() if name not in ("_id", "type")}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
