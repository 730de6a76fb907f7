"""What joins need of the node's datasets, and how a ``hops`` finds its rows. Knows no SQL and no files.

Source: docs (hub/dtl/dtl-functions-hops.rst): a table with one column for each dataset alias, joined by ``eq``, in the
order of the ``_id`` values. Assumed: a join matches where the values of both sides overlaps; null joins nothing.
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
    """One dataset joined to the row so far.

    Attributes:
        alias: The column.
        dataset: The dataset's id.
        path: What of its entities is compared.
        key: With which value of the source or of the columns before.
        conditions: What else must be true once this column is there.
    """

    alias: str
    dataset: str
    path: JoinPath
    key: Evaluator
    conditions: tuple[Evaluator, ...] = ()


def join_keys(value: Any) -> set[Any]:
    """Return what a value is found by in a join; null is found by nothing."""
    return {order_key(each) for each in as_list(value) if each is not None}


def overlaps(left: Any, right: Any) -> bool:
    """Whether two values, or lists of them, have one in common."""
    return not join_keys(left).isdisjoint(join_keys(right))


def join_rows(steps: Sequence[JoinStep], scope: RuleScope, row: JoinRow) -> Iterator[JoinRow]:
    """Yield every way to fill the columns of `steps`, added to the columns of `row`."""
    if not steps:
        yield row
        return
    step, rest = steps[0], steps[1:]
    for entity in scope.datasets.matching(step.dataset, step.path, evaluate_in_row(scope, row, step.key)):
        extended = {**row, step.alias: entity}
        if all(is_true(evaluate_in_row(scope, extended, condition)) for condition in step.conditions):
            yield from join_rows(rest, scope, extended)


def evaluate_in_row(scope: RuleScope, row: JoinRow, expression: Evaluator) -> Any:
    """Evaluate an expression with the columns of a row in sight."""
    before = scope.joined
    scope.joined = row
    try:
        return expression(scope)
    finally:
        scope.joined = before
