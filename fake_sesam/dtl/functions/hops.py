"""Joins: entities of other datasets of the node, found by `_id` or by matching properties.

Source: docs (hub/dtl/dtl-functions-hops.rst, -dictionaries.rst, joins.rst). Assumed: `hops` returns each entity
of an alias in `return` once; a `return` expression is flattened and its nulls are dropped; joined entities have their
internal fields; `lookup-entity` does not find deleted entities; a dataset that is missing or not populated fails the
run, where a real node waits for it; a recursion follows each entity once. Not implemented: `prefilters`, which
`subsets` replaced. Dependency tracking is not simulated.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench_core.names import no_such
from fake_sesam.dtl.builders import check_argument_count
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.datasets import NO_DATASETS, JoinPath
from fake_sesam.dtl.functions.dictionaries import applier, known_rule
from fake_sesam.dtl.joining import JoinRow, JoinStep, evaluate_in_row, join_rows
from fake_sesam.dtl.paths import split_path
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, as_list, distinct, first, is_integer, order_key

__all__ = ["FUNCTIONS"]

_ALIASED = re.compile(r"(\S+)\s+([A-Za-z][\w-]*)")
_IGNORED = ("track-dependencies", "trace")
_NOT_IMPLEMENTED = ("prefilters",)
_RECURSION = ("recurse", "exclude_root", "max_depth")
_KNOWN = frozenset({"datasets", "where", "return", "subsets", *_IGNORED, *_NOT_IMPLEMENTED, *_RECURSION})
_MAX_DEPTH = 10

_Values = Callable[[RuleScope], list[Any]]


@dataclass(frozen=True, slots=True)
class _Condition:
    """One expression of `where`, as JSON and compiled, with the variables that it uses."""

    json: Any
    evaluate: Evaluator
    variables: frozenset[str]


def _lookup_entity(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "DATASET_ID, ENTITY_ID")
    dataset, entity = compiler.compile_arguments(args)

    def lookup(scope: RuleScope) -> Any:
        dataset_id, entity_id = first(dataset(scope)), first(entity(scope))
        if not (isinstance(dataset_id, str) and isinstance(entity_id, str)):
            return None
        return scope.datasets.entity(dataset_id, entity_id)

    return lookup


def _hops(compiler: Compiler, args: list[Any]) -> Evaluator:
    return _compile_chain(compiler, args, first_place=1)


def _apply_hops(compiler: Compiler, args: list[Any]) -> Evaluator:
    if not args:
        raise ValueError("expected RULE_ID, HOPS_SPEC, got 0 arguments")
    rule = known_rule(compiler, args[0])
    found = _compile_chain(compiler, args[1:], first_place=2)

    def evaluate(scope: RuleScope) -> list[Any]:
        apply = applier(compiler, rule, scope)
        return [result for result in map(apply, found(scope)) if result is not SKIP]

    return evaluate


def _compile_chain(compiler: Compiler, specs: list[Any], *, first_place: int) -> _Values:
    """Compile HOPS_SPECs; what one returns is the source of the next.

    Raises:
        ValueError: There is none, one is wrong, or one uses something that this node does not implement.
    """
    if not specs or not all(isinstance(spec, dict) for spec in specs):
        got = next((spec for spec in specs if not isinstance(spec, dict)), "nothing")
        raise ValueError(f'expected a HOPS_SPEC such as {{"datasets": ["orders o"], "where": [...]}}, got {got!r}')
    steps: list[_Values] = []
    for index, spec in enumerate(specs):
        with compiler.at(f"[{first_place + index}]"):
            if "return" in spec and index < len(specs) - 1:
                raise ValueError("'return' can only be given in the last HOPS_SPEC")
            steps.append(_compile_hops_spec(compiler, spec))
    if len(steps) == 1:
        return steps[0]
    return lambda scope: _follow(steps, scope)


def _follow(steps: list[_Values], scope: RuleScope) -> list[Any]:
    """Evaluate a chain: each value that a step returns is the source entity of the next."""
    found = steps[0](scope)
    for step in steps[1:]:
        found = distinct(value for source in found for value in step(_with_source(scope, source)))
    return found


def _with_source(scope: RuleScope, source: Any) -> RuleScope:
    """Return a scope with another source entity, in the same place otherwise."""
    moved = RuleScope(source, datasets=scope.datasets, parent=scope.parent)
    moved.target, moved.joined = scope.target, scope.joined
    return moved


def _compile_hops_spec(compiler: Compiler, spec: Mapping[str, Any]) -> _Values:
    """Compile a HOPS_SPEC.

    Raises:
        ValueError: It is wrong or uses something that this node does not implement.
    """
    _check_keys(compiler, spec)
    datasets = _datasets(spec.get("datasets"))
    compiler.rules_with_hops.add(compiler.rule_name)
    with compiler.join_aliases(datasets, is_where=True):
        conditions = [*_subsets(compiler, datasets, spec), *_conditions(compiler, spec.get("where"))]
        steps = _order_joins(compiler, datasets, conditions)
    with compiler.join_aliases(datasets):
        project = _projection(compiler, datasets, spec.get("return", [*datasets][-1]))

    def evaluate(scope: RuleScope) -> list[Any]:
        return project(scope, join_rows(steps, scope, scope.joined))

    return _recursive(evaluate, spec) if spec.get("recurse") else evaluate


def _recursive(evaluate: _Values, spec: Mapping[str, Any]) -> _Values:
    """Return a function that joins what it has found with the same specification again.

    Raises:
        ValueError: `max_depth` is not a number, or there is a `return`.
    """
    depth = spec.get("max_depth", _MAX_DEPTH)
    if "return" in spec:
        raise ValueError("'return' cannot be used with 'recurse'")
    if depth is not None and not is_integer(depth):
        raise ValueError(f"expected max_depth as a number or null, got {depth!r}")

    def recurse(scope: RuleScope) -> list[Any]:
        seen, level, left = {order_key(_identity(scope.source)): scope.source}, [scope.source], depth
        while level and (left is None or left > 0):
            left = None if left is None else left - 1
            found = distinct(value for source in level for value in evaluate(_with_source(scope, source)))
            level = [each for each in found if order_key(_identity(each)) not in seen]
            seen.update((order_key(_identity(each)), each) for each in level)
        return [*seen.values()][1 if spec.get("exclude_root") else 0 :]

    return recurse


def _identity(entity: Any) -> Any:
    return entity.get("_id", entity) if isinstance(entity, dict) else entity


def _subsets(compiler: Compiler, datasets: Mapping[str, str], spec: Mapping[str, Any]) -> list[_Condition]:
    """Return the conditions that `subsets` sets on the entities of single datasets.

    Raises:
        ValueError: It is not an object of `eq` expressions by alias.
    """
    subsets = spec.get("subsets") or {}
    if not isinstance(subsets, dict) or not subsets.keys() <= datasets.keys():
        raise ValueError(f"expected subsets as an object with aliases of {', '.join(datasets)}, got {subsets!r}")
    found = []
    for alias, expression in subsets.items():
        if not isinstance(expression, list) or expression[:1] != ["eq"] or len(expression) != 3:
            raise ValueError(f'expected a subset such as ["eq", "_S.a", 1] for {alias}, got {expression!r}')
        with compiler.at(f".subsets.{alias}"):
            found.append(_subset(compiler, alias, expression))
    return found


def _subset(compiler: Compiler, alias: str, expression: Any) -> _Condition:
    with compiler.join_aliases({}):
        is_member = compiler.compile_expression(expression)

    def evaluate(scope: RuleScope) -> Any:
        return is_member(_with_source(scope, scope.joined.get(alias)))

    return _Condition(None, evaluate, frozenset({alias}))


def _check_keys(compiler: Compiler, spec: Mapping[str, Any]) -> None:
    unknown = sorted(spec.keys() - _KNOWN)
    missing_features = [name for name in _NOT_IMPLEMENTED if spec.get(name) not in (None, False)]
    if unknown:
        raise ValueError(no_such("HOPS_SPEC property", unknown[0], _KNOWN))
    if missing_features:
        raise ValueError(
            f"this node does not implement {missing_features[0]!r} of a HOPS_SPEC; remove it or run on a real node"
        )
    for name in _IGNORED:
        if name in spec:
            compiler.report_info(f"{name!r} of a HOPS_SPEC is accepted but not simulated")


def _datasets(given: Any) -> dict[str, str]:
    """Return the dataset ids by alias.

    Raises:
        ValueError: `given` is not a list of strings such as `orders o`, or an alias occurs twice.
    """
    found = [_ALIASED.fullmatch(each) if isinstance(each, str) else None for each in as_list(given)]
    if not found or None in found:
        raise ValueError(f'expected datasets, each with an alias, such as ["orders o"], got {given!r}')
    datasets = {match[2]: match[1] for match in found if match is not None}
    if len(datasets) < len(found):
        raise ValueError(f"expected a different alias for each dataset, got {given!r}")
    return datasets


def _conditions(compiler: Compiler, where: Any) -> list[_Condition]:
    if not isinstance(where, list) or not where:
        raise ValueError(
            f'expected where as an expression or a list of them, such as ["eq", "_S.a", "o.b"], got {where!r}'
        )
    written = [where] if isinstance(where[0], str) else where
    found = []
    for index, each in enumerate(written):
        place = ".where" if isinstance(where[0], str) else f".where[{index}]"
        with compiler.at(place):
            found.append(_Condition(each, compiler.compile_expression(each), frozenset(compiler.variables(each))))
    return found


def _order_joins(compiler: Compiler, datasets: Mapping[str, str], conditions: list[_Condition]) -> list[JoinStep]:
    """Order the joins so that each dataset is reached from the source entity or from an earlier dataset.

    Raises:
        ValueError: A dataset cannot be reached.
    """
    steps: list[JoinStep] = []
    reached, open_conditions = set(compiler.outer_variables(datasets)), list(conditions)
    while len(steps) < len(datasets):
        step = _next_step(compiler, datasets, open_conditions, reached)
        if step is None:
            missing = ", ".join(alias for alias in datasets if alias not in reached)
            raise ValueError(
                f'cannot reach {missing} from the source; expected a join such as ["eq", "_S.x", "{missing}.y"]'
            )
        reached.add(step.alias)
        ready = [each for each in open_conditions if each.variables <= reached]
        open_conditions = [each for each in open_conditions if each not in ready]
        steps.append(replace(step, conditions=tuple(each.evaluate for each in ready)))
    return steps


def _next_step(
    compiler: Compiler, datasets: Mapping[str, str], conditions: list[_Condition], reached: set[str]
) -> JoinStep | None:
    for condition in conditions:
        for alias in datasets.keys() - reached:
            pairs = _alternatives(compiler, condition.json, alias, reached)
            if pairs is not None:
                matches = [(_join_path(compiler, alias, mine), compiler.compile_expression(key)) for mine, key in pairs]
                return JoinStep(alias, datasets[alias], tuple(matches))
    return None


def _alternatives(compiler: Compiler, written: Any, alias: str, reached: set[str]) -> list[tuple[Any, Any]] | None:
    """Return the ways in which an expression joins a dataset: its side and the other one; None if it does not.

    Source: reader (public configurations join by `or` and inside `and`).
    """
    if not isinstance(written, list) or not written:
        return None
    parts = [_alternatives(compiler, each, alias, reached) for each in written[1:]] if written[0] in _JOINERS else []
    if written[0] == "and":
        return next((pairs for pairs in parts if pairs is not None), None)
    if written[0] == "or":
        found = [pairs for pairs in parts if pairs is not None]
        return [pair for pairs in found for pair in pairs] if parts and len(found) == len(parts) else None
    for mine, other in _both_ways(written):
        known = compiler.variables(other)
        if compiler.variables(mine) == {alias} and known and known <= reached:
            return [(mine, other)]
    return None


_JOINERS = ("and", "or")


def _join_path(compiler: Compiler, alias: str, written: Any) -> JoinPath:
    """Return how the values of a dataset's entities are found: by a path, or by a function such as `tuples`."""
    if isinstance(written, str):
        parts = tuple(split_path(written.partition(".")[2]))
        return JoinPath(parts, compiler.names.compile_walk(parts))
    evaluate = compiler.compile_expression(written)

    def value_of(entity: Any) -> Any:
        return evaluate_in_row(RuleScope(None, datasets=NO_DATASETS), {alias: entity}, evaluate)

    return JoinPath(("", json.dumps([alias, written])), value_of)


