"""Transforms for control flow: if, case, case-eq, filter, discard, comment, fail!, trip!, sleep!.

Source: docs (hub/dtl/dtl-functions-transforms.rst, dtl-functions-misc.rst). Assumed: `trip!` fails the pump like
`fail!`; `sleep!` takes seconds and does not wait in this node.
"""

from typing import Any

from fake_sesam.dtl.builders import check_argument_count
from fake_sesam.dtl.compiler import Compiler, TransformBuilder
from fake_sesam.dtl.functions.strings import to_string
from fake_sesam.dtl.scope import Evaluator, RuleScope, StopTransforms, Transform
from fake_sesam.dtl.values import are_equal, is_true
from fake_sesam.errors import TransformError

__all__ = ["TRANSFORMS"]


def _if(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, 3, "CONDITION, THEN, ELSE (optional)")
    (condition,) = compiler.compile_arguments(args[:1])
    blocks = _blocks(compiler, args[1:], first=2)
    then, other = blocks[0], blocks[1] if len(blocks) > 1 else _nothing

    def choose(scope: RuleScope) -> None:
        (then if is_true(condition(scope)) else other)(scope)

    return choose


def _case(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 2, None, "CONDITION, THEN, ..., ELSE (optional)")
    branches, other = _branches(compiler, args, first=1)

    def choose(scope: RuleScope) -> None:
        for condition, then in branches:
            if is_true(condition(scope)):
                return then(scope)
        return other(scope)

    return choose


def _case_eq(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 3, None, "VALUE, VALUE_1, THEN_1, ..., ELSE (optional)")
    (subject,) = compiler.compile_arguments(args[:1])
    branches, other = _branches(compiler, args[1:], first=2)

    def choose(scope: RuleScope) -> None:
        value = subject(scope)
        for candidate, then in branches:
            if are_equal(value, candidate(scope)):
                return then(scope)
        return other(scope)

    return choose


def _filter(compiler: Compiler, args: list[Any]) -> Transform:
    return _stop_unless(compiler, args, is_filtered=True)


def _discard(compiler: Compiler, args: list[Any]) -> Transform:
    return _stop_unless(compiler, args, is_filtered=False)


def _stop_unless(compiler: Compiler, args: list[Any], *, is_filtered: bool) -> Transform:
    check_argument_count(args, 0, 1, "UNLESS_CONDITION (optional)")
    conditions = compiler.compile_arguments(args)

    def stop(scope: RuleScope) -> None:
        if not (conditions and is_true(conditions[0](scope))):
            raise StopTransforms(is_filtered=is_filtered)

    return stop


def _comment(_compiler: Compiler, _args: list[Any]) -> Transform:
    return _nothing


def _fail(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 1, 1, "MESSAGE")
    (message,) = compiler.compile_arguments(args)

    def fail(scope: RuleScope) -> None:
        raise TransformError(f"DTL transform failed with error: {to_string(message(scope))}", entity=scope.root.source)

    return fail


def _sleep(compiler: Compiler, args: list[Any]) -> Transform:
    check_argument_count(args, 1, 1, "SECONDS")
    compiler.compile_arguments(args)
    return _nothing


def _branches(
    compiler: Compiler, args: list[Any], *, first: int
) -> tuple[list[tuple[Evaluator, Transform]], Transform]:
    has_else = len(args) % 2 == 1
    paired = args[:-1] if has_else else args
    conditions = [compiler.compile_arguments([arg], first=first + 2 * i)[0] for i, arg in enumerate(paired[::2])]
    blocks = [_block(compiler, arg, first + 2 * i + 1) for i, arg in enumerate(paired[1::2])]
    other = _block(compiler, args[-1], first + len(args) - 1) if has_else else _nothing
    return list(zip(conditions, blocks, strict=True)), other


def _blocks(compiler: Compiler, args: list[Any], *, first: int) -> list[Transform]:
    return [_block(compiler, arg, first + index) for index, arg in enumerate(args)]


def _block(compiler: Compiler, arg: Any, place: int) -> Transform:
    with compiler.at(f"[{place}]"):
        return compiler.compile_block(arg)


def _nothing(_scope: RuleScope) -> None:
    return None


TRANSFORMS: dict[str, TransformBuilder] = {
    "if": _if,
    "case": _case,
    "case-eq": _case_eq,
    "filter": _filter,
    "discard": _discard,
    "comment": _comment,
    "fail!": _fail,
    "trip!": _fail,
    "sleep!": _sleep,
}
