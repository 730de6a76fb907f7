"""Builders for DTL functions: they check the number of arguments and evaluate them before the call."""

from collections.abc import Callable
from typing import Any

from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, map_values

__all__ = ["bind_current", "cast_function", "check_argument_count", "elementwise", "predicate", "pure_function"]


def check_argument_count(args: list[Any], low: int, high: int | None, usage: str) -> None:
    """Check the number of arguments.

    Raises:
        ValueError: The number is not between `low` and `high` (None: no upper bound); the message shows `usage`.
    """
    if len(args) < low or (high is not None and len(args) > high):
        raise ValueError(f"expected {usage}, got {len(args)} argument{'' if len(args) == 1 else 's'}")


def pure_function(function: Callable[..., Any], low: int, high: int | None, usage: str) -> FunctionBuilder:
    """Return a builder for a function that receives the values of its arguments."""

    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, low, high, usage)
        evaluators = compiler.compile_arguments(args)
        if len(evaluators) == 1:
            (only,) = evaluators
            return lambda scope: function(only(scope))
        return lambda scope: function(*[evaluate(scope) for evaluate in evaluators])

    return build


def elementwise(function: Callable[[Any], Any]) -> FunctionBuilder:
    """Return a builder for a function of VALUES that is applied to each value separately."""
    return pure_function(lambda values: map_values(values, function), 1, 1, "VALUES")


def predicate(test: Callable[[Any], bool]) -> FunctionBuilder:
    """Return a builder for an `is-...` function, which tests the value or the first value of a list."""

    def check(value: Any) -> bool:
        return bool(value) and test(value[0]) if isinstance(value, list) else test(value)

    return pure_function(check, 1, 1, "VALUE")


def bind_current(function: Evaluator) -> Callable[[RuleScope, Any], Any]:
    """Return a function that evaluates a function expression with `_` bound to a value."""

    def call(scope: RuleScope, value: Any) -> Any:
        before = scope.current
        scope.current = value
        try:
            return function(scope)
        finally:
            scope.current = before

    return call


def cast_function(cast: Callable[[Any], Any]) -> FunctionBuilder:
    """Return a builder for `[NAME, DEFAULT (optional), VALUES]`.

    A value that `cast` maps to `SKIP` is dropped or, with DEFAULT, replaced; null is never replaced.
    """

    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, 1, 2, "DEFAULT (optional), VALUES")
        *defaults, values = compiler.compile_arguments(args)
        if not defaults:
            return lambda scope: map_values(values(scope), cast)
        return _cast_or(cast, bind_current(defaults[0]), values)

    return build


def _cast_or(cast: Callable[[Any], Any], default: Callable[[RuleScope, Any], Any], values: Evaluator) -> Evaluator:
    def evaluate(scope: RuleScope) -> Any:
        def replace(value: Any) -> Any:
            result = cast(value)
            return default(scope, value) if result is SKIP and value is not None else result

        return map_values(values(scope), replace)

    return evaluate
