"""Lists and sets.

Source: docs (hub/dtl/dtl-functions-lists.rst, dtl-functions-sets.rst).
"""

import itertools
import math
from collections.abc import Callable
from typing import Any

from fake_sesam.dtl.builders import bind_current, check_argument_count, pure_function
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.functions.strings import json_text
from fake_sesam.dtl.limits import check_item_count
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import as_list, distinct, first, is_integer, is_true, order_key

__all__ = ["FUNCTIONS"]

Keyed = Callable[[list[Any], Callable[[Any], Any]], Any]


def _combine(*values: Any) -> list[Any]:
    check_item_count(sum(len(as_list(value)) for value in values))
    return [item for value in values for item in as_list(value)]


def _flatten(values: Any) -> list[Any]:
    check_item_count(sum(len(value) if isinstance(value, list) else 1 for value in as_list(values)))
    return [item for value in as_list(values) for item in (value if isinstance(value, list) else [value])]


def _last(values: Any) -> Any:
    return (values[-1] if values else None) if isinstance(values, list) else values


def _nth(index: Any, values: Any) -> Any:
    items, place = as_list(values), first(index)
    return items[place] if is_integer(place) and -len(items) <= place < len(items) else None


def _slice(*args: Any) -> list[Any]:
    start, end, stride = ([first(arg) for arg in args[:-1]] + [None, None])[:3]
    return as_list(args[-1])[start:end:stride]


def _insert(index: Any, values: Any, item: Any) -> list[Any]:
    items = list(as_list(values))
    items.insert(first(index), item)
    return items


def _range(start: Any, stop: Any, step: Any = 1) -> list[int] | None:
    numbers = first(start), first(stop), first(step)
    if not all(is_integer(number) for number in numbers) or numbers[2] == 0:
        return None
    counted = range(*numbers)
    check_item_count((counted.stop - counted.start) // counted.step)
    return list(counted)


def _enumerate(*args: Any) -> Any:
    start = first(args[0]) if len(args) == 2 else 0
    counted = [{"key": key, "value": value} for key, value in enumerate(as_list(args[-1]), start)]
    return counted if isinstance(args[-1], list) else first(counted)


def _tuples(*values: Any) -> list[list[Any]]:
    if not values:
        return []
    columns = [[item for item in as_list(value) if item is not None] for value in values]
    check_item_count(math.prod(len(column) for column in columns))
    return [list(row) for row in itertools.product(*columns)]


def _filter(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "FUNCTION, VALUES")
    function, values = compiler.compile_arguments(args)
    test = bind_current(function)
    return lambda scope: [value for value in as_list(values(scope)) if is_true(test(scope, value))]


def _map(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "FUNCTION, VALUES")
    function, values = compiler.compile_arguments(args)
    apply = bind_current(function)
    return lambda scope: [apply(scope, value) for value in as_list(values(scope))]


def _keyed(function: Keyed) -> FunctionBuilder:
    """Return a builder for `[NAME, FUNCTION (optional), VALUES]`, where FUNCTION returns the key to compare."""

    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, 1, 2, "FUNCTION (optional), VALUES")
        *functions, values = compiler.compile_arguments(args)
        key = bind_current(functions[0]) if functions else lambda _scope, value: value

        def evaluate(scope: RuleScope) -> Any:
            found = values(scope)
            result = function(as_list(found), lambda value: order_key(key(scope, value)))
            return result if isinstance(found, list) or not isinstance(result, list) else first(result)

        return evaluate

    return build


def _distinct(values: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(key(value), value)
    return list(found.values())


def _group_by(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 3, "KEY_FUNCTION, STRING_FUNCTION (optional), VALUES")
    function, *texts, values = compiler.compile_arguments(args)
    key, text = bind_current(function), bind_current(texts[0]) if texts else lambda _scope, value: json_text(value)

    def evaluate(scope: RuleScope) -> dict[str, list[Any]]:
        groups: dict[str, list[Any]] = {}
        for value in as_list(values(scope)):
            name = text(scope, key(scope, value))
            if isinstance(name, str):
                groups.setdefault(name, []).append(value)
        return groups

    return evaluate


def _group(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 3, 3, "KEY_FUNCTION, VALUE_FUNCTION, VALUES")
    key_function, value_function, values = compiler.compile_arguments(args)
    key_of, value_of = bind_current(key_function), bind_current(value_function)

    def evaluate(scope: RuleScope) -> list[list[Any]]:
        groups: dict[Any, list[Any]] = {}
        for item in as_list(values(scope)):
            key = key_of(scope, item)
            groups.setdefault(order_key(key), [key, []])[1].append(value_of(scope, item))
        return list(groups.values())

    return evaluate


def _intersection(left: Any, right: Any) -> list[Any]:
    others = {order_key(value) for value in as_list(right)}
    return [value for value in as_list(left) if order_key(value) in others]


def _difference(left: Any, right: Any) -> list[Any]:
    others = {order_key(value) for value in as_list(right)}
    return [value for value in as_list(left) if order_key(value) not in others]


def _extreme(choose: Callable[..., Any]) -> Keyed:
    return lambda values, key: choose(values, key=key, default=None)


FUNCTIONS: dict[str, FunctionBuilder] = {
    "list": pure_function(lambda *values: list(values), 0, None, "VALUES, ..."),
    "combine": pure_function(_combine, 1, None, "VALUES, ..."),
    "flatten": pure_function(_flatten, 1, 1, "VALUES"),
    "first": pure_function(first, 1, 1, "VALUES"),
    "last": pure_function(_last, 1, 1, "VALUES"),
    "nth": pure_function(_nth, 2, 2, "INDEX, VALUES"),
    "slice": pure_function(_slice, 2, 4, "START, END (optional), STRIDE (optional), VALUES"),
    "insert": pure_function(_insert, 3, 3, "INDEX, VALUES, OBJECT"),
    "reversed": pure_function(lambda values: list(reversed(as_list(values))), 1, 1, "VALUES"),
    "count": pure_function(lambda values: len(as_list(values)), 1, 1, "VALUES"),
    "range": pure_function(_range, 2, 3, "START, STOP, STEP (optional)"),
    "enumerate": pure_function(_enumerate, 1, 2, "START (optional), VALUES"),
    "tuples": pure_function(_tuples, 0, None, "VALUES, ..."),
    "is-list": pure_function(lambda value: isinstance(value, list), 1, 1, "VALUE"),
    "filter": _filter,
    "map": _map,
    "distinct": _keyed(_distinct),
    "sorted": _keyed(lambda values, key: sorted(values, key=key)),
    "sorted-descending": _keyed(lambda values, key: sorted(values, key=key, reverse=True)),
    "min": _keyed(_extreme(min)),
    "max": _keyed(_extreme(max)),
    "group-by": _group_by,
    "group": _group,
    "union": pure_function(lambda left, right: distinct([*as_list(left), *as_list(right)]), 2, 2, "VALUES1, VALUES2"),
    "intersection": pure_function(_intersection, 2, 2, "VALUES1, VALUES2"),
    "difference": pure_function(_difference, 2, 2, "VALUES1, VALUES2"),
    "intersects": pure_function(lambda left, right: bool(_intersection(left, right)), 2, 2, "VALUES1, VALUES2"),
}
