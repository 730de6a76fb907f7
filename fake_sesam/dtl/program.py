"""One compiled DTL transform: entity in, entity out.

Source: docs (hub/dtl, hub/documentation/building-blocks): the target starts empty, ``default`` is the rule that runs,
and the result needs an ``_id`` that is a string unless ``id_required`` is false.
"""

from collections.abc import Mapping
from typing import Any

from fake_sesam.dtl.compiler import Compiler
from fake_sesam.dtl.functions import FUNCTIONS
from fake_sesam.dtl.scope import Scope, Transform
from fake_sesam.dtl.transforms import TRANSFORMS
from fake_sesam.errors import Problem, TransformError

__all__ = ["Program", "compile_program"]


class Program:
    """The compiled rules of a transform."""

    def __init__(self, default: Transform, *, id_required: bool = True) -> None:
        self._default = default
        self._id_required = id_required

    def apply(self, entity: dict[str, Any]) -> list[dict[str, Any]]:
        """Transform one entity into what it becomes: usually one entity, none where it is discarded.

        Raises:
            TransformError: the result has no ``_id`` that is a string.
        """
        scope = Scope(entity)
        self._default(scope)
        target = scope.target
        if self._id_required and type(target.get("_id")) is not str:
            raise TransformError(_id_message(target.get("_id")), entity=target or entity)
        return [target]


def compile_program(
    rules: Mapping[str, Any], *, id_required: bool = True, namespace: str | None = None
) -> tuple[Program, list[Problem]]:
    """Compile the rules of a ``dtl`` transform; problems name the place under ``rules``."""
    compiler = Compiler(FUNCTIONS, TRANSFORMS, namespace=namespace)
    compiler.rule_names = frozenset(rules)
    if "default" not in rules:
        compiler.fail("expected a rule named 'default'")
    for name, steps in rules.items():
        with compiler.at(f".{name}"):
            compiler.rules[name] = compiler.block(steps)
    default = compiler.rules.get("default", lambda _scope: None)
    return Program(default, id_required=id_required), compiler.problems


def _id_message(value: Any) -> str:
    return f"DTL transform failed with error: Target entity _id missing or is of invalid type: {value!r}"
