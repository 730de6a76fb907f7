"""Phone numbers: parsed to `~rtel:` URIs and formatted from them.

Source: docs (hub/dtl/dtl-functions-phonenumbers.rst), with the numbering plans of the library `phonenumbers`.
Assumed: a number that is not valid in its numbering plan is not parsed; when formatting, a value that is not a phone
number is left out.
"""

from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from fake_sesam.dtl.builders import bind_current, check_argument_count
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.scope import Evaluator
from fake_sesam.dtl.values import SKIP, first, is_integer, is_plain_string, map_values

__all__ = ["FUNCTIONS"]

_TAG = "~rtel:"


def _in_format(number_format: int) -> Callable[[PhoneNumber], str]:
    return lambda number: phonenumbers.format_number(number, number_format)


_FORMATS: Mapping[str, Callable[[PhoneNumber], Any]] = {
    "e164": lambda number: phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+"),
    "rfc3966": _in_format(PhoneNumberFormat.RFC3966),
    "national": _in_format(PhoneNumberFormat.NATIONAL),
    "international": _in_format(PhoneNumberFormat.INTERNATIONAL),
    "national-e164": phonenumbers.national_significant_number,
    "isocode": lambda number: phonenumbers.region_code_for_number(number) or SKIP,
    "country-code": lambda number: str(number.country_code),
}


def _parse(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, 2, "DEFAULT_REGION (optional), VALUES")
    *regions, values = compiler.compile_arguments(args)
    if not regions:
        return lambda scope: map_values(values(scope), lambda value: _to_uri(value, None))
    region_of = bind_current(regions[0])

    def evaluate(scope: Any) -> Any:
        found = values(scope)
        region = first(region_of(scope, found))
        return map_values(found, lambda value: _to_uri(value, region if isinstance(region, str) else None))

    return evaluate


def _format(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "FORMAT_STRING, VALUES")
    if args[0] not in _FORMATS:
        raise ValueError(f"expected one of {', '.join(_FORMATS)}, got {args[0]!r}")
    write = _FORMATS[args[0]]
    _, values = compiler.compile_arguments(args)
    return lambda scope: map_values(values(scope), lambda value: _format_uri(value, write))


def _to_uri(value: Any, region: str | None) -> Any:
    if not (is_plain_string(value) or is_integer(value)):
        return SKIP
    number = _parse_number(str(value), region)
    if number is None or not phonenumbers.is_valid_number(number):
        return SKIP
    return "~r" + phonenumbers.format_number(number, PhoneNumberFormat.RFC3966)


def _format_uri(value: Any, write: Callable[[PhoneNumber], Any]) -> Any:
    number = _parse_number(value[2:], None) if isinstance(value, str) and value.startswith(_TAG) else None
    return SKIP if number is None else write(number)


def _parse_number(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


FUNCTIONS: dict[str, FunctionBuilder] = {"phonenumber-parse": _parse, "phonenumber-format": _format}
