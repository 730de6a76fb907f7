"""Transforms that copy or set properties: copy, rename, add, add-if, default, remove, make-ni.

Source: docs (hub/dtl/dtl-functions-transforms.rst): the target entity starts empty, later transforms overwrite what
earlier ones set. Assumed: `rename` of a property that does not exist adds nothing.
"""

from collections.abc import Callable
from typing import Any

from fake_sesam.dtl.builders import bind_current, check_argument_count
from fake_sesam.dtl.compiler import Compiler, TransformBuilder
from fake_sesam.dtl.names import Names
from fake_sesam.dtl.scope import Evaluator, RuleScope, Transform
from fake_sesam.dtl.values import SKIP, as_list, is_plain_string, is_true, map_values

__all__ = ["TRANSFORMS"]


def _copy(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 1, 2, "INCLUDE, EXCLUDE (optional)")
    include = _patterns(args[0])
    if include == ["*"] and len(args) == 1:
        return _copy_all
    is_included = compiler.names.matcher(include)
    is_excluded = compiler.names.matcher(_patterns(args[1]) if len(args) == 2 else [])

    def copy(scope: RuleScope) -> None:
        if isinstance(scope.source, dict):
            chosen = {k: v for k, v in scope.source.items() if is_included(k) and not is_excluded(k)}
            scope.target.update(chosen)

    return copy


def _add(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, 2, "PROPERTY, VALUES")
    names = compiler.names
    (value,) = compiler.compile_arguments(args[1:], first=2)
    fixed = _constant_name(compiler, args[0])
    if fixed is None:
        return _add_computed(compiler, args[0], value, lambda _target, _name: True)
    name = names.qualify(fixed)
    if type(names) is Names:  # every value is taken literally

        def add_literally(scope: RuleScope) -> None:
            scope.target[name] = value(scope)

        return add_literally
    added_value = names.qualify_value

    def add(scope: RuleScope) -> None:
        scope.target[name] = added_value(name, value(scope))

    return add


def _default(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, 2, "PROPERTY, VALUES")
    (value,) = compiler.compile_arguments(args[1:], first=2)
    return _add_computed(compiler, args[0], value, lambda target, name: name not in target)


def _add_if(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, 3, "PROPERTY, CONDITION (optional), VALUES")
    name_of = _name_evaluator(compiler, args[0])
    *conditions, value = compiler.compile_arguments(args[1:], first=2)
    test = bind_current(conditions[0]) if conditions else lambda _scope, found: found is not None
    names = compiler.names

    def add_if(scope: RuleScope) -> None:
        found = value(scope)
        if is_true(test(scope, found)):
            for name in map(names.qualify, name_of(scope)):
                scope.target[name] = names.qualify_value(name, found)

    return add_if


def _rename(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, 2, "FROM, TO")
    from_of, to_of = _name_evaluator(compiler, args[0]), _name_evaluator(compiler, args[1])
    names = compiler.names

    def rename(scope: RuleScope) -> None:
        for wanted, target in zip(from_of(scope), to_of(scope), strict=False):
            found = _matching(compiler, wanted, scope.source)
            if len(found) > 1 and names.collects(target):
                scope.target[names.rename("", target)] = [each for _, value in found for each in as_list(value)]
                continue
            for name, value in found:
                scope.target[names.rename(name, target)] = value

    return rename


def _remove(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 1, 1, "PROPERTY")
    is_removed = compiler.names.matcher(_patterns(args[0]))

    def remove(scope: RuleScope) -> None:
        for name in [name for name in scope.target if is_removed(name)]:
            del scope.target[name]

    return remove


def _make_ni(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, 3, "NAMESPACE, FROM, TO (optional)")
    if not all(isinstance(arg, str) for arg in args):
        raise ValueError("expected constant strings")
    namespace, source, *targets = args
    names = compiler.names

    def make_ni(scope: RuleScope) -> None:
        for name, value in _matching(compiler, source, scope.source):
            made = map_values(value, lambda each: f"~:{namespace}:{each}" if is_plain_string(each) else SKIP)
            if as_list(made):
                scope.target[names.rename(name, targets[0]) if targets else f"{name}-ni"] = made

    return make_ni


def _matching(compiler: Compiler, wanted: str, source: Any) -> list[tuple[str, Any]]:
    """Return the source properties of this name; a name without a namespace is looked up in all, `*` is literal."""
    if not isinstance(source, dict):
        return []
    if "*" in wanted or "?" in wanted:
        return [(wanted, source[wanted])] if wanted in source else []
    is_wanted = compiler.names.matcher([wanted])
    return [(name, value) for name, value in source.items() if is_wanted(name)]


def _add_computed(
    compiler: Compiler, name: Any, value: Evaluator, may_add: Callable[[dict[str, Any], str], bool]
) -> Transform:
    name_of, names = _name_evaluator(compiler, name), compiler.names

    def add(scope: RuleScope) -> None:
        for added in map(names.qualify, name_of(scope)):
            if may_add(scope.target, added):
                scope.target[added] = names.qualify_value(added, value(scope))

    return add


def _constant_name(compiler: Compiler, value: Any) -> str | None:
    return value if isinstance(value, str) and not compiler.is_path(value) else None


def _name_evaluator(compiler: Compiler, value: Any) -> Callable[[RuleScope], list[str]]:
    (evaluate,) = compiler.compile_arguments([value])
    return lambda scope: [name for name in as_list(evaluate(scope)) if isinstance(name, str)]


def _copy_all(scope: RuleScope) -> None:
    if not isinstance(scope.source, dict):
        return
    if scope.target:
        scope.target.update(scope.source)
    else:  # the usual case: a copy of a whole dictionary costs less
        scope.target = scope.source.copy()


def _patterns(value: Any) -> list[str]:
    """Return the globs of an argument that is one glob, `["list", GLOB, ...]` or `[GLOB, ...]`.

    Source: docs (hub/dtl/argument-types.rst: both forms of `wildcard-string-list`).

    Raises:
        ValueError: It is neither.
    """
    globs = value if isinstance(value, list) else [value]
    if globs[:1] == ["list"]:
        globs = globs[1:]
    for glob in globs:
        if not isinstance(glob, str):
            raise ValueError(f'expected a property name, a glob or ["list", ...], got {glob!r}')
    return globs


TRANSFORMS: dict[str, TransformBuilder] = {
    "copy": _copy,
    "rename": _rename,
    "add": _add,
    "add-if": _add_if,
    "default": _default,
    "remove": _remove,
    "make-ni": _make_ni,
}
