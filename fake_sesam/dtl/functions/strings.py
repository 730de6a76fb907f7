"""Strings. Values that are not plain strings are ignored.

Source: docs (hub/dtl/dtl-functions-strings.rst).
"""

import fnmatch
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fake_sesam.dtl.builders import check_argument_count, elementwise, predicate, pure_function
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.limits import check_text_length
from fake_sesam.dtl.scope import Evaluator
from fake_sesam.dtl.values import SKIP, as_list, first, is_integer, is_plain_string, map_values, strip_tag

__all__ = ["FUNCTIONS", "glob_pattern", "json_text", "strings_only", "to_string"]


def strings_only(function: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return a function that gives `SKIP` for a value that is not a plain string."""
    return lambda value: function(value) if is_plain_string(value) else SKIP


def to_string(value: Any) -> Any:
    """Return a value as a string: lists and objects as JSON, Transit values without their tag, null as `SKIP`."""
    if value is None:
        return SKIP
    if isinstance(value, str):
        return strip_tag(value)
    return str(value) if isinstance(value, Decimal) else json_text(value)


def json_text(value: Any) -> str:
    """Format a value as JSON with sorted keys, as `string` and `json` do."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_number)


def glob_pattern(glob: str) -> re.Pattern[str]:
    """Compile a glob to a regular expression; only `*` and `?` are special."""
    return re.compile(fnmatch.translate(glob.replace("[", "[[]")))


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    raise TypeError(type(value).__name__)


def _flat_strings(values: tuple[Any, ...]) -> list[str]:
    found = (item for value in values for item in as_list(value))
    return [item for item in found if is_plain_string(item)]


def _concat(*values: Any) -> str:
    return _joined("", _flat_strings(values))


def _join(separator: Any, values: Any) -> Any:
    mark = first(separator)
    return _joined(str(mark), _flat_strings((values,))) if isinstance(mark, str) else None


def _joined(separator: str, texts: list[str]) -> str:
    check_text_length(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _split(separator: Any, values: Any) -> list[str]:
    mark = first(separator)
    texts = _flat_strings((values,))
    return [part for text in texts for part in (list(text) if mark == "" else text.split(mark))]


def _split_any(*args: Any) -> list[str]:
    if len(args) == 1:
        return [part for text in _flat_strings(args) for part in text.split()]
    return _split(*args)


def _stripper(strip: Callable[[str, str | None], str]) -> FunctionBuilder:
    def function(*args: Any) -> Any:
        characters = first(args[0]) if len(args) == 2 else None
        return map_values(args[-1], strings_only(lambda text: strip(text, characters)))

    return pure_function(function, 1, 2, "CHARACTERS (optional), VALUES")


def _justifier(justify: Callable[[str, int, str], str]) -> FunctionBuilder:
    def function(width: Any, fill: Any, values: Any) -> Any:
        if not is_integer(width) or not (isinstance(fill, str) and len(fill) == 1):
            return None
        check_text_length(width)
        return map_values(values, strings_only(lambda text: justify(text, width, fill)))

    return pure_function(function, 3, 3, "WIDTH, FILL_CHARACTER, VALUES")


def _replace(*args: Any) -> Any:
    replacements = args[0] if len(args) == 2 else {first(args[0]): first(args[1])}
    if not isinstance(replacements, dict):
        return None
    return map_values(args[-1], strings_only(lambda text: _replace_all(text, replacements)))


def _replace_all(text: str, replacements: dict[Any, Any]) -> str:
    for old, new in replacements.items():
        if isinstance(old, str) and isinstance(new, str):
            check_text_length(len(text) + text.count(old) * (len(new) - len(old)))
            text = text.replace(old, new)
    return text


def _substring(*args: Any) -> Any:
    start, end = args[0], args[1] if len(args) == 3 else None
    return map_values(args[-1], strings_only(lambda text: text[start:end]))


def _matches(pattern: Any, values: Any) -> bool:
    glob, found = first(pattern), as_list(values)
    if not isinstance(glob, str) or not found:
        return False
    compiled = glob_pattern(glob)
    return all(is_plain_string(value) and compiled.match(value) is not None for value in found)


def _literal(_compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, 1, "VALUE")
    return lambda _scope: args[0]


FUNCTIONS: dict[str, FunctionBuilder] = {
    "concat": pure_function(_concat, 1, None, "VALUES, ..."),
    "join": pure_function(_join, 2, 2, "SEPARATOR, VALUES"),
    "split": pure_function(_split_any, 1, 2, "SEPARATOR (optional), VALUES"),
    "upper": elementwise(strings_only(str.upper)),
    "lower": elementwise(strings_only(str.lower)),
    "length": elementwise(strings_only(len)),
    "strip": _stripper(str.strip),
    "lstrip": _stripper(str.lstrip),
    "rstrip": _stripper(str.rstrip),
    "ljust": _justifier(str.ljust),
    "rjust": _justifier(str.rjust),
    "replace": pure_function(_replace, 2, 3, "OLD, NEW, VALUES or REPLACEMENTS, VALUES"),
    "substring": pure_function(_substring, 2, 3, "START, END (optional), VALUE"),
    "matches": pure_function(_matches, 2, 2, "PATTERN, VALUES"),
    "string": elementwise(to_string),
    "is-string": predicate(is_plain_string),
    "literal": _literal,
}