def _both_ways(written: Any) -> list[tuple[Any, Any]]:
    if not isinstance(written, list) or len(written) != 3 or written[0] != "eq":
        return []
    return [(written[1], written[2]), (written[2], written[1])]


def _projection(
    compiler: Compiler, datasets: Mapping[str, str], wanted: Any
) -> Callable[[RuleScope, Iterator[JoinRow]], list[Any]]:
    names = [name.strip() for name in wanted.split(",")] if isinstance(wanted, str) else []
    if names and set(names) <= datasets.keys():
        return lambda _scope, found: _entities(found, names)
    with compiler.at(".return"):
        if isinstance(wanted, str) and not compiler.is_path(wanted):
            raise ValueError(f"return: expected aliases of {', '.join(datasets)} or an expression, got {wanted!r}")
        template = compiler.compile_expression(wanted)
    return lambda scope, found: [
        value for row in found for value in as_list(evaluate_in_row(scope, row, template)) if value is not None
    ]


def _entities(found: Iterable[JoinRow], aliases: list[str]) -> list[Any]:
    return distinct(row[alias] for row in found for alias in aliases)


FUNCTIONS: dict[str, FunctionBuilder] = {
    "hops": _hops,
    "apply-hops": _apply_hops,
    "lookup-entity": _lookup_entity,
}
