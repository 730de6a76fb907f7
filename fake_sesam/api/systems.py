"""`/systems`: the systems, their logs, and a proxy to them.

Source: docs (swagger_public.yaml): a reload is answered with 202, logs are text, the proxy forwards any method.
"""

from typing import Any

import requests
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench_core.reach import unreachable
from fake_sesam.api.config_changes import add_entities, config_routes, remove_entity
from fake_sesam.api.query import iso_time, with_json
from fake_sesam.api.representations import system_json
from fake_sesam.api.responses import json_response
from fake_sesam.config.systems import join_url
from fake_sesam.errors import MicroserviceError
from fake_sesam.node import Node
from fake_sesam.pump.puller import make_session

__all__ = ["routes"]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_NOT_PASSED_ON = {"host", "authorization", "content-length", "transfer-encoding", "connection", "accept-encoding"}
_NOT_PASSED_BACK = {"content-length", "content-encoding", "transfer-encoding", "connection"}


def routes(node: Node) -> list[Route]:
    """Return the routes of the systems."""

    def show_all(_request: Request) -> Response:
        return json_response([system_json(node, system_id) for system_id in sorted(node.systems)])

    def add(_request: Request, body: Any) -> Response:
        ids = add_entities(node, body, is_wanted=lambda kind: kind.startswith("system:"))
        return json_response([system_json(node, system_id) for system_id in ids], status=201)

    def show(request: Request) -> Response:
        return json_response(system_json(node, _system_id(node, request)))

    def remove(request: Request) -> Response:
        return json_response(remove_entity(node, _system_id(node, request)))

    def status(request: Request) -> Response:
        runner = node.runner(_system_id(node, request))
        return json_response({"running": runner.is_running(), "pid": getattr(runner, "pid", None)})

    def logs(request: Request) -> Response:
        lines = node.runner(_system_id(node, request)).log_lines(since=iso_time(request, "since"))
        return PlainTextResponse(node.configuration.redact("\n".join(lines)))

    def reload(request: Request) -> Response:
        node.runners.reload(_system_id(node, request))
        return json_response({}, status=202)

    async def proxy(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_pass_on, node, request, body)

    return [
        Route("/systems", show_all),
        Route("/systems", with_json(add), methods=["POST"]),
        Route("/systems/{entity_id}", show),
        Route("/systems/{entity_id}", remove, methods=["DELETE"]),
        *config_routes(node, "systems"),
        Route("/systems/{entity_id}/status", status),
        Route("/systems/{entity_id}/logs", logs),
        Route("/systems/{entity_id}/reload", reload, methods=["POST"]),
        Route("/systems/{entity_id}/proxy/{rest:path}", proxy, methods=METHODS),
    ]


def _system_id(node: Node, request: Request) -> str:
    return node.runners.system(request.path_params["entity_id"]).id


def _pass_on(node: Node, request: Request, body: bytes) -> Response:
    system = node.runners.system(request.path_params["entity_id"])
    url = join_url(node.runners.base_url(system.id), request.path_params["rest"])
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED_ON}
    timeouts = (system.connect_timeout_s, system.read_timeout_s)
    try:
        with make_session(system) as session:
            reply = session.request(
                request.method, url, params=str(request.query_params), data=body, headers=headers, timeout=timeouts
            )
    except requests.RequestException as error:
        why = unreachable(error, url) or error
        raise MicroserviceError(f"system {system.id!r} did not answer: {why}", system_id=system.id) from error
    passed_back = {name: value for name, value in reply.headers.items() if name.lower() not in _NOT_PASSED_BACK}
    return Response(reply.content, status_code=reply.status_code, headers=passed_back)
