"""`/datasets`: the stored entities.

Source: docs (swagger_public.yaml): `history` and `deleted` are true by default; with history the deletions are
always included; with `populated=true` the response is 404 until the dataset is populated.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.entities import entities_response, posted_entities
from fake_sesam.api.query import boolean, integer, with_form, with_json
from fake_sesam.api.representations import dataset_json, is_internal_dataset
from fake_sesam.api.responses import json_response
from fake_sesam.dataset import Dataset
from fake_sesam.errors import FakeSesamError, NotFoundError
from fake_sesam.node import Node
from fake_sesam.operations import settle_circuit_breaker

__all__ = ["routes"]


def routes(node: Node) -> list[Route]:
    """Return the routes of the datasets."""

    def show_all(request: Request) -> Response:
        is_all = boolean(request, "include-internal-datasets", default=False)
        names = [name for name in node.store.dataset_names() if is_all or not is_internal_dataset(name)]
        return json_response([dataset_json(node, node.dataset(name)) for name in names])

    def show(request: Request) -> Response:
        return json_response(dataset_json(node, _existing(node, request)))

    def remove(request: Request) -> Response:
        dataset = _existing(node, request)
        dataset.drop()
        return json_response({"_id": dataset.name})

    def operate(request: Request, form: dict[str, str]) -> Response:
        dataset, operation = _existing(node, request), form.get("operation", "")
        if operation not in ("rollback-circuit-breaker", "commit-circuit-breaker"):
            raise FakeSesamError(f"the dataset doesn't support the operation {operation!r}")
        settle_circuit_breaker(node, dataset.name, is_committed=operation.startswith("commit"))
        return json_response(dataset_json(node, dataset))

    def entities(request: Request) -> Response:
        dataset = _existing(node, request)
        if boolean(request, "populated", default=False) and not dataset.info()["populated"]:
            raise NotFoundError(f"dataset {dataset.name!r} is not populated yet")
        return entities_response(request, dataset)

    def write(request: Request, body: Any) -> Response:
        dataset = node.dataset(request.path_params["dataset_id"])
        dataset.write(posted_entities(body))
        return json_response({})

    def entity(request: Request) -> Response:
        return json_response(_one(_existing(node, request), request))

    def indexes(request: Request) -> Response:
        _existing(node, request)
        return json_response([])

    return [
        Route("/datasets", show_all),
        Route("/datasets/{dataset_id}", show),
        Route("/datasets/{dataset_id}", remove, methods=["DELETE"]),
        Route("/datasets/{dataset_id}", with_form(operate), methods=["POST"]),
        Route("/datasets/{dataset_id}/entities", entities),
        Route("/datasets/{dataset_id}/entities", with_json(write, is_exact=True), methods=["POST"]),
        Route("/datasets/{dataset_id}/entity", entity),
        Route("/datasets/{dataset_id}/indexes", indexes),
    ]


def _one(dataset: Dataset, request: Request) -> dict[str, Any]:
    entity_id, offset = request.query_params.get("entity_id"), integer(request, "offset")
    uncommitted = boolean(request, "uncommitted", default=False)
    found: dict[str, Any] | None = None
    if offset is not None:
        found = next(dataset.entities(since=offset - 1, limit=1, history=True, uncommitted=uncommitted), None)
        found = found if found is not None and found["_updated"] == offset else None
    elif entity_id is not None:
        found = dataset.entity(entity_id, uncommitted=uncommitted)
    if found is None:
        raise NotFoundError(f"there is no such entity in dataset {dataset.name!r}; give entity_id or offset")
    return found


def _existing(node: Node, request: Request) -> Dataset:
    dataset = node.dataset(request.path_params["dataset_id"])
    if not dataset.exists:
        raise NotFoundError(f"there is no dataset {dataset.name!r}")
    return dataset
