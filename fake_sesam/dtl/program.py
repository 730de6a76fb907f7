"""A compiled DTL transform, which turns one source entity into target entities. Pure.

Source: docs (hub/dtl, hub/documentation/building-blocks): the target entity starts empty, the rule `default` runs,
and each result needs a string as `_id` unless `id_required` is false. A target without `_id` takes that of the source
entity: reader (sesam-io/hubspot-connector) and docs (parameterized-datatypes-pattern.rst) have rules that set none.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fake_sesam.dtl.compiler import Compiler
from fake_sesam.dtl.datasets import NO_DATASETS, Datasets
from fake_sesam.dtl.functions import FUNCTIONS
from fake_sesam.dtl.limits import check_size
from fake_sesam.dtl.names import Names
from fake_sesam.dtl.scope import RuleScope, StopTransforms, Transform
from fake_sesam.dtl.transforms import TRANSFORMS
from fake_sesam.errors import Problem, TransformError

__all__ = ["DtlProgram", "compile_program"]


_EVALUATION_ERRORS = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


class DtlProgram:
    """The compiled rules of one `dtl` transform."""

    def __init__(self, default: Transform, *, id_required: bool = True, may_grow: bool = False) -> None:
        self._default = default
        self._id_required = id_required
        self._may_grow = may_grow

    def apply(
        self, entity: dict[str, Any], datasets: Datasets = NO_DATASETS, *, carries_deletion: bool = False
    ) -> list[dict[str, Any]]:
        """Transform one source entity, as `apply_all` does."""
        return self.apply_all([entity], datasets, carries_deletion=carries_deletion)

    def apply_all(
        self, entities: Iterable[dict[str, Any]], datasets: Datasets = NO_DATASETS, *, carries_deletion: bool = False
    ) -> list[dict[str, Any]]:
        """Transform source entities; return of each what `create` emitted, then the target unless it was discarded.

        A filtered target entity has `"_filtered": True`; the sink deletes it.

        Args:
            entities: The source entities.
            datasets: What the rules can join with.
            carries_deletion: The target of a deleted entity is deleted, unless the rules say otherwise.

        Raises:
            TransformError: The `_id` of a result is missing or not a string, a `fail!` ran, a function could not be
                computed, or a dataset that the rules read does not exist or is not populated.
        """
        results: list[dict[str, Any]] = []
        scope = RuleScope(None, datasets=datasets)
        for entity in entities:
            scope.begin(entity)
            try:
                self._default(scope)
            except StopTransforms as stop:
                targets = _stopped(scope, is_filtered=stop.is_filtered)
            except _EVALUATION_ERRORS as error:
                message = f"DTL transform failed with error: {type(error).__name__}: {error}"
                raise TransformError(message, entity=entity) from error
            else:
                target = scope.target
                if carries_deletion and entity.get("_deleted") is True:
                    target.setdefault("_deleted", True)
                if scope.created is None and not self._may_grow and type(target.get("_id")) is str:
                    results.append(target)
                    continue
                targets = [_with_id(target, entity) if self._id_required else target]
            results += self._checked([*(scope.created or ()), *targets], entity)
        return results

    def _checked(self, targets: list[dict[str, Any]], entity: dict[str, Any]) -> list[dict[str, Any]]:
        """Check the size of what an entity has become, and that each has an `_id`."""
        if self._may_grow:
            check_size(targets)
        if self._id_required:
            for target in targets:
                if type(target.get("_id")) is not str:
                    target["_id"] = _exact_id(target, entity)
        return targets


def compile_program(
    rules: Mapping[str, Any],
    *,
    id_required: bool = True,
    names: Names | None = None,
    pipe_id: str = "pipe",
    secrets: Mapping[str, str] | None = None,
) -> tuple[DtlProgram, list[Problem]]:
    """Compile the `rules` of a `dtl` transform; the paths of problems are relative to `rules`.

    Do not run the program if a problem has level `error`.
    """
    compiler = Compiler(FUNCTIONS, TRANSFORMS, names=names, pipe_id=pipe_id, secrets=secrets)
    compiler.rule_names = frozenset(rules)
    if "default" not in rules:
        compiler.report_error("expected a rule named 'default'")
    for name, steps in rules.items():
        with compiler.at(f".{name}"):
            compiler.rules[name] = compiler.compile_block(steps)
    compiler.check_apply_targets()
    default = compiler.rules.get("default", lambda _scope: None)
    program = DtlProgram(default, id_required=id_required, may_grow=compiler.reads_results)
    return program, compiler.problems


def _stopped(scope: RuleScope, *, is_filtered: bool) -> list[dict[str, Any]]:
    if not is_filtered:
        return []
    inherited = {} if "_id" in scope.target else {"_id": scope.source.get("_id")}
    return [{**inherited, **scope.target, "_filtered": True}]


def _with_id(target: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    return {"_id": source["_id"], **target} if "_id" not in target and "_id" in source else target


def _exact_id(result: dict[str, Any], entity: dict[str, Any]) -> str:
    if isinstance(result.get("_id"), str):
        return str(result["_id"])
    raise TransformError(_id_message(result.get("_id")), entity=result or entity)


def _id_message(value: Any) -> str:
    return f"DTL transform failed with error: Target entity _id missing or is of invalid type: {value!r}"
