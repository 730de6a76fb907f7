"""Adds, replaces and removes single pipes and systems of the configuration."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.query import boolean, json_object, with_json
from fake_sesam.api.responses import json_response
from fake_sesam.config.files import with_entity, without_entity
from fake_sesam.errors import FakeSesamError, NotFoundError, PumpRefusedError
from fake_sesam.node import Node
from fake_sesam.resetting import use_configuration

__all__ = ["add_entities", "config_routes", "remove_entity"]


def add_entities(node: Node, body: Any, *, is_wanted: Callable[[str], bool]) -> list[str]:
    """Add the configurations of a posted list.

    Raises:
        FakeSesamError: One of them has another type.
        PumpRefusedError: One of them already exists (the response is 409).
        ConfigurationError: One of them has errors.
    """
    files = list(node.configuration.current.files)
    known = {file.content.get("_id") for file in files}
    entities = [json_object(entity) for entity in (body if isinstance(body, list) else [body])]
    for entity in entities:
        if not is_wanted(str(entity.get("type", ""))):
            raise FakeSesamError(f"a configuration of type {entity.get('type')!r} is not accepted here")
        if entity.get("_id") in known:
            raise PumpRefusedError(f"there is already a configuration {entity.get('_id')!r}")
        files = with_entity(files, entity)
    use_configuration(node, files)
    return [str(entity["_id"]) for entity in entities]


def remove_entity(node: Node, entity_id: str) -> dict[str, Any]:
    """Remove a configuration and return it."""
    content = _content(node, entity_id)
    use_configuration(node, without_entity(node.configuration.current.files, entity_id), is_forced=True)
    return content


def config_routes(node: Node, kind: str) -> list[Route]:
    """Return `/{kind}/{id}/config` to read and to replace."""

    def show(request: Request) -> Response:
        return json_response(_content(node, request.path_params["entity_id"]))

    def replace(request: Request, body: Any) -> Response:
        entity = json_object(body)
        _content(node, request.path_params["entity_id"])
        if entity.get("_id") != request.path_params["entity_id"]:
            raise FakeSesamError(f"expected the _id {request.path_params['entity_id']!r}, got {entity.get('_id')!r}")
        is_forced = boolean(request, "force", default=False)
        use_configuration(node, with_entity(node.configuration.current.files, entity), is_forced=is_forced)
        return json_response(entity)

    path = f"/{kind}/{{entity_id}}/config"
    return [Route(path, show), Route(path, with_json(replace), methods=["PUT"])]


def _content(node: Node, entity_id: str) -> dict[str, Any]:
    for file in node.configuration.current.files:
        if file.content.get("_id") == entity_id:
            return file.content
    raise NotFoundError(f"there is no configuration {entity_id!r}")
