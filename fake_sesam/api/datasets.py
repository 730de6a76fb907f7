"""``/datasets``: what is stored."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.json import answer, array
from fake_sesam.api.query import flag, integer
from fake_sesam.api.shapes import dataset_shape
from fake_sesam.dataset import Dataset
from fake_sesam.errors import NotFoundError
from fake_sesam.node import Node

__all__ = ["routes"]


def routes(node: Node) -> list[Route]:
    """Return the routes of the datasets."""

    def show(request: Request) -> Response:
        return answer(dataset_shape(_existing(node, request)))

    def entities(request: Request) -> Response:
        dataset = _existing(node, request)
        return array(
            dataset.entities(
                since=integer(request, "since"),
                limit=integer(request, "limit"),
                history=flag(request, "history", default=True),
                deleted=flag(request, "deleted", default=True),
                reverse=flag(request, "reverse", default=False),
            )
        )

    return [Route("/datasets/{dataset_id}", show), Route("/datasets/{dataset_id}/entities", entities)]


def _existing(node: Node, request: Request) -> Dataset:
    dataset = node.dataset(request.path_params["dataset_id"])
    if not dataset.exists:
        raise NotFoundError(f"there is no dataset {dataset.name!r}")
    return dataset
