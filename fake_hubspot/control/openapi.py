"""The server's own OpenAPI document, built from its routes."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from fake_hubspot.context import Access, Param, RequestContext, Response, Route, open_route
from fake_hubspot.crm.shapes import ErrorResponse

__all__ = ["build_document", "routes"]

PARAMETER = re.compile(r"\{(\w+)\}")
REFERENCE = "#/components/schemas/{name}"
SHARED = "#/components/responses/{name}"
HTML_TOO = ("404", "405", "414", "415")
# The errors that any route may answer.
ERRORS = ("400", "401", "403", "404", "405", "409", "414", "415", "429", "500")
PATH_SUMMARIES = {
    "objectType": "Plural, singular or id of an object type.",
    "objectId": "A record's id, or the value of `idProperty`.",
}


def routes(known: Callable[[], Iterable[Route]]) -> list[Route]:
    """Return the route `GET /_fake/openapi.json`, which describes the known routes and itself."""

    def read(_: RequestContext) -> Response:
        return Response.of(build_document([*known(), own]))

    own = open_route("control.openapi", "GET", "/_fake/openapi.json", read, summary="Read this document", is_own=True)
    return [own]


def build_document(known: Iterable[Route]) -> dict[str, Any]:
    """Build an OpenAPI 3.1 document of the APIs, without the pages for a browser.

    Control errors are `{error}`, the others HubSpot's envelope or HTML.
    """
    table = [route for route in known if route.access is not Access.PAGE]
    schemas = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fake HubSpot", "version": "1", "description": "What this server answers."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": _shared_errors(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


class ControlError(msgspec.Struct):
    """The control API's answer to a request that cannot be fulfilled."""

    error: str


def _custom_schema(kind: type) -> dict[str, Any]:
    if kind is not Path:
        raise NotImplementedError
    return {"type": "string"}


@cache
def _kinds(kinds: tuple[Any, ...]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE, schema_hook=_custom_schema)
    return list(found), dict(components)


def _schemas(table: list[Route]) -> dict[str, Any]:
    kinds = [
        kind
        for route in table
        for kind in (route.operation.body, route.operation.response, route.operation.error)
        if _is_described(kind)
    ]
    _, components = _kinds((ErrorResponse, ControlError, *kinds))
    return components


def _is_described(kind: Any) -> bool:
    return kind is not None and kind is not dict


def _schema(kind: Any) -> dict[str, Any]:
    if not _is_described(kind):
        return {"type": "object"}
    (schema,), _ = _kinds((kind,))
    return schema


def _operation(route: Route) -> dict[str, Any]:
    declared = route.operation
    operation: dict[str, Any] = {
        "operationId": f"{route.name}:{route.method}:{route.template}",
        "tags": [route.name.split(".")[0]],
        "summary": route.summary or route.name,
        "parameters": [*_path_parameters(route), *map(_query_parameter, declared.query)],
        "responses": _responses(route),
    }
    if declared.body is not None:
        content = {"application/json": {"schema": _schema(declared.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.access is Access.TOKEN:
        operation["security"] = [{"token": []}]
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_SUMMARIES.get(name, name),
            "schema": {"type": "string", "minLength": 1},
        }
        for name in PARAMETER.findall(route.template)
    ]


def _query_parameter(param: Param) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": param.kind}
    if param.kind == "array":
        schema["items"] = {"type": "string"}
    return {"name": param.name, "in": "query", "description": param.summary, "schema": schema}


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status in route.operation.statuses:
        response: dict[str, Any] = {"description": "Done."}
        if route.operation.response is not None and status != 204:
            response["content"] = {"application/json": {"schema": _schema(route.operation.response)}}
        responses[str(status)] = response
    return responses | {status: _error(route, status) for status in ERRORS if status not in responses}


def _error(route: Route, status: str) -> dict[str, Any]:
    if route.access is Access.CONTROL:
        return {"$ref": SHARED.format(name="ControlError")}
    if status == "400" and route.operation.error is not None:
        return {"description": "Refused.", "content": {"application/json": {"schema": _schema(route.operation.error)}}}
    return {"$ref": SHARED.format(name="ErrorOrPage" if status in HTML_TOO else "Error")}


def _shared_errors() -> dict[str, Any]:
    """Return the errors that most routes may answer; written out at each, they would be most of the document."""
    error = {"$ref": REFERENCE.format(name="ErrorResponse")}
    either = {"anyOf": [{"$ref": REFERENCE.format(name="ControlError")}, error]}
    kinds: dict[str, dict[str, Any]] = {
        "Error": {"application/json": {"schema": error}},
        "ErrorOrPage": {"application/json": {"schema": error}, "text/html": {"schema": {"type": "string"}}},
        "ControlError": {"application/json": {"schema": either}},
    }
    return {name: {"description": "Refused.", "content": content} for name, content in kinds.items()}
