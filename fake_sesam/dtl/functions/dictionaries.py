"""Dictionaries, paths, and rules applied to values.

Source: docs (hub/dtl/dtl-functions-dictionaries.rst, dtl-functions-lists.rst).
"""

from collections.abc import Callable, Iterator
from typing import Any

from bench_core.names import no_such
from fake_sesam.dtl.builders import bind_current, check_argument_count, predicate, pure_function
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.namespaces import NamespaceRules, apply_namespaces, remove_namespaces
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, as_list, first, map_values

__all__ = ["FUNCTIONS", "applier", "known_rule"]


def _items(values: Any) -> Iterator[tuple[str, Any]]:
    return (item for value in as_list(values) if isinstance(value, dict) for item in value.items())


def _dict(*args: Any) -> dict[str, Any]:
    pairs: Any = args[0] if len(args) == 1 else zip(args[::2], args[1::2], strict=False)
    found = (pair for pair in pairs or () if isinstance(pair, (list, tuple)) and len(pair) == 2)
    return {str(pair[0]): pair[1] for pair in found if isinstance(pair[0], str)}


def _build_dict(compiler: Compiler, args: list[Any]) -> Evaluator:
    if len(args) > 1 and len(args) % 2:
        raise ValueError(f"expected nothing, a list of pairs, or KEY, VALUE pairs, got {len(args)} arguments")
    return pure_function(_dict, 0, None, "KEY, VALUE, ...")(compiler, args)


def _key_values(values: Any) -> Any:
    found = [{"key": key, "value": value} for key, value in _items(values)]
    return found if isinstance(values, list) else first(found)


def _has_key(key: Any, values: Any) -> bool | None:
    found = first(values)
    return first(key) in found if isinstance(found, dict) else None


def _map_dict(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 3, 3, "KEY_FUNCTION, VALUE_FUNCTION, VALUES")
    key_function, value_function, values = compiler.compile_arguments(args)
    key_of, value_of = bind_current(key_function), bind_current(value_function)

    def convert(scope: RuleScope, value: Any) -> Any:
        if not isinstance(value, dict):
            return SKIP
        pairs = ((key_of(scope, key), value_of(scope, each)) for key, each in value.items())
        return {key: each for key, each in pairs if isinstance(key, str)} or SKIP

    return lambda scope: map_values(values(scope), lambda value: convert(scope, value))


def _map_values(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "VALUE_FUNCTION, VALUES")
    function, values = compiler.compile_arguments(args)
    value_of = bind_current(function)
    return lambda scope: [value_of(scope, value) for _, value in _items(values(scope))]


def _path(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "PROPERTY_PATH, VALUES")
    path, values = compiler.compile_arguments(args)
    walk = compiler.names.walk
    return lambda scope: walk(values(scope), [part for part in as_list(path(scope)) if isinstance(part, str)])


def _apply(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "RULE, VALUES")
    rule = known_rule(compiler, args[0])
    compiler.record_apply(rule)
    (values,) = compiler.compile_arguments(args[1:], first=2)
    return lambda scope: map_values(values(scope), applier(compiler, rule, scope))


def _apply_ns(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "NAMESPACE or CONFIGURATION, VALUES")
    rules = _namespace_rules(compiler, args[0])
    (values,) = compiler.compile_arguments(args[1:], first=2)
    return lambda scope: map_values(
        values(scope), lambda each: apply_namespaces(each, rules) if isinstance(each, dict) else SKIP
    )


def _namespace_rules(compiler: Compiler, given: Any) -> NamespaceRules:
    """Return what the first argument of `apply-ns` says.

    Raises:
        ValueError: It is neither a constant string nor a constant object of known settings.
    """
    if isinstance(given, str) and not compiler.is_path(given):
        return NamespaceRules(given, given)
    if not isinstance(given, dict):
        raise ValueError(f"expected a constant namespace or object, got {given!r}")
    unknown = given.keys() - _NAMESPACE_SETTINGS.keys()
    if unknown:
        raise ValueError(f"expected some of {', '.join(sorted(_NAMESPACE_SETTINGS))}, got {min(unknown)!r}")
    names = compiler.names
    defaults = {"identity": names.identity or compiler.pipe_id, "properties": names.properties or compiler.pipe_id}
    return NamespaceRules(**{**defaults, **{_NAMESPACE_SETTINGS[name]: value for name, value in given.items()}})


_NAMESPACE_SETTINGS = {
    "property_namespace": "properties",
    "identity_namespace": "identity",
    "skip_underscore": "skip_underscore",
    "skip_dollar": "skip_dollar",
    "recursive": "recursive",
}


def known_rule(compiler: Compiler, rule: Any) -> str:
    """Return `rule` if it names a rule of this transform.

    Raises:
        ValueError: There is no such rule; the message lists the known ones.
    """
    if not isinstance(rule, str) or rule not in compiler.rule_names:
        raise ValueError(no_such("rule", str(rule), compiler.rule_names))
    return rule


def applier(compiler: Compiler, rule: str, parent: RuleScope) -> Callable[[Any], Any]:
    """Return a function that applies a rule to a value, which is its `_S`, and gives `SKIP` for null.

    Source: reader (sesam-io/hubspot-connector applies a rule to strings and splits `_S.`).
    """

    def apply(value: Any) -> Any:
        if value is None:
            return SKIP
        return compiler.run_rule(rule, RuleScope(value, datasets=parent.datasets, parent=parent))

    return apply


FUNCTIONS: dict[str, FunctionBuilder] = {
    "dict": _build_dict,
    "items": pure_function(lambda values: [list(item) for item in _items(values)], 1, 1, "DICTS"),
    "keys": pure_function(lambda values: [key for key, _ in _items(values)], 1, 1, "DICTS"),
    "values": pure_function(lambda values: [value for _, value in _items(values)], 1, 1, "DICTS"),
    "key-values": pure_function(_key_values, 1, 1, "DICTS"),
    "has-key": pure_function(_has_key, 2, 2, "KEY, DICT"),
    "is-dict": predicate(lambda value: isinstance(value, dict)),
    "map-dict": _map_dict,
    "map-values": _map_values,
    "path": _path,
    "apply": _apply,
    "apply-ns": _apply_ns,
    "strip-ns": pure_function(
        lambda values: map_values(values, lambda each: remove_namespaces(each) if isinstance(each, dict) else SKIP),
        1,
        1,
        "VALUES",
    ),
}
