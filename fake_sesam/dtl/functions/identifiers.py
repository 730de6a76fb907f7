"""Namespaced identifiers, URIs, UUIDs, hashes and JSON texts.

Source: docs (hub/dtl/dtl-functions-namespaced-identifiers, -uris, -json, -misc.rst). Assumed: ``uuid`` without
arguments is a random one, with VALUES it makes strings UUIDs.
"""

import json
import uuid
from typing import Any
from urllib.parse import quote, unquote

from fake_sesam.dtl.compiler import FunctionBuilder
from fake_sesam.dtl.functions.building import each, predicate, simple, with_default
from fake_sesam.dtl.functions.strings import json_text, strings_only
from fake_sesam.dtl.murmur import murmur3_128
from fake_sesam.dtl.values import SKIP, first, is_integer, is_plain_string, map_values, untagged

__all__ = ["FUNCTIONS", "identifier_part", "namespace_part"]


def namespace_part(name: str) -> str:
    """Return what stands before the last colon, empty where there is none."""
    return name.rpartition(":")[0]


def identifier_part(name: str) -> str:
    """Return what stands after the last colon."""
    return name.rpartition(":")[2]


def _ni(*args: Any) -> Any:
    if len(args) == 1:
        return map_values(args[0], strings_only(lambda text: f"~:{text}"))
    namespace = first(args[0])
    return map_values(args[1], strings_only(lambda text: f"~:{namespace}:{text}"))


def _ni_text(value: Any) -> Any:
    """Return the name inside a namespaced identifier or a plain string, `SKIP` for anything else."""
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
        return f"~u{uuid.UUID(untagged(value))}" if isinstance(value, str) else SKIP
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
        return json.loads(value)
    except ValueError:
        return SKIP


def _json(value: Any) -> Any:
    is_tagged = isinstance(value, str) and not is_plain_string(value)
    return untagged(value) if is_tagged else json_text(value)


def _json_transit(value: Any) -> Any:
    is_tagged = isinstance(value, str) and not is_plain_string(value)
    return value if is_tagged else json_text(value)


FUNCTIONS: dict[str, FunctionBuilder] = {
    "ni": simple(_ni, 1, 2, "NAMESPACE (optional), VALUES"),
    "ni-id": each(_ni_id),
    "ni-ns": each(_ni_ns),
    "is-ni": predicate(lambda value: isinstance(value, str) and value.startswith("~:")),
    "uri": each(strings_only(lambda text: f"~r{text}")),
    "is-uri": predicate(lambda value: isinstance(value, str) and value.startswith("~r")),
    "url-quote": simple(_url_quote, 1, 2, "SAFE_CHARS (optional), VALUES"),
    "url-unquote": each(strings_only(unquote)),
    "uuid": simple(_uuid, 0, 1, "VALUES (optional)"),
    "is-uuid": predicate(lambda value: isinstance(value, str) and value.startswith("~u")),
    "hash128": simple(_hash128, 2, 3, "ALGORITHM, SEED (optional), VALUES"),
    "json": each(_json),
    "json-parse": with_default(_json_parse),
    "json-transit": each(_json_transit),
    "json-transit-parse": with_default(_json_parse),
}
