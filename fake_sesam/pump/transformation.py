"""What happens between source and sink: add namespaces, apply the transforms in order, remove namespaces. Pure."""

from collections.abc import Callable
from typing import Any

from fake_sesam.config import Pipe
from fake_sesam.dtl import Datasets, DtlProgram, add_namespaces, remove_namespaces
from fake_sesam.errors import TransformError

__all__ = ["Transformation", "compile_transformation"]

Transformation = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def compile_transformation(pipe: Pipe, datasets: Datasets) -> Transformation:
    """Return the function that turns a batch of source entities into a batch for the sink.

    The function raises TransformError if an entity cannot be transformed, or if its `_id` is not a string.
    """
    steps: list[Transformation] = [_through(program, datasets) for program in pipe.programs]
    if pipe.identity_namespace is not None and pipe.property_namespace is not None:
        steps.insert(0, _with_namespaces(pipe.identity_namespace, pipe.property_namespace))
    if pipe.remove_namespaces:
        steps.append(lambda entities: [remove_namespaces(entity) for entity in entities])

    def transform(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for step in steps:
            entities = step(entities)
        return _with_ids(entities)

    return transform


def _through(program: DtlProgram, datasets: Datasets) -> Transformation:
    apply = program.apply
    return lambda entities: [result for entity in entities for result in apply(entity, datasets)]


def _with_namespaces(identity: str, properties: str) -> Transformation:
    return lambda entities: [add_namespaces(each, identity=identity, properties=properties) for each in entities]


def _with_ids(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for entity in entities:
        if type(entity.get("_id")) is not str:
            message = (
                f"an entity needs an _id that is a string, got {entity.get('_id')!r}; give it one with a transform"
            )
            raise TransformError(message, entity=entity)
    return entities
