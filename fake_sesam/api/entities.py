"""Entities in requests and responses: a dataset's versions as a query asks for them, and those that a client posts."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fake_sesam.api.query import boolean, integer
from fake_sesam.api.responses import json_array_response
from fake_sesam.dataset import Dataset
from fake_sesam.errors import FakeSesamError

__all__ = ["entities_response", "posted_entities"]


def entities_response(request: Request, dataset: Dataset) -> Response:
    """Return the versions of a dataset that the query asks for."""
    versions = dataset.entities(
        since=integer(request, "since"),
        limit=integer(request, "limit"),
        history=boolean(request, "history", default=True),
        deleted=boolean(request, "deleted", default=True),
        reverse=boolean(request, "reverse", default=False),
        uncommitted=boolean(request, "uncommitted", default=False),
    )
    return json_array_response(versions)


def posted_entities(body: Any) -> list[dict[str, Any]]:
    """Return posted entities: an array of objects, or one object, each with an `_id` that is a string."""
    entities = body if isinstance(body, list) else [body]
    for index, entity in enumerate(entities):
        if not isinstance(entity, dict) or not isinstance(entity.get("_id"), str):
            raise FakeSesamError(f"expected an object with an _id that is a string as element {index}")
    return entities
