"""Finds and replaces `$ENV(name)` and `$SECRET(name)`. Reads no file and no process environment.

Source: docs (hub/documentation/operations/security.rst, environment-variables.rst): a value that is one reference
keeps the variable's type, inside a longer string it becomes text; secrets belong to systems; references do not nest.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["encryption_keys", "env_references", "expand", "has_nested_reference", "references", "secret_references"]

_REFERENCE = re.compile(r"\$(ENV|SECRET)\(([^()]*)\)")
_ENCRYPTION = re.compile(r"(?:en|de)crypt(?:-p[gk][ip])?")
_NESTED = re.compile(r"\$(?:ENV|SECRET)\([^)]*\$(?:ENV|SECRET)\(")


def references(value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield `(kind, name, JSON path)` for every reference in `value`; kind is `ENV` or `SECRET`."""
    for text, where in _strings(value, path):
        for match in _REFERENCE.finditer(text):
            yield match[1], match[2], where


def env_references(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield `(name, JSON path)` of every `$ENV`."""
    return ((name, where) for kind, name, where in references(value, path) if kind == "ENV")


def secret_references(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield `(name, JSON path)` of every `$SECRET`."""
    return ((name, where) for kind, name, where in references(value, path) if kind == "SECRET")


def has_nested_reference(value: Any, path: str = "") -> Iterator[str]:
    """Yield the JSON path of every reference that is inside another one."""
    return (where for text, where in _strings(value, path) if _NESTED.search(text))


def encryption_keys(value: Any, path: str = "") -> Iterator[str]:
    """Yield the JSON path of every key of an encryption function in DTL; secrets are allowed there.

    Source: docs (hub/dtl/dtl-functions-encryption.rst).
    """
    if isinstance(value, dict):
        for name, child in value.items():
            yield from encryption_keys(child, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        is_encryption = bool(value) and isinstance(value[0], str) and _ENCRYPTION.fullmatch(value[0]) is not None
        for index, child in enumerate(value):
            if is_encryption and isinstance(child, str):
                yield f"{path}[{index}]"
            yield from encryption_keys(child, f"{path}[{index}]")


def expand(value: Any, *, env: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None) -> Any:
    """Return a copy of `value` with the known references replaced; unknown ones stay."""
    values = {"ENV": env or {}, "SECRET": secrets or {}}

    def replace(text: str) -> Any:
        whole = _REFERENCE.fullmatch(text)
        if whole:
            return values[whole[1]].get(whole[2], text)
        return _REFERENCE.sub(lambda m: _as_text(values[m[1]].get(m[2], m[0])), text)

    return _map_strings(value, replace)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _map_strings(value: Any, replace: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, dict):
        return {key: _map_strings(child, replace) for key, child in value.items()}
    if isinstance(value, list):
        return [_map_strings(child, replace) for child in value]
    return value


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _strings(child, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _strings(child, f"{path}[{index}]")
