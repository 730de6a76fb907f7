"""Comparisons, conditions and nulls.

Source: docs (hub/dtl/dtl-functions-comparisons, -booleans, -conditionals, -nulls.rst). Assumed: of two values of
different types, neither is greater.
"""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from fake_sesam.dtl.builders import bind_current, cast_function, check_argument_count, predicate, pure_function
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, are_equal, as_list, first, is_same_kind, is_true, order_key

__all__ = ["FUNCTIONS", "is_null"]


def is_null(value: Any) -> bool:
    """Whether a value is null, an empty list, or a list whose first value is null."""
    return first(value) is None


def _ordering(compare: Callable[[Any, Any], bool]) -> FunctionBuilder:
    def function(left: Any, right: Any) -> bool:
        left, right = first(left), first(right)
        return is_same_kind(left, right) and compare(order_key(left), order_key(right))

    return pure_function(function, 2, 2, "VALUE1, VALUE2")


def _and(compiler: Compiler, args: list[Any]) -> Evaluator:
    conditions = compiler.compile_arguments(args)
    return lambda scope: all(is_true(condition(scope)) for condition in conditions)


def _not(compiler: Compiler, args: list[Any]) -> Evaluator:
    """The inverse of `and`, as documented, for any number of conditions."""
    check_argument_count(args, 1, None, "CONDITION, ...")
    is_met = _and(compiler, args)
    return lambda scope: not is_met(scope)


def _or(compiler: Compiler, args: list[Any]) -> Evaluator:
    conditions = compiler.compile_arguments(args)
    return lambda scope: any(is_true(condition(scope)) for condition in conditions)


def _quantifier(decide: Callable[[Any], bool]) -> FunctionBuilder:
    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, 1, 2, "FUNCTION (optional), VALUES")
        *functions, values = compiler.compile_arguments(args)
        test = bind_current(functions[0]) if functions else lambda _scope, value: value
        return lambda scope: decide(is_true(test(scope, value)) for value in as_list(values(scope)))

    return build


def _if(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 3, "CONDITION, THEN, ELSE (optional)")
    condition, then, *others = compiler.compile_arguments(args)
    other = others[0] if others else _null
    return lambda scope: then(scope) if is_true(condition(scope)) else other(scope)


def _case(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, None, "CONDITION, THEN, ..., ELSE (optional)")
    compiled = compiler.compile_arguments(args)
    pairs, other = _pairs(compiled)

    def evaluate(scope: RuleScope) -> Any:
        for condition, then in pairs:
            if is_true(condition(scope)):
                return then(scope)
        return other(scope)

    return evaluate


def _case_eq(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 3, None, "VALUE, VALUE_1, THEN_1, ..., ELSE (optional)")
    subject, *compiled = compiler.compile_arguments(args)
    pairs, other = _pairs(compiled)

    def evaluate(scope: RuleScope) -> Any:
        value = subject(scope)
        for candidate, then in pairs:
            if are_equal(value, candidate(scope)):
                return then(scope)
        return other(scope)

    return evaluate


def _if_null(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "VALUE, FALLBACK")
    value, fallback = compiler.compile_arguments(args)

    def evaluate(scope: RuleScope) -> Any:
        found = value(scope)
        return fallback(scope) if is_null(found) else found

    return evaluate


def _coalesce(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, 2, "FUNCTION (optional), VALUES")
    *functions, values = compiler.compile_arguments(args)
    if not functions:
        return lambda scope: next((value for value in as_list(values(scope)) if value is not None), None)
    test = bind_current(functions[0])
    return lambda scope: next((value for value in as_list(values(scope)) if is_true(test(scope, value))), None)


def _coalesce_args(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, None, "VALUE, ...")
    values = compiler.compile_arguments(args)

    def evaluate(scope: RuleScope) -> Any:
        return next((found for found in (value(scope) for value in values) if found is not None), None)

    return evaluate


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return SKIP


def _in(values: Any, items: Any) -> bool:
    wanted, known = as_list(values), {order_key(item) for item in as_list(items)}
    return bool(wanted) and all(order_key(value) in known for value in wanted)


def _pairs(compiled: list[Evaluator]) -> tuple[list[tuple[Evaluator, Evaluator]], Evaluator]:
    other = compiled.pop() if len(compiled) % 2 else _null
    return list(zip(compiled[::2], compiled[1::2], strict=True)), other


def _null(_scope: RuleScope) -> None:
    return None


FUNCTIONS: dict[str, FunctionBuilder] = {
    "eq": pure_function(are_equal, 2, 2, "VALUE1, VALUE2"),
    "neq": pure_function(lambda left, right: not are_equal(left, right), 2, 2, "VALUE1, VALUE2"),
    "gt": _ordering(gt),
    "gte": _ordering(ge),
    "lt": _ordering(lt),
    "lte": _ordering(le),
    "and": _and,
    "or": _or,
    "not": _not,
    "all": _quantifier(all),
    "any": _quantifier(any),
    "if": _if,
    "case": _case,
    "case-eq": _case_eq,
    "is-null": pure_function(is_null, 1, 1, "VALUE"),
    "is-not-null": pure_function(lambda value: not is_null(value), 1, 1, "VALUE"),
    "if-null": _if_null,
    "coalesce": _coalesce,
    "coalesce-args": _coalesce_args,
    "is-empty": pure_function(lambda value: not as_list(value), 1, 1, "VALUE"),
    "is-not-empty": pure_function(lambda value: bool(as_list(value)), 1, 1, "VALUE"),
    "boolean": cast_function(_boolean),
    "is-boolean": predicate(lambda value: isinstance(value, bool)),
    "in": pure_function(_in, 2, 2, "VALUES, ITEMS"),
}
