"""Namespaced identifiers, URIs, UUIDs, hashes and JSON strings.

Source: docs (hub/dtl/dtl-functions-namespaced-identifiers, -uris, -json, -misc.rst). Assumed: `uuid` without
arguments returns a random UUID; with VALUES it converts strings to UUIDs; a URI that becomes a namespaced identifier is
split after its last `/` or `#`, and the number in the namespace of an unknown prefix counts within one transform.
"""

import re
import uuid
from typing import Any
from urllib.parse import quote, unquote

from bench_core.json_text import parse_json
from fake_sesam.dtl.builders import cast_function, check_argument_count, elementwise, predicate, pure_function
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.functions.strings import json_text, strings_only
from fake_sesam.dtl.murmur import murmur3_128
from fake_sesam.dtl.scope import Evaluator
from fake_sesam.dtl.values import SKIP, PlainText, first, is_integer, is_plain_string, map_values, strip_tag

__all__ = ["FUNCTIONS"]


_URI_PARTS = re.compile(r"~r(.*[/#])([^/#]*)", re.DOTALL)


def _ni(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, 2, "NAMESPACE (optional), VALUES")
    if len(args) == 2:
        return pure_function(_in_namespace, 2, 2, "NAMESPACE, VALUES")(compiler, args)
    (values,) = compiler.compile_arguments(args)
    namespaces = compiler.uri_namespaces

    def convert(value: Any) -> Any:
        if is_plain_string(value):
            return f"~:{value}"
        parts = _URI_PARTS.fullmatch(value) if isinstance(value, str) else None
        if parts is None:
            return SKIP
        known = sum(name not in _KNOWN_PREFIXES.values() for name in namespaces.values())
        default = _KNOWN_PREFIXES.get(parts[1]) or f"{compiler.pipe_id}-{known + 1}"
        return f"~:{namespaces.setdefault(parts[1], default)}:{parts[2]}"

    return lambda scope: map_values(values(scope), convert)


_KNOWN_PREFIXES = {"http://example.org/": "_"}


def _in_namespace(namespace: Any, values: Any) -> Any:
    name = first(namespace)
    return map_values(values, strings_only(lambda text: f"~:{name}:{text}"))


def _ni_text(value: Any) -> Any:
    """Return a namespaced identifier without its tag, a plain string unchanged, `SKIP` for anything else."""
    if not isinstance(value, str):
        return SKIP
    if value.startswith("~:"):
        return value[2:]
    return value if is_plain_string(value) else SKIP


def _ni_id(value: Any) -> Any:
    text = _ni_text(value)
    return text if text is SKIP else text.partition(":")[2] or text


def _ni_ns(value: Any) -> Any:
    text = _ni_text(value)
    return text if text is SKIP else text.partition(":")[0] if ":" in text else ""


def _url_quote(*args: Any) -> Any:
    safe = first(args[0]) if len(args) == 2 else ""
    return map_values(args[-1], strings_only(lambda text: quote(text, safe=safe)))


def _uuid(*args: Any) -> Any:
    return map_values(args[0], _to_uuid) if args else f"~u{uuid.uuid4()}"


def _to_uuid(value: Any) -> Any:
    try:
        return f"~u{uuid.UUID(strip_tag(value))}" if isinstance(value, str) else SKIP
    except ValueError:
        return SKIP


def _hash128(*args: Any) -> Any:
    seed = first(args[1]) if len(args) == 3 else 0
    if args[0] != "murmur3" or not is_integer(seed):
        return None
    return map_values(args[-1], strings_only(lambda text: murmur3_128(text.encode(), seed)))


def _json_parse(value: Any) -> Any:
    if not is_plain_string(value):
        return SKIP
    try:
        return _without_transit(parse_json(value))
    except (ValueError, RecursionError):
        return SKIP


def _json_transit_parse(value: Any) -> Any:
    if not is_plain_string(value):
        return SKIP
    try:
        return parse_json(value)
    except ValueError:
        return SKIP


def _without_transit(value: Any) -> Any:
    """Return a parsed value in which no string is a Transit value."""
    if isinstance(value, str):
        return value if is_plain_string(value) else PlainText(value)
    if isinstance(value, list):
        return [_without_transit(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_transit(each) for name, each in value.items()}
    return value


def _json(value: Any) -> Any:
    is_tagged = isinstance(value, str) and not is_plain_string(value)
    return strip_tag(value) if is_tagged else json_text(value)


def _json_transit(value: Any) -> Any:
    is_tagged = isinstance(value, str) and not is_plain_string(value)
    return value if is_tagged else json_text(value)


def _is_tagged(value: Any, tag: str) -> bool:
    return isinstance(value, str) and value.startswith(tag) and not is_plain_string(value)


FUNCTIONS: dict[str, FunctionBuilder] = {
    "ni": _ni,
    "ni-id": elementwise(_ni_id),
    "ni-ns": elementwise(_ni_ns),
    "is-ni": predicate(lambda value: _is_tagged(value, "~:")),
    "uri": elementwise(strings_only(lambda text: f"~r{text}")),
    "is-uri": predicate(lambda value: _is_tagged(value, "~r")),
    "url-quote": pure_function(_url_quote, 1, 2, "SAFE_CHARS (optional), VALUES"),
    "url-unquote": elementwise(strings_only(unquote)),
    "uuid": pure_function(_uuid, 0, 1, "VALUES (optional)"),
    "is-uuid": predicate(lambda value: _is_tagged(value, "~u")),
    "hash128": pure_function(_hash128, 2, 3, "ALGORITHM, SEED (optional), VALUES"),
    "json": elementwise(_json),
    "json-parse": cast_function(_json_parse),
    "json-transit": elementwise(_json_transit),
    "json-transit-parse": cast_function(_json_transit_parse),
}
