"""DTL expressions outside transforms: the `subset` of a dataset source and the equality of a merge source. Pure.

Source: docs (configuration-sources-dataset.rst, configuration-sources-merge.rst, hub/dtl/joins.rst): `eq` means in both
what it means in a join: the values overlap; null matches nothing.
"""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fake_sesam.dtl.compiler import Compiler
from fake_sesam.dtl.datasets import NO_DATASETS
from fake_sesam.dtl.functions import FUNCTIONS
from fake_sesam.dtl.joining import join_keys, overlaps
from fake_sesam.dtl.names import Names
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.transforms import TRANSFORMS
from fake_sesam.errors import Problem

__all__ = ["Equality", "compile_equality", "compile_subset", "dataset_aliases"]

_ALIASED = re.compile(r"(\S+)\s+([A-Za-z][\w-]*)")
Keys = Callable[[dict[str, Any]], set[Any]]


@dataclass(frozen=True, slots=True)
class Equality:
    """One rule of a merge source: entities of the two datasets are the same if they have a key in common."""

    left: str
    left_keys: Keys
    right: str
    right_keys: Keys


def compile_subset(
    expression: Sequence[Any], *, names: Names | None = None
) -> tuple[Callable[[dict[str, Any]], bool], list[Problem]]:
    """Return whether an entity, as `_S`, is in a subset; do not use it if there are problems."""
    compiler = Compiler(FUNCTIONS, TRANSFORMS, names=names)
    if len(expression) != 3 or expression[0] != "eq":
        compiler.report_error(f'expected a subset such as ["eq", "_S.category", "tank"], got {list(expression)!r}')
        return (lambda _entity: False), compiler.problems
    left, right = compiler.compile_arguments(list(expression[1:]))

    def is_member(entity: dict[str, Any]) -> bool:
        scope = RuleScope(entity, datasets=NO_DATASETS)
        return overlaps(left(scope), right(scope))

    return is_member, compiler.problems


def dataset_aliases(written: Sequence[Any]) -> dict[str, str]:
    """Return the dataset ids by alias, in their order.

    Raises:
        ValueError: An item is not a dataset with an alias, or an alias or dataset occurs twice.
    """
    found = [_ALIASED.fullmatch(each) if isinstance(each, str) else None for each in written]
    if not found or None in found:
        raise ValueError(f'expected datasets, each with an alias, such as ["orders o"], got {list(written)!r}')
    datasets = {match[2]: match[1] for match in found if match is not None}
    if len(datasets) < len(found) or len(set(datasets.values())) < len(found):
        raise ValueError(f"expected each dataset and each alias once, got {list(written)!r}")
    return datasets


def compile_equality(
    datasets: Mapping[str, str], equality: Sequence[Any], sets: Sequence[Any], *, names: Names | None = None
) -> tuple[list[Equality], list[Problem]]:
    """Compile the rules of a merge source; do not use them if there are problems.

    Args:
        datasets: The dataset ids by alias.
        equality: `eq` expressions of two aliases.
        sets: Lists of expressions of one alias each; those of one list are equal.
        names: How property names are resolved.
    """
    compiler = Compiler(FUNCTIONS, TRANSFORMS, names=names)
    rules: list[Equality] = []
    with compiler.join_aliases(datasets):
        for index, each in enumerate(equality):
            with compiler.at(f".equality[{index}]"):
                if not isinstance(each, (list, tuple)) or len(each) != 3 or each[0] != "eq":
                    compiler.report_error(f'expected a rule such as ["eq", "a.x", "b.y"], got {each!r}')
                    continue
                rules += _rules(compiler, [each[1], each[2]], datasets)
        for index, each in enumerate(sets):
            with compiler.at(f".equality_sets[{index}]"):
                if not isinstance(each, (list, tuple)) or not each:
                    compiler.report_error(f'expected a list of expressions such as ["a.x", "b.y"], got {each!r}')
                    continue
                rules += _rules(compiler, list(each), datasets)
    return rules, compiler.problems


def _rules(compiler: Compiler, expressions: list[Any], datasets: Mapping[str, str]) -> list[Equality]:
    """Return a rule for each neighbouring pair of expressions."""
    sides: list[tuple[str, Keys]] = []
    for expression in expressions:
        aliases = compiler.variables(expression) & datasets.keys()
        if len(aliases) != 1 or compiler.variables(expression) != aliases:
            compiler.report_error(f"expected exactly one alias of {', '.join(datasets)} in {expression!r}")
            return []
        (alias,) = aliases
        sides.append((alias, _keys(alias, compiler.compile_expression(expression))))
    return [Equality(*left, *right) for left, right in itertools.pairwise(sides)]


def _keys(alias: str, evaluate: Evaluator) -> Keys:
    def keys(entity: dict[str, Any]) -> set[Any]:
        scope = RuleScope(None, datasets=NO_DATASETS)
        scope.joined = {alias: entity}
        return join_keys(evaluate(scope))

    return keys
