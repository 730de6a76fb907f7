"""`/receivers` and `/publishers`: entities that clients post, and entities that they fetch.

Source: docs (json-push.rst): an array or one object; a full sync ends with `is_last` and deletes what it did not
contain; a `previous_request_id` that does not match is answered with 409.
"""

from contextlib import closing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.query import boolean, integer, with_json
from fake_sesam.api.responses import json_array_response, json_response
from fake_sesam.dataset import SeenOffsets
from fake_sesam.errors import FakeSesamError, NotFoundError, PumpRefusedError
from fake_sesam.evaluation import evaluate
from fake_sesam.node import Node
from fake_sesam.pump.transformation import compile_transformation

__all__ = ["routes"]


class _Sync:
    """A full sync that is under way."""

    def __init__(self, sequence_id: str) -> None:
        self.sequence_id = sequence_id
        self.request_id = ""
        self.seen = SeenOffsets()


def routes(node: Node) -> list[Route]:
    """Return the routes of receivers and publishers."""
    syncs: dict[str, _Sync] = {}

    def receive(request: Request, body: Any) -> Response:
        pipe = node.pipe(request.path_params["pipe_id"])
        if pipe.source.type != "http_endpoint":
            raise NotFoundError(f"pipe {pipe.id!r} does not receive entities; its source is {pipe.source.type!r}")
        with closing(
            compile_transformation(
                pipe, node.datasets_for(pipe), rest=node.rest_client, assumptions=node.options.assumptions
            )
        ) as transform:
            entities = transform(_objects(body))
        dataset = node.sink_dataset(pipe.id)
        if not boolean(request, "is_full", default=False):
            dataset.write(entities)
            dataset.set_populated()
            return json_response({})
        sync = _full_sync(syncs, pipe.id, request)
        dataset.write(entities, seen=sync.seen)
        if boolean(request, "is_last", default=False):
            list(dataset.delete_unseen(sync.seen))
            dataset.set_populated()
            del syncs[pipe.id]
        return json_response({})

    def publish(request: Request) -> Response:
        pipe = node.pipe(request.path_params["pipe_id"])
        if pipe.sink.type != "http_endpoint":
            raise NotFoundError(f"pipe {pipe.id!r} does not publish; its sink is {pipe.sink.type!r}")
        since, limit = request.query_params.get("since"), integer(request, "limit")
        return json_array_response(evaluate(node, pipe, "after-transforms", since=since, limit=limit))

    return [
        Route("/receivers/{pipe_id}/entities", with_json(receive, is_exact=True), methods=["POST"]),
        Route("/publishers/{pipe_id}/entities", publish),
    ]


def _objects(body: Any) -> list[dict[str, Any]]:
    entities = body if isinstance(body, list) else [body]
    if not all(isinstance(entity, dict) for entity in entities):
        raise FakeSesamError("expected a JSON array of objects, or one object")
    return entities


def _full_sync(syncs: dict[str, _Sync], pipe_id: str, request: Request) -> _Sync:
    """Return the sync that a request belongs to; the first request starts a new one."""
    sequence_id = request.query_params.get("sequence_id", "")
    if boolean(request, "is_first", default=False):
        syncs[pipe_id] = _Sync(sequence_id)
    sync = syncs.get(pipe_id)
    previous = request.query_params.get("previous_request_id", "")
    if sync is None or sync.sequence_id != sequence_id or (previous and previous != sync.request_id):
        raise PumpRefusedError("this request does not continue the full sync; start again with is_first=true")
    sync.request_id = request.query_params.get("request_id", "")
    return sync
