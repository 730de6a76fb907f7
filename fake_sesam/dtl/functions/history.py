"""What a transform knows of earlier versions and of other pipes: `is-changed` and `completeness`.

Source: docs (hub/dtl/dtl-functions-misc.rst, features/completeness-feature.rst). Assumed: the current version of
`is-changed` is the source entity of the root rule; after a transform that drops the internal properties, and for
sources other than `dataset`, there is no version to compare with.
"""

from typing import Any

from fake_sesam.dtl.builders import bind_current, check_argument_count
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.instants import format_instant
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import are_equal

__all__ = ["FUNCTIONS"]


def _is_changed(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 1, 1, "FUNCTION")
    (function,) = compiler.compile_arguments(args)
    value_of = bind_current(function)

    def evaluate(scope: RuleScope) -> bool | None:
        current = scope.root.source
        previous = scope.datasets.previous(current) if isinstance(current, dict) else None
        if previous is None:
            return None
        if current.get("_deleted") is True or previous.get("_deleted") is True:
            return True
        return not are_equal(value_of(scope, current), value_of(scope, previous))

    return evaluate


def _completeness(_compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 2, "VIA_DATASET_ID, DATASET_ID")
    via, dataset = args
    if not isinstance(via, str) or not isinstance(dataset, str):
        raise ValueError("expected constant dataset ids")

    def evaluate(scope: RuleScope) -> str | None:
        nanos = scope.datasets.completeness(via, dataset)
        return None if nanos is None else format_instant(nanos)

    return evaluate


FUNCTIONS: dict[str, FunctionBuilder] = {"is-changed": _is_changed, "completeness": _completeness}
