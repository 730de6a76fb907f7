"""The join behind `hops`: which values match, and which rows a list of joins produces. Pure.

Source: docs (hub/dtl/dtl-functions-hops.rst): a table with one column for each dataset alias, joined by `eq`, in the
order of the `_id` values. Assumed: a join matches where the values of both sides overlap; null matches nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fake_sesam.dtl.datasets import JoinPath
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import as_list, is_true, order_key

__all__ = ["JoinRow", "JoinStep", "evaluate_in_row", "join_keys", "join_rows", "overlaps"]

JoinRow = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class JoinStep:
    """One dataset that is joined to the row built so far.

    Attributes:
        alias: Name of the column.
        dataset: Id of the dataset.
        matches: What is compared, one alternative or several: the property of the dataset's entities, and the value
            from the source entity or from earlier columns.
        conditions: Further conditions that can be evaluated once this column is filled.
    """

    alias: str
    dataset: str
    matches: tuple[tuple[JoinPath, Evaluator], ...]
    conditions: tuple[Evaluator, ...] = ()


def join_keys(value: Any) -> set[Any]:
    """Return the keys by which a value joins; null has none."""
    return {order_key(each) for each in as_list(value) if each is not None}


def overlaps(left: Any, right: Any) -> bool:
    """Whether two values or lists have a value in common."""
    return not join_keys(left).isdisjoint(join_keys(right))


def join_rows(steps: Sequence[JoinStep], scope: RuleScope, row: JoinRow) -> Iterator[JoinRow]:
    """Yield `row` extended by the columns of `steps`, once for each combination of entities that matches."""
    if not steps:
        yield row
        return
    step, rest = steps[0], steps[1:]
    for entity in _matching(step, scope, row):
        extended = {**row, step.alias: entity}
        if all(is_true(evaluate_in_row(scope, extended, condition)) for condition in step.conditions):
            yield from join_rows(rest, scope, extended)


def _matching(step: JoinStep, scope: RuleScope, row: JoinRow) -> Sequence[dict[str, Any]]:
    """Return the entities that match in one of the ways, in the order of their `_id`."""
    found = [
        scope.datasets.matching(step.dataset, path, evaluate_in_row(scope, row, key)) for path, key in step.matches
    ]
    if len(found) == 1:
        return found[0]
    by_id = {entity["_id"]: entity for entities in found for entity in entities}
    return [by_id[entity_id] for entity_id in sorted(by_id)]


def evaluate_in_row(scope: RuleScope, row: JoinRow, expression: Evaluator) -> Any:
    """Evaluate an expression with the aliases bound to the columns of a row."""
    before = scope.joined
    scope.joined = row
    try:
        return expression(scope)
    finally:
        scope.joined = before
