"""`/env` and `/secrets`: the values of `$ENV` and `$SECRET`. Secrets can be written but not read.

Source: docs (swagger_public.yaml, operations/security.rst).
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.query import json_object, with_json
from fake_sesam.api.responses import json_response
from fake_sesam.errors import FakeSesamError, NotFoundError
from fake_sesam.node import Node

__all__ = ["routes"]


def routes(node: Node) -> list[Route]:
    """Return the routes of the environment and the secrets."""
    return [*_environment_routes(node), *_secret_routes(node)]


def _environment_routes(node: Node) -> list[Route]:
    def show(_request: Request) -> Response:
        return json_response(node.configuration.env)

    def replace(_request: Request, body: Any) -> Response:
        node.configuration.use_variables(env=json_object(body))
        return json_response(node.configuration.env)

    def add(_request: Request, body: Any) -> Response:
        node.configuration.use_variables(env={**node.configuration.env, **json_object(body)})
        return json_response(node.configuration.env)

    def remove(request: Request) -> Response:
        node.configuration.use_variables(
            env=_without(node.configuration.env, request.path_params["name"], "environment variable")
        )
        return json_response(node.configuration.env)

    return [
        Route("/env", show),
        Route("/env", with_json(replace), methods=["PUT"]),
        Route("/env", with_json(add), methods=["POST", "PATCH"]),
        Route("/env/{name}", remove, methods=["DELETE"]),
    ]


def _secret_routes(node: Node) -> list[Route]:
    def show(request: Request) -> Response:
        return json_response(sorted(_secrets(node, request)))

    def replace(request: Request, body: Any) -> Response:
        return _store(node, request, _texts(body))

    def add(request: Request, body: Any) -> Response:
        return _store(node, request, {**_secrets(node, request), **_texts(body)})

    def remove(request: Request) -> Response:
        return _store(node, request, _without(_secrets(node, request), request.path_params["name"], "secret"))

    return [
        route
        for prefix in ("", "/systems/{system_id}")
        for route in (
            Route(f"{prefix}/secrets", show),
            Route(f"{prefix}/secrets", with_json(replace), methods=["PUT"]),
            Route(f"{prefix}/secrets", with_json(add), methods=["POST"]),
            Route(f"{prefix}/secrets/{{name}}", remove, methods=["DELETE"]),
        )
    ]


def _secrets(node: Node, request: Request) -> Mapping[str, str]:
    """Return the secrets of the system in the path, or the global ones."""
    system_id = request.path_params.get("system_id")
    return node.configuration.secrets if system_id is None else node.configuration.system_secrets.get(system_id, {})


def _store(node: Node, request: Request, secrets: dict[str, str]) -> Response:
    system_id = request.path_params.get("system_id")
    if system_id is None:
        node.configuration.use_variables(secrets=secrets)
    else:
        node.runners.system(system_id)
        node.configuration.use_variables(system_secrets={**node.configuration.system_secrets, system_id: secrets})
    return json_response(sorted(secrets))


def _texts(body: Any) -> dict[str, str]:
    found = json_object(body)
    wrong = [name for name, value in found.items() if not isinstance(value, str)]
    if wrong:
        raise FakeSesamError(f"expected strings as secrets; these are not: {', '.join(wrong)}")
    return found


def _without(values: Mapping[str, Any], name: str, what: str) -> dict[str, Any]:
    if name not in values:
        raise NotFoundError(f"there is no {what} {name!r}")
    return {each: value for each, value in values.items() if each != name}
