"""``/pipes``: what runs, and running it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.json import answer, array
from fake_sesam.api.query import flag, integer
from fake_sesam.api.shapes import pipe_runtime, pipe_shape
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump import log_dataset_id

__all__ = ["routes"]


def routes(node: Node) -> list[Route]:
    """Return the routes of the pipes."""

    def show_all(_request: Request) -> Response:
        return answer([pipe_shape(node, pipe_id) for pipe_id in sorted(node.pipes)])

    def show(request: Request) -> Response:
        return answer(pipe_shape(node, request.path_params["pipe_id"]))

    def show_pump(request: Request) -> Response:
        pipe_id = node.pipe(request.path_params["pipe_id"]).id
        return answer({"runtime": pipe_runtime(node, pipe_id)})

    def operate(pipe_id: str, operation: str) -> Response:
        node.pipe(pipe_id)
        if operation != "start":
            raise FakeSesamError(f"The pump doesn't support the operation {operation!r}")
        node.start_pipe(pipe_id)
        return answer({"runtime": pipe_runtime(node, pipe_id)})

    async def post_pump(request: Request) -> Response:
        form = await request.form()
        return await run_in_threadpool(operate, request.path_params["pipe_id"], str(form.get("operation", "")))

    def log(request: Request) -> Response:
        pipe_id = node.pipe(request.path_params["pipe_id"]).id
        return array(
            node.dataset(log_dataset_id(pipe_id)).entities(
                since=integer(request, "since"),
                limit=integer(request, "limit"),
                history=flag(request, "history", default=True),
                deleted=flag(request, "deleted", default=True),
                reverse=flag(request, "reverse", default=False),
            )
        )

    return [
        Route("/pipes", show_all),
        Route("/pipes/{pipe_id}", show),
        Route("/pipes/{pipe_id}/pump", show_pump),
        Route("/pipes/{pipe_id}/pump", post_pump, methods=["POST"]),
        Route("/pipes/{pipe_id}/log", log),
    ]
