"""Numbers: casts and arithmetic.

Source: docs (hub/dtl/dtl-functions-numbers.rst, dtl-functions-math.rst). The named operators
(`plus`, ...) apply their first argument to each of VALUES; the symbols (`+`, ...) use the first value of each argument.
A null operand gives null, and so does division by zero.
"""

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from fake_sesam.dtl.builders import cast_function, elementwise, predicate, pure_function
from fake_sesam.dtl.compiler import FunctionBuilder
from fake_sesam.dtl.limits import MAX_DIGITS, check_integer_bits
from fake_sesam.dtl.values import SKIP, as_list, first, is_integer, is_number, is_plain_string, map_values

__all__ = ["FUNCTIONS"]

Arithmetic = Callable[[Any, Any], Any]
MAX_HEX_DIGITS = 3500


def _to_integer(value: Any) -> Any:
    if is_number(value):
        return SKIP if _is_endless(value) else int(value)
    if not is_plain_string(value):
        return SKIP
    try:
        return _from_hex(value) if value.lower().startswith("0x") else int(value)
    except ValueError:
        return SKIP


def _from_hex(text: str) -> int:
    """Parse two's complement: `0x00ff` is 255, `0xff` is -1.

    Raises:
        ValueError: It is not hexadecimal, or too long.
    """
    digits = text[2:]
    if len(digits) > MAX_HEX_DIGITS:
        raise ValueError(f"expected at most {MAX_HEX_DIGITS} hexadecimal digits")
    digits = digits if len(digits) % 2 == 0 else "0" + digits
    return int.from_bytes(bytes.fromhex(digits), "big", signed=True)


def _is_endless(value: Any) -> bool:
    """Whether a decimal or float has no value as an integer, or one with more digits than the node computes."""
    if isinstance(value, Decimal):
        return not value.is_finite() or value.adjusted() > MAX_DIGITS
    return isinstance(value, float) and not math.isfinite(value)


def _to_hex(value: Any) -> Any:
    if not is_integer(value):
        return SKIP
    size = (value + (value < 0)).bit_length() // 8 + 1
    return "0x" + value.to_bytes(size, "big", signed=True).hex()


def _to_decimal(value: Any) -> Any:
    if not (is_number(value) or is_plain_string(value)):
        return SKIP
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return SKIP
    return number if number.is_finite() else SKIP


def _to_float(value: Any) -> Any:
    if not (is_number(value) or is_plain_string(value)):
        return SKIP
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return SKIP
    return number if math.isfinite(number) else SKIP


def _align_types(left: Any, right: Any) -> tuple[Any, Any]:
    """Convert a float next to a decimal to a decimal, because Python does not mix the two."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(str(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    return left, right


def _divide(dividend: Any, divisor: Any) -> Any:
    if divisor == 0:
        return None
    quotient = dividend / divisor
    exact = is_integer(dividend) and is_integer(divisor) and dividend % divisor == 0
    return dividend // divisor if exact else quotient


def _modulo(dividend: Any, divisor: Any) -> Any:
    return None if divisor == 0 else dividend % divisor


def _power(base: Any, exponent: Any) -> Any:
    if is_integer(base) and is_integer(exponent) and exponent > 0:
        check_integer_bits(base.bit_length() * exponent if abs(base) > 1 else 1)
    try:
        result = base**exponent
    except (ArithmeticError, ValueError):
        return None
    return None if isinstance(result, complex) else result


def _product(left: Any, right: Any) -> Any:
    if is_integer(left) and is_integer(right):
        check_integer_bits(left.bit_length() + right.bit_length())
    return left * right


def _operator(calculate: Arithmetic) -> FunctionBuilder:
    def function(left: Any, right: Any) -> Any:
        left, right = first(left), first(right)
        if not (is_number(left) and is_number(right)):
            return None
        return calculate(*_align_types(left, right))

    return pure_function(function, 2, 2, "VALUE1, VALUE2")


def _named_operator(calculate: Arithmetic) -> FunctionBuilder:
    """Return a builder for `[NAME, OPERAND, VALUES]`; OPERAND is the right-hand side."""

    def function(operand: Any, values: Any) -> Any:
        operand = first(operand)
        if not is_number(operand):
            return None
        return map_values(values, lambda value: calculate(*_align_types(value, operand)) if is_number(value) else SKIP)

    return pure_function(function, 2, 2, "NUMBER, VALUES")


def _rounding(mode: str) -> FunctionBuilder:
    def function(*args: Any) -> Any:
        digits = first(args[0]) if len(args) == 2 else 0
        if not is_integer(digits):
            return None
        return map_values(args[-1], lambda value: _round(value, digits, mode))

    return pure_function(function, 1, 2, "DIGITS (optional), VALUES")


def _round(value: Any, digits: int, mode: str) -> Any:
    if not is_number(value):
        return SKIP
    if is_integer(value):
        return value
    try:
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=mode)
    except InvalidOperation:  # more digits than a decimal has
        return SKIP
    if digits == 0:
        return SKIP if _is_endless(rounded) else int(rounded)
    return rounded if isinstance(value, Decimal) else float(rounded)


def _float_function(function: Callable[[float], float]) -> FunctionBuilder:
    def calculate(value: Any) -> Any:
        if not is_number(value):
            return SKIP
        try:
            return function(float(value))
        except ValueError:
            return None

    return elementwise(calculate)


def _sum(values: Any) -> Any:
    total: Any = 0
    for value in as_list(values):
        if is_number(value):
            left, right = _align_types(total, value)
            total = left + right
    return total


_OPERATIONS: dict[str, tuple[str, Arithmetic]] = {
    "+": ("plus", lambda left, right: left + right),
    "-": ("minus", lambda left, right: left - right),
    "*": ("multiply", _product),
    "/": ("divide", _divide),
    "%": ("mod", _modulo),
    "^": ("pow", _power),
}

FUNCTIONS: dict[str, FunctionBuilder] = {
    **{symbol: _operator(calculate) for symbol, (_, calculate) in _OPERATIONS.items()},
    **{name: _named_operator(calculate) for name, calculate in _OPERATIONS.values()},
    "integer": cast_function(_to_integer),
    "decimal": cast_function(_to_decimal),
    "float": cast_function(_to_float),
    "hex": elementwise(_to_hex),
    "is-integer": predicate(is_integer),
    "is-decimal": predicate(lambda value: isinstance(value, Decimal)),
    "is-float": predicate(lambda value: isinstance(value, float)),
    "round": _rounding(ROUND_HALF_EVEN),
    "ceil": _rounding(ROUND_CEILING),
    "floor": _rounding(ROUND_FLOOR),
    "abs": elementwise(lambda value: abs(value) if is_number(value) else SKIP),
    "sqrt": _float_function(math.sqrt),
    "sin": _float_function(math.sin),
    "cos": _float_function(math.cos),
    "tan": _float_function(math.tan),
    "sum": pure_function(_sum, 1, 1, "VALUES"),
}
