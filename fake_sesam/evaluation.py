"""Evaluates a pipe without running it: its entities at each stage, and a preview of one entity.

Source: docs (swagger_public.yaml) and sesam-py's README for the names of the stages. Assumed: a preview returns the
list of entities that the one becomes.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from fake_sesam.config import Pipe, configure
from fake_sesam.config.files import ConfigFile
from fake_sesam.errors import ConfigurationError, FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump.transformation import Transformation, compile_transformation

__all__ = ["evaluate", "preview"]

SOURCE_STAGES = ("source", "before-transform", "before-transforms")
TRANSFORMED_STAGES = ("after-transform", "after-transforms")


def evaluate(
    node: Node, pipe: Pipe, stage: str, *, since: str | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """Return the entities of a pipe at a stage; without a stage, the latest versions of its dataset.

    Raises:
        FakeSesamError: There is no such stage.
        ReadError: The source cannot be read.
    """
    has_dataset = pipe.sink.type == "dataset"
    if stage in ("", "sink") and has_dataset:
        after = int(since) if since else None
        return node.dataset(pipe.sink.dataset).entities(since=after, limit=limit, deleted=True)
    if stage in SOURCE_STAGES:
        return islice(_source_entities(node, pipe, since), limit)
    if stage in ("", "sink", *TRANSFORMED_STAGES):
        transform = compile_transformation(
            pipe, node.datasets_for(pipe), rest=node.rest_client, assumptions=node.options.assumptions
        )
        found = _source_entities(node, pipe, since)
        return islice(_transformed(transform, found), limit)
    known = ", ".join([*SOURCE_STAGES, *TRANSFORMED_STAGES, "sink"])
    raise FakeSesamError(f"expected one of the stages {known}, got {stage!r}")


def _transformed(transform: Transformation, found: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    with closing(transform):
        for entity in found:
            yield from transform([entity])


def preview(config: dict[str, Any], source: Any, *, node: Node) -> list[dict[str, Any]]:
    """Apply a pipe's transforms to one entity and return the result.

    Raises:
        ConfigurationError: The configuration is wrong.
        TransformError: The entity cannot be transformed.
    """
    systems = [file for file in node.configuration.current.files if file.is_system]
    name = f"pipes/{config.get('_id')}.conf.json"
    checked = configure(
        [*systems, ConfigFile(name, config)], env=node.configuration.env, secrets=node.configuration.secrets
    )
    found = [problem for problem in checked.errors if problem.file == name]
    if found:
        raise ConfigurationError(found)
    if not isinstance(source, dict):
        raise FakeSesamError("expected the source entity as a JSON object in the form's 'source'")
    pipe = checked.pipes[config["_id"]]
    transform = compile_transformation(
        pipe, node.datasets_for(pipe), rest=node.rest_client, is_preview=True, assumptions=node.options.assumptions
    )
    with closing(transform):
        return transform([source])


def _source_entities(node: Node, pipe: Pipe, since: str | None) -> Iterator[dict[str, Any]]:
    if pipe.source.type == "http_endpoint":
        return node.sink_dataset(pipe.id).entities()
    return node.source(pipe).read(since)
