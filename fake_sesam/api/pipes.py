"""`/pipes/{id}`: configuration, pump, log, entities and preview of a pipe.

Source: docs (swagger_public.yaml): a new pipe is answered with 201, one that exists with 409, a configuration with
errors with 400; operations are posted as a form; an unknown operation is answered with 400 and "doesn't support the
operation".
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench_core.json_text import parse_json
from fake_sesam.api.config_changes import add_entities, config_routes, remove_entity
from fake_sesam.api.entities import entities_response
from fake_sesam.api.query import integer, with_form, with_json
from fake_sesam.api.representations import invalid_pipe_json, pipe_json, pipe_runtime
from fake_sesam.api.responses import json_array_response, json_response
from fake_sesam.config import Pipe
from fake_sesam.errors import FakeSesamError
from fake_sesam.evaluation import evaluate, preview
from fake_sesam.node import Node
from fake_sesam.operations import operate
from fake_sesam.pump import log_dataset_id

__all__ = ["routes"]


def routes(node: Node) -> list[Route]:
    """Return the routes of the pipes."""

    def show_all(_request: Request) -> Response:
        ids = {*node.pipes, *node.configuration.current.invalid_pipes}
        return json_response([_shown(node, pipe_id) for pipe_id in sorted(ids)])

    def add(_request: Request, body: Any) -> Response:
        ids = add_entities(node, body, is_wanted=lambda kind: kind == "pipe")
        return json_response([_shown(node, pipe_id) for pipe_id in ids], status=201)

    def show(request: Request) -> Response:
        return json_response(_shown(node, request.path_params["entity_id"]))

    def remove(request: Request) -> Response:
        return json_response(remove_entity(node, _shown(node, request.path_params["entity_id"])["_id"]))

    def show_pump(request: Request) -> Response:
        return json_response({"runtime": pipe_runtime(node, _pipe(node, request))})

    def post_pump(request: Request, form: dict[str, str]) -> Response:
        pipe, operation = _pipe(node, request), form.get("operation", "")
        operate(node, pipe.id, operation, last_seen=form.get("last-seen"), comment=form.get("comment", ""))
        return json_response({"runtime": pipe_runtime(node, pipe)})

    def log(request: Request) -> Response:
        return entities_response(request, node.dataset(log_dataset_id(_pipe(node, request).id)))

    def metadata(request: Request) -> Response:
        return json_response(_pipe(node, request).original.get("metadata") or {})

    def entities(request: Request) -> Response:
        pipe, stage = _pipe(node, request), request.query_params.get("stage", "")
        found = evaluate(node, pipe, stage, since=request.query_params.get("since"), limit=integer(request, "limit"))
        return json_array_response(found)

    def show_preview(request: Request, form: dict[str, str]) -> Response:
        config, source = _json_field(form, "pipe-config"), _json_field(form, "source")
        return json_response(preview(config or dict(_pipe(node, request).original), source, node=node))

    return [
        Route("/pipes", show_all),
        Route("/pipes", with_json(add), methods=["POST"]),
        Route("/pipes/{entity_id}", show),
        Route("/pipes/{entity_id}", remove, methods=["DELETE"]),
        *config_routes(node, "pipes"),
        Route("/pipes/{entity_id}/pump", show_pump),
        Route("/pipes/{entity_id}/pump", with_form(post_pump), methods=["POST"]),
        Route("/pipes/{entity_id}/log", log),
        Route("/pipes/{entity_id}/metadata", metadata),
        Route("/pipes/{entity_id}/entities", entities),
        Route("/pipes/{entity_id}/preview", with_form(show_preview), methods=["POST"]),
    ]


def _shown(node: Node, pipe_id: str) -> dict[str, Any]:
    """Return a pipe as a client sees it, whether it can run or not."""
    if pipe_id in node.configuration.current.invalid_pipes:
        return invalid_pipe_json(node, pipe_id)
    return pipe_json(node, node.pipe(pipe_id))


def _pipe(node: Node, request: Request) -> Pipe:
    return node.pipe(request.path_params["entity_id"])


def _json_field(form: dict[str, str], name: str) -> Any:
    text = form.get(name, "")
    try:
        return parse_json(text) if text else None
    except ValueError as error:
        raise FakeSesamError(f"the form's {name!r} is not JSON: {error}") from error
