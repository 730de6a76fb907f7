"""Joins: entities of other datasets of the node, found by `_id` or by matching properties.

Source: docs (hub/dtl/dtl-functions-hops.rst, -dictionaries.rst). Assumed: `hops` returns each entity
of an alias in `return` once; a `return` expression is flattened and its nulls are dropped; `eq` tests for overlap
everywhere in `where`; joined entities have their internal fields; `lookup-entity` does not find deleted entities; a
dataset that is missing or not populated fails the run, where a real node waits for it. Not implemented: chains of
HOPS_SPECs, `recurse`, `subsets`. Dependency tracking is not simulated.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fake_sesam.dtl.builders import check_argument_count
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.datasets import JoinPath
from fake_sesam.dtl.functions.dictionaries import applier, known_rule
from fake_sesam.dtl.joining import JoinRow, JoinStep, evaluate_in_row, join_rows
from fake_sesam.dtl.paths import split_path
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, as_list, distinct, first

__all__ = ["FUNCTIONS"]

_ALIASED = re.compile(r"(\S+)\s+([A-Za-z]\w*)")
_IGNORED = ("track-dependencies", "trace")
_NOT_IMPLEMENTED = ("subsets", "prefilters")
_RECURSION = ("recurse", "exclude_root", "max_depth")
_KNOWN = frozenset({"datasets", "where", "return", *_IGNORED, *_NOT_IMPLEMENTED, *_RECURSION})

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
    _require_single_spec(args)
    with compiler.at("[1]"):
        return _compile_hops_spec(compiler, args[0])


def _apply_hops(compiler: Compiler, args: list[Any]) -> Evaluator:
    if not args:
        raise ValueError("expected RULE_ID, HOPS_SPEC, got 0 arguments")
    rule = known_rule(compiler, args[0])
    _require_single_spec(args[1:])
    with compiler.at("[2]"):
        found = _compile_hops_spec(compiler, args[1])

    def evaluate(scope: RuleScope) -> list[Any]:
        apply = applier(compiler, rule, scope)
        return [result for result in map(apply, found(scope)) if result is not SKIP]

    return evaluate


def _require_single_spec(specs: list[Any]) -> None:
    """Require exactly one HOPS_SPEC.

    Raises:
        ValueError: There is none, or a chain of several.
    """
    if len(specs) > 1:
        raise ValueError(f"this node does not implement chains of HOPS_SPECs; expected one, got {len(specs)}")
    if not specs or not isinstance(specs[0], dict):
        got = specs[0] if specs else "nothing"
        raise ValueError(f'expected a HOPS_SPEC such as {{"datasets": ["orders o"], "where": [...]}}, got {got!r}')


def _compile_hops_spec(compiler: Compiler, spec: Mapping[str, Any]) -> _Values:
    """Compile a HOPS_SPEC.

    Raises:
        ValueError: It is wrong or uses something that this node does not implement.
    """
    _check_keys(compiler, spec)
    datasets = _datasets(spec.get("datasets"))
    compiler.rules_with_hops.add(compiler.rule_name)
    with compiler.join_aliases(datasets, is_where=True):
        steps = _order_joins(compiler, datasets, _conditions(compiler, spec.get("where")))
    with compiler.join_aliases(datasets):
        project = _projection(compiler, datasets, spec.get("return", [*datasets][-1]))

    def evaluate(scope: RuleScope) -> list[Any]:
        return project(scope, join_rows(steps, scope, scope.joined))

    return evaluate


def _check_keys(compiler: Compiler, spec: Mapping[str, Any]) -> None:
    unknown = sorted(spec.keys() - _KNOWN)
    missing_features = [name for name in (*_NOT_IMPLEMENTED, *_RECURSION) if spec.get(name) not in (None, False)]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is unknown in a HOPS_SPEC; expected some of {', '.join(sorted(_KNOWN))}")
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
            found.append(_Condition(each, compiler.compile_expression(each), frozenset(_variables(compiler, each))))
    return found


def _variables(compiler: Compiler, written: Any) -> Iterator[str]:
    if isinstance(written, str) and compiler.is_path(written):
        yield written.partition(".")[0]
    elif isinstance(written, list) and written[:1] != ["literal"]:
        for each in written:
            yield from _variables(compiler, each)


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
        for mine, other in _both_ways(condition.json):
            alias, dot, rest = mine.partition(".") if isinstance(mine, str) else ("", "", "")
            known = set(_variables(compiler, other))
            if dot and alias in datasets and alias not in reached and known and known <= reached:
                parts = tuple(split_path(rest))
                path = JoinPath(parts, compiler.names.compile_walk(parts))
                return JoinStep(alias, datasets[alias], path, compiler.compile_expression(other))
    return None


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


def _entities(found: Iterator[JoinRow], aliases: list[str]) -> list[Any]:
    return distinct(row[alias] for row in found for alias in aliases)


FUNCTIONS: dict[str, FunctionBuilder] = {
    "hops": _hops,
    "apply-hops": _apply_hops,
    "lookup-entity": _lookup_entity,
}
