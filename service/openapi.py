"""The routes as an OpenAPI document, built from the tables that the routes use."""

from collections.abc import Mapping
from types import MappingProxyType

from service.object_types import STANDARD_TYPES
from service.options import PARAMETERS

__all__ = ["OWNER_PARAMETERS", "openapi_document"]

OWNER_PARAMETERS = ("since", "subset", "archived")

_ENTITY = {
    "type": "object",
    "required": ["_id", "_updated"],
    "properties": {
        "_id": {"type": "string"},
        "_updated": {"type": "string", "examples": ["~t2026-03-09T12:00:00.000Z"]},
        "_deleted": {"type": "boolean", "description": "true if the record was archived after `since`"},
    },
    "additionalProperties": True,
    "description": "HubSpot's record, unchanged, with Sesam's fields in front.",
}
_ERROR = {
    "type": "object",
    "required": ["kind", "message"],
    "properties": {
        "kind": {"type": "string"},
        "message": {"type": "string"},
        "parameter": {"type": ["string", "null"]},
        "hubspot": {
            "type": "object",
            "properties": {
                "status": {"type": ["integer", "null"]},
                "message": {"type": ["string", "null"]},
                "correlation_id": {"type": ["string", "null"]},
            },
        },
    },
}
_SCHEMAS = {
    "since": {"type": "string"},
    "limit": {"type": "integer", "minimum": 1},
    "archived": {"type": "boolean"},
}


def openapi_document(*, is_protected: bool) -> dict[str, object]:
    """Build the document.

    Args:
        is_protected: Whether clients must send a user name and a password.
    """
    pulls = {f"/get_{known.name}": _pull(known.name, tuple(PARAMETERS)) for known in STANDARD_TYPES}
    document: dict[str, object] = {
        "openapi": "3.1.0",
        "info": {
            "title": "HubSpot for Sesam",
            "version": "1",
            "description": "HubSpot's CRM records as Sesam's JSON pull protocol. Custom object types are served at "
            "/get_<fully qualified name>.",
        },
        "paths": {
            **pulls,
            "/get_owners": _pull("owners", OWNER_PARAMETERS),
            "/health": {"get": _plain("The process is alive. HubSpot is not queried.")},
            "/ready": {"get": _plain("HubSpot accepts the credentials.", failures={"503": "HubSpot does not answer."})},
            "/metrics": {"get": {"summary": "Metrics for Prometheus.", "responses": {"200": {"description": "Text."}}}},
            "/": {"get": _plain("A list of the routes.")},
            "/openapi.json": {"get": _plain("This document.")},
        },
        "components": {"schemas": {"Entity": _ENTITY, "Error": _ERROR}},
    }
    if is_protected:
        document["components"] = {
            "schemas": {"Entity": _ENTITY, "Error": _ERROR},
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        }
        document["security"] = [{"basic": []}]
    return document


def _pull(name: str, parameters: tuple[str, ...]) -> dict[str, object]:
    entities = {"type": "array", "items": {"$ref": "#/components/schemas/Entity"}}
    return {
        "get": {
            "summary": f"{name} as one JSON array. An error after the first byte closes the connection.",
            "parameters": [
                {
                    "name": one,
                    "in": "query",
                    "description": PARAMETERS[one],
                    "schema": _SCHEMAS.get(one, {"type": "string"}),
                }
                for one in parameters
            ],
            "responses": {
                "200": {"description": "All records.", "content": {"application/json": {"schema": entities}}},
                **{status: _error(text) for status, text in _FAILURES.items()},
            },
        }
    }


_FAILURES = {
    "400": "A parameter is invalid. The message says what is expected.",
    "502": "HubSpot refused, or its response is inconsistent.",
    "503": "HubSpot's rate limit is exceeded, or the service is shutting down.",
    "504": "HubSpot did not respond in time.",
}


def _error(description: str) -> dict[str, object]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": description, "content": content}


def _plain(summary: str, *, failures: Mapping[str, str] = MappingProxyType({})) -> dict[str, object]:
    good = {"200": {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}}
    return {"summary": summary, "responses": good | {status: _error(text) for status, text in failures.items()}}
