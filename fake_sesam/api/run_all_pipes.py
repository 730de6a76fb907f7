"""`/pipes/run-all-pipes` and its companions: the pipe runner that sesam-py uses.

Source: reader (sesam-py 2.11): in `sync` mode the response has `status`, in `async` mode a `token` with which
clients ask for status and log. sesam-py sends most parameters only where they differ from the default, so a request
without parameters resets the pipes and deletes their datasets, those of input pipes included. Assumed: both scheduler
modes do the same here, because every round runs every pipe.
"""

import threading

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fake_sesam.api.query import boolean, integer
from fake_sesam.api.responses import json_response
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.resetting import reset_pipes
from fake_sesam.run_all import RunAll, RunAllSettings

__all__ = ["routes"]

TERMINATE_TIMEOUT_S = 30
KEPT_RUNS = 20


def routes(node: Node) -> list[Route]:
    """Return the routes of the pipe runner."""
    runs: dict[str, RunAll] = {}

    def start(request: Request) -> Response:
        settings, is_async = _settings(request), _mode(request, "request_mode", ("sync", "async")) == "async"
        run = RunAll(node, settings)
        runs[run.token] = run
        for old in list(runs)[:-KEPT_RUNS]:
            del runs[old]
        if is_async:
            threading.Thread(target=run.execute, daemon=True, name="run-all-pipes").start()
            return json_response({"status": run.status, "token": run.token})
        run.execute()
        return json_response({"status": run.status, "additional_info": run.additional_info, "token": run.token})

    def stop(request: Request) -> Response:
        timeout_s = _number(request, "terminate_timeout", default=TERMINATE_TIMEOUT_S)
        for run in runs.values():
            run.stop()
        node.pumps.stop_all()
        has_ended = node.pumps.wait_for_all(timeout_s) and all(run.wait(timeout_s) for run in runs.values())
        return json_response({"status": "stopped" if has_ended else "running"})

    def status(request: Request) -> Response:
        run = _asked(runs, request)
        if run is None:
            return json_response({"status": "not-running"})
        return json_response({"status": run.status, "additional_info": run.additional_info, "token": run.token})

    def log(request: Request) -> Response:
        run, since = _asked(runs, request), request.query_params.get("since", "")
        return json_response([line for line in (run.lines if run else []) if line["timestamp"] > since])

    def delete_datasets(_request: Request) -> Response:
        reset_pipes(node)
        return json_response({"status": "success"})

    return [
        Route("/pipes/run-all-pipes", start, methods=["POST"]),
        Route("/pipes/stop-run-all-pipes", stop, methods=["POST"]),
        Route("/pipes/get-pipe-runner-status", status),
        Route("/pipes/get-run-all-pipes-log", log),
        Route("/pipes/delete-all-sink-datasets", delete_datasets, methods=["POST"]),
    ]


def _settings(request: Request) -> RunAllSettings:
    _mode(request, "scheduler_mode", ("active", "poll"))
    defaults = RunAllSettings()
    return RunAllSettings(
        extra_zero_runs=_number(request, "extra_zero_runs", default=defaults.extra_zero_runs),
        max_run_time_s=_number(request, "max_run_time", default=int(defaults.max_run_time_s)),
        max_runs=_number(request, "max_runs", default=defaults.max_runs),
        is_reset=boolean(request, "reset_pipes_and_delete_sink_datasets", default=defaults.is_reset),
        deletes_input_datasets=boolean(request, "delete_input_datasets", default=defaults.deletes_input_datasets),
        checks_input_pipes=boolean(request, "check_input_pipes", default=defaults.checks_input_pipes),
        shows_statistics=boolean(request, "output_run_statistics", default=defaults.shows_statistics),
    )


def _number(request: Request, name: str, *, default: int) -> int:
    found = integer(request, name)
    if found is not None and found < 0:
        raise FakeSesamError(f"expected 0 or more as {name}, got {found}")
    return default if found is None else found


def _mode(request: Request, name: str, modes: tuple[str, ...]) -> str:
    """Return a mode; the first one is the default."""
    found = request.query_params.get(name) or modes[0]
    if found not in modes:
        raise FakeSesamError(f"expected one of {', '.join(modes)} as {name}, got {found!r}")
    return found


def _asked(runs: dict[str, RunAll], request: Request) -> RunAll | None:
    token = request.query_params.get("token")
    return runs.get(token) if token else next(reversed(runs.values()), None)
