"""The node's own OpenAPI document, built from its routes.

It says which requests there are, not what they answer: Sesam documents that.
"""

import re
from collections.abc import Iterable
from typing import Any

from starlette.routing import Route

__all__ = ["build_document"]

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
FORMS = re.compile(r"/(pipes/\{\w+\}/pump|datasets/\{[\w:]+\})")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def build_document(api: Iterable[Route]) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document.

    Args:
        api: The routes below `/api`.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in api:
        path = "/api" + PARAMETER.sub(r"{\1}", route.path)
        for method in METHODS:
            if method in (route.methods or ()):
                paths.setdefault(path, {})[method.lower()] = _operation(route, path, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fake Sesam node", "version": "1", "description": "What this node answers."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
    }


def _operation(route: Route, path: str, method: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{method}:{path}",
        "tags": [path.split("/")[2] if path.count("/") > 1 else "api"],
        "summary": route.name.strip("_").replace("_", " ").capitalize(),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in PARAMETER.findall(route.path)
        ],
        "responses": {"default": {"description": "What a Sesam node answers."}},
    }
    if method in ("POST", "PUT", "PATCH"):
        operation["requestBody"] = {"content": _content(route.path)}
    return operation


def _content(path: str) -> dict[str, Any]:
    if FORMS.fullmatch(path):
        properties = {"operation": {"type": "string", "examples": ["start"]}}
        form = {"type": "object", "properties": properties, "required": ["operation"]}
        return {"application/x-www-form-urlencoded": {"schema": form}}
    return {"application/json": {"schema": {}}}
