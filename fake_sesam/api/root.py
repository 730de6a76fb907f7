"""The node itself: status, health, metadata, license, tokens, administration.

Source: docs (swagger_public.yaml) and sesam-py: `GET /api/` must say `developer_mode`; after a restart
`node_start_time` has changed.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from fake_sesam.api.query import with_form
from fake_sesam.api.responses import json_response
from fake_sesam.api.tokens import Tokens
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump.execution_log import NODE_BUILD_INFO, timestamp

__all__ = ["routes"]


def routes(node: Node, tokens: Tokens) -> list[Route]:
    """Return the routes of the node itself."""

    def summary(_request: Request) -> Response:
        return json_response({"status": {"developer_mode": True}})

    def status(_request: Request) -> Response:
        return json_response({"node_start_time": timestamp(node.started), "developer_mode": True, **NODE_BUILD_INFO})

    def health(_request: Request) -> Response:
        return json_response({"status": "ok"})

    def ping(_request: Request) -> Response:
        return json_response({"status": "running"})

    def metadata(_request: Request) -> Response:
        return json_response({"config": {"original": dict(node.configuration.current.metadata)}})

    def licence(_request: Request) -> Response:
        return json_response({"status": "valid", "type": "fake"})

    def namespaces(_request: Request) -> Response:
        return json_response({})

    def stats(_request: Request) -> Response:
        return json_response(
            {"pipes": len(node.pipes), "systems": len(node.systems), "datasets": len(node.store.dataset_names())}
        )

    def logs(_request: Request) -> Response:
        lines = [line for system_id in sorted(node.systems) for line in node.runner(system_id).log_lines()]
        return PlainTextResponse(node.configuration.redact("\n".join(lines)))

    def token(_request: Request, form: dict[str, str]) -> Response:
        return PlainTextResponse(tokens.mint(form.get("email", "developer")))

    def administer(_request: Request, form: dict[str, str]) -> Response:
        operation = form.get("operation", "")
        if operation not in ("restart", "reset"):
            raise FakeSesamError(f"expected the operation restart or reset, got {operation!r}")
        node.restart(forget=operation == "reset")
        return json_response({"message": "OK"})

    return [
        Route("/", summary),
        Route("/status", status),
        Route("/health", health),
        Route("/ping", ping),
        Route("/metadata", metadata),
        Route("/license", licence),
        Route("/namespaces", namespaces),
        Route("/stats", stats),
        Route("/logs", logs),
        Route("/jwt", with_form(token), methods=["POST"]),
        Route("/admin", with_form(administer), methods=["POST"]),
    ]
