"""`/pipes/run-all-pipes` and its companions: the pipe runner that sesam-py uses.

Source: reader (sesam-py 2.11): in `sync` mode the response has `status`, in `async` mode a `token` with which
clients ask for status and log.
"""

import threading

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.query import boolean, integer
from fake_sesam.api.responses import json_response
from fake_sesam.node import Node
from fake_sesam.run_all import RunAll, RunAllSettings

__all__ = ["routes"]


def routes(node: Node) -> list[Route]:
    """Return the routes of the pipe runner."""
    runs: dict[str, RunAll] = {}

    def start(request: Request) -> Response:
        run = RunAll(node, _settings(request))
        runs[run.token] = run
        if request.query_params.get("request_mode", "sync") == "async":
            threading.Thread(target=run.execute, daemon=True, name="run-all-pipes").start()
            return json_response({"status": run.status, "token": run.token})
        run.execute()
        return json_response({"status": run.status, "additional_info": run.additional_info, "token": run.token})

    def stop(_request: Request) -> Response:
        for run in runs.values():
            run.stop()
        for pipe_id in node.pipes:
            node.pumps.stop(pipe_id)
        return json_response({"status": "stopped"})

    def status(request: Request) -> Response:
        run = _asked(runs, request)
        if run is None:
            return json_response({"status": "not-running"})
        return json_response({"status": run.status, "additional_info": run.additional_info, "token": run.token})

    def log(request: Request) -> Response:
        run, since = _asked(runs, request), request.query_params.get("since", "")
        return json_response([line for line in (run.lines if run else []) if line["timestamp"] > since])

    def delete_datasets(_request: Request) -> Response:
        node.delete_sink_datasets()
        return json_response({"status": "success"})

    return [
        Route("/pipes/run-all-pipes", start, methods=["POST"]),
        Route("/pipes/stop-run-all-pipes", stop, methods=["POST"]),
        Route("/pipes/get-pipe-runner-status", status),
        Route("/pipes/get-run-all-pipes-log", log),
        Route("/pipes/delete-all-sink-datasets", delete_datasets, methods=["POST"]),
    ]


def _settings(request: Request) -> RunAllSettings:
    return RunAllSettings(
        extra_zero_runs=integer(request, "extra_zero_runs") or 0,
        max_run_time_s=integer(request, "max_run_time") or 900,
        max_runs=integer(request, "max_runs") or 100,
        is_reset=boolean(request, "reset_pipes_and_delete_sink_datasets", default=False),
    )


def _asked(runs: dict[str, RunAll], request: Request) -> RunAll | None:
    token = request.query_params.get("token")
    return runs.get(token) if token else next(reversed(runs.values()), None)
