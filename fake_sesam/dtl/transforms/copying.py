"""Transforms that carry properties over or set them: ``copy`` and ``add``.

Source: docs (hub/dtl/dtl-functions-transforms.rst): the target starts empty, later transforms overwrite earlier ones.
"""

import fnmatch
import re
from typing import Any

from fake_sesam.dtl.compiler import Compiler, TransformBuilder
from fake_sesam.dtl.scope import Scope, Transform

__all__ = ["TRANSFORMS"]


def build_copy(compiler: Compiler, args: list[Any]) -> Transform:
    """``["copy", INCLUDE, EXCLUDE?]``: copy the source's properties whose whole name matches a glob."""
    if len(args) not in (1, 2):
        raise ValueError(f"expected one or two arguments (INCLUDE, EXCLUDE), got {len(args)}")
    include = _patterns(compiler, args[0])
    exclude = _patterns(compiler, args[1]) if len(args) == 2 else []
    if include == ["*"] and not exclude:
        return _copy_all
    matches_include, matches_exclude = _matcher(include), _matcher(exclude)

    def copy(scope: Scope) -> None:
        if isinstance(scope.source, dict):
            target = scope.target
            for name, value in scope.source.items():
                if matches_include.match(name) and not (exclude and matches_exclude.match(name)):
                    target[name] = value

    return copy


def build_add(compiler: Compiler, args: list[Any]) -> Transform:
    """``["add", PROPERTY, VALUES]``: set a property of the target; the name may be an expression."""
    if len(args) != 2:
        raise ValueError(f"expected two arguments (PROPERTY, VALUES), got {len(args)}")
    (value,) = compiler.arguments(args[1:], first=2)
    if isinstance(args[0], str) and not args[0].startswith(("_S.", "_T.", "_.")):
        name = compiler.name(args[0])

        def add(scope: Scope) -> None:
            scope.target[name] = value(scope)

        return add
    (name_of,) = compiler.arguments(args[:1])

    def add_computed(scope: Scope) -> None:
        for computed in _names(name_of(scope)):
            scope.target[compiler.name(computed)] = value(scope)

    return add_computed


TRANSFORMS: dict[str, TransformBuilder] = {"copy": build_copy, "add": build_add}


def _copy_all(scope: Scope) -> None:
    if isinstance(scope.source, dict):
        scope.target.update(scope.source)


def _patterns(compiler: Compiler, value: Any) -> list[str]:
    """Read a glob or ``["list", glob, ...]``."""
    globs = value[1:] if isinstance(value, list) and value[:1] == ["list"] else [value]
    for glob in globs:
        if not isinstance(glob, str):
            raise ValueError(f'expected a property name, a glob or ["list", ...], got {glob!r}')
    return [glob if glob == "*" else compiler.name(glob) for glob in globs]


def _matcher(globs: list[str]) -> re.Pattern[str]:
    escaped = (fnmatch.translate(glob.replace("[", "[[]")) for glob in globs)
    return re.compile("|".join(escaped) if globs else r"(?!)")


def _names(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [name for name in values if isinstance(name, str)]
