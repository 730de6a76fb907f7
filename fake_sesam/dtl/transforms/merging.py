"""Transforms on whole entities: merge, merge-union, create, create-child.

Source: docs (hub/dtl/dtl-functions-transforms.rst).
"""

from typing import Any

from fake_sesam.dtl.builders import check_argument_count
from fake_sesam.dtl.compiler import Compiler, TransformBuilder
from fake_sesam.dtl.scope import Evaluator, RuleScope, Transform
from fake_sesam.dtl.values import as_list, distinct

__all__ = ["TRANSFORMS"]


def _merge(compiler: Compiler, args: list[Any]) -> Transform:
    values = _one(compiler, args)

    def merge(scope: RuleScope) -> None:
        for entity in _entities(values(scope)):
            scope.target.update(_without_reserved(entity))

    return merge


def _merge_union(compiler: Compiler, args: list[Any]) -> Transform:
    values = _one(compiler, args)

    def merge(scope: RuleScope) -> None:
        for entity in _entities(values(scope)):
            for name, value in _without_reserved(entity).items():
                target = scope.target
                target[name] = _united(target[name], value) if name in target else value

    return merge


def _create(compiler: Compiler, args: list[Any]) -> Transform:
    values = _one(compiler, args)

    def create(scope: RuleScope) -> None:
        root = scope.root
        created = [dict(entity) for entity in _entities(values(scope))]
        root.created = [*(root.created or ()), *created]

    return create


def _create_child(compiler: Compiler, args: list[Any]) -> Transform:
    values = _one(compiler, args)

    def create_child(scope: RuleScope) -> None:
        known = as_list(scope.target.get("$children"))
        scope.target["$children"] = distinct([*known, *_entities(values(scope))])

    return create_child


def _one(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, 1, "VALUES")
    return compiler.compile_arguments(args)[0]


def _entities(value: Any) -> list[dict[str, Any]]:
    return [each for each in as_list(value) if isinstance(each, dict)]


def _without_reserved(entity: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entity.items() if not name.startswith("_")}


def _united(left: Any, right: Any) -> Any:
    united = distinct([*as_list(left), *as_list(right)])
    return united[0] if len(united) == 1 and not isinstance(left, list) else united


TRANSFORMS: dict[str, TransformBuilder] = {
    "merge": _merge,
    "merge-union": _merge_union,
    "create": _create,
    "create-child": _create_child,
}
