"""The node's web application: ``/health`` and the node API under ``/api``."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from fake_sesam.api import datasets, pipes
from fake_sesam.api.json import answer, on_error
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node

__all__ = ["create_app"]


def create_app(node: Node) -> Starlette:
    """Return the application for one node; the caller closes the node."""

    def health(_request: Request) -> Response:
        return answer({"status": "ok"})

    def status(_request: Request) -> Response:
        return answer({"status": {"developer_mode": True}})

    api = [Route("/", status), Route("/health", health), *pipes.routes(node), *datasets.routes(node)]
    return Starlette(
        routes=[Route("/health", health), Mount("/api", routes=api)], exception_handlers={FakeSesamError: on_error}
    )
