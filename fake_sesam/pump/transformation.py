"""What happens between source and sink: add namespaces, apply the transforms in order, remove namespaces."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from fake_sesam.assumptions import Assumptions
from fake_sesam.config import Pipe
from fake_sesam.config.pipes import Step
from fake_sesam.config.transforms import EmitChildren, RestTransform
from fake_sesam.dtl import Datasets, DtlProgram, add_namespaces, remove_namespaces
from fake_sesam.dtl.names import glob_text
from fake_sesam.dtl.paths import split_path, walk
from fake_sesam.dtl.values import as_list
from fake_sesam.errors import TransformError
from fake_sesam.pump.rest_client import RestClient
from fake_sesam.pump.rest_transform import RestCall

__all__ = ["Transformation", "compile_transformation"]

Entities = list[dict[str, Any]]
_Function = Callable[[Entities], Entities]


class Transformation:
    """Turns batches of source entities into batches for the sink. Close it: `rest` transforms hold connections."""

    def __init__(self, functions: list[_Function], calls: list["_CountedCall"]) -> None:
        self._functions = functions
        self._calls = calls

    def __call__(self, entities: Entities) -> Entities:
        """Transform a batch.

        Raises:
            TransformError: An entity cannot be transformed, or its `_id` is not a string.
        """
        for function in self._functions:
            entities = function(entities)
        return _with_ids(entities)

    def finish(self) -> None:
        """Check what can only be known at the end of a run.

        Raises:
            TransformError: A transform has returned nothing and must not.
        """
        for call in self._calls:
            call.finish()

    def close(self) -> None:
        """Close the connections."""
        for call in self._calls:
            call.close()


def compile_transformation(
    pipe: Pipe,
    datasets: Datasets,
    *,
    rest: Callable[[str], RestClient] | None = None,
    is_preview: bool = False,
    assumptions: Assumptions | None = None,
) -> Transformation:
    """Return the transformation of a pipe.

    Args:
        pipe: The pipe.
        datasets: What its transforms can join with.
        rest: Returns a client for a system; without it, a `rest` transform fails.
        is_preview: Pass entities by transforms with side effects.
        assumptions: Whether a deletion is carried on.
    """
    carries_deletion = (assumptions or Assumptions()).carries_deletion
    functions: list[_Function] = []
    calls: list[_CountedCall] = []
    for step in pipe.steps:
        if isinstance(step.does, DtlProgram) and step.trigger is None:
            functions.append(partial(step.does.apply_all, datasets=datasets, carries_deletion=carries_deletion))
            continue
        apply = _applied(step, datasets, rest, calls, is_preview=is_preview, carries_deletion=carries_deletion)
        functions.append(_through(_triggered(apply, step)))
    if pipe.identity_namespace is not None and pipe.property_namespace is not None:
        functions.insert(0, _with_namespaces(pipe.identity_namespace, pipe.property_namespace))
    if pipe.remove_namespaces:
        functions.append(lambda entities: [remove_namespaces(entity) for entity in entities])
    return Transformation(functions, calls)


_Apply = Callable[[dict[str, Any]], Entities]


def _applied(
    step: Step,
    datasets: Datasets,
    rest: Callable[[str], RestClient] | None,
    calls: list["_CountedCall"],
    *,
    is_preview: bool,
    carries_deletion: bool,
) -> _Apply:
    does = step.does
    if isinstance(does, DtlProgram):
        return lambda entity: does.apply(entity, datasets, carries_deletion=carries_deletion)
    if isinstance(does, EmitChildren):
        return lambda entity: list(_children(entity))
    if isinstance(does, RestTransform):
        if is_preview and does.side_effects:
            return lambda entity: [entity]
        if rest is None:
            return _fail_for("a rest transform, which runs in a pipe only")
        calls.append(_CountedCall(does, step.config, rest(does.system_id)))
        return calls[-1].apply
    return _fail_for(f"the template {does.template!r}, which this node does not simulate")


class _CountedCall(RestCall):
    """A `rest` transform that knows whether it has returned anything."""

    def __init__(self, transform: RestTransform, config: Mapping[str, Any], client: RestClient) -> None:
        super().__init__(transform, config, client)
        self._must_return = transform.if_transform_empty == "fail"
        self._has_asked = self._has_returned = False

    def apply(self, entity: dict[str, Any]) -> Entities:
        """Return what an entity becomes, and count it."""
        found = super().apply(entity)
        self._has_asked = True
        self._has_returned = self._has_returned or bool(found)
        return found

    def finish(self) -> None:
        """Check that something was returned where it must be.

        Raises:
            TransformError: Nothing was, and `if_transform_empty` is `fail`.
        """
        if self._must_return and self._has_asked and not self._has_returned:
            raise TransformError("a rest transform returned no entities and if_transform_empty is 'fail'")


def _fail_for(what: str) -> _Apply:
    def fail(entity: dict[str, Any]) -> Entities:
        raise TransformError(f"the pipe has {what}", entity=entity)

    return fail


def _triggered(apply: _Apply, step: Step) -> _Apply:
    """Return a function that passes entities by that the transform's `trigger_on` does not match."""
    if step.trigger is None:
        return apply
    path, pattern = split_path(step.trigger[0]), re.compile(glob_text(step.trigger[1]), re.DOTALL)

    def choose(entity: dict[str, Any]) -> Entities:
        values = as_list(walk(entity, path))
        is_wanted = any(pattern.fullmatch(each if isinstance(each, str) else str(each)) for each in values)
        return apply(entity) if is_wanted else [entity]

    return choose


def _children(entity: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the children that have an `_id`; those of a deleted entity are deleted.

    Source: docs (configuration-transforms-emit-children.rst). Assumed: the children of a deleted entity.
    """
    for child in as_list(entity.get("$children")):
        if isinstance(child, dict) and isinstance(child.get("_id"), str):
            yield {**child, "_deleted": True} if entity.get("_deleted") is True else dict(child)


def _through(apply: _Apply) -> _Function:
    return lambda entities: [result for entity in entities for result in apply(entity)]


def _with_namespaces(identity: str, properties: str) -> _Function:
    return lambda entities: [add_namespaces(each, identity=identity, properties=properties) for each in entities]


def _with_ids(entities: Entities) -> Entities:
    for entity in entities:
        if not isinstance(entity.get("_id"), str):
            message = (
                f"an entity needs an _id that is a string, got {entity.get('_id')!r}; give it one with a transform"
            )
            raise TransformError(message, entity=entity)
    return entities
