"""The JSON objects of the node API.

Source: docs (swagger_public.yaml); reader (sesam-py and its library).
"""

from typing import Any

from fake_sesam.config import ConfigFile, Pipe
from fake_sesam.config.dependencies import lookup_datasets, source_datasets
from fake_sesam.dataset import Dataset
from fake_sesam.errors import Problem
from fake_sesam.node import Node
from fake_sesam.operations import OPERATIONS
from fake_sesam.pump import PumpState, load_state, log_dataset_id
from fake_sesam.pump.execution_log import timestamp
from fake_sesam.pump.schedule import next_run

__all__ = [
    "dataset_json",
    "invalid_pipe_json",
    "is_internal_dataset",
    "pipe_json",
    "pipe_runtime",
    "system_json",
    "validation_errors",
]


def pipe_json(node: Node, pipe: Pipe) -> dict[str, Any]:
    """Return a pipe as `GET /pipes/{id}` shows it."""
    config = {"original": dict(pipe.original), "effective": dict(pipe.effective)}
    return {"_id": pipe.id, "config": config, "runtime": pipe_runtime(node, pipe), "storage": 0}


def invalid_pipe_json(node: Node, pipe_id: str) -> dict[str, Any]:
    """Return a pipe that cannot run because of errors in its configuration."""
    original = next(file.content for file in node.configuration.current.files if file.content.get("_id") == pipe_id)
    runtime = {
        "state": "running",
        "is-running": False,
        "is-valid-config": False,
        "is-disabled": True,
        "config-errors": _warnings(node, pipe_id),
        **_last_run(load_state(node.store, pipe_id)),
        "last-seen": "",
        "next-run": None,
        "queues": {"source": None, "dependencies": {}},
        "progress": {"processed": 0},
        "supported-operations": [],
        "dependencies": [],
        "origin": "user",
    }
    # sesam-py takes a pipe whose sink has no dataset for one that publishes.
    sink = {"type": "dataset", **(original["sink"] if isinstance(original.get("sink"), dict) else {})}
    effective = {**original, "sink": {"dataset": pipe_id, **sink} if sink["type"] == "dataset" else sink}
    return {"_id": pipe_id, "config": {"original": original, "effective": effective}, "runtime": runtime, "storage": 0}


def pipe_runtime(node: Node, pipe: Pipe) -> dict[str, Any]:
    """Return the state of a pipe's pump."""
    state = load_state(node.store, pipe.id)
    return {
        "state": "running",
        "is-running": node.pumps.is_running(pipe.id),
        "is-valid-config": True,
        "is-disabled": state.is_disabled or pipe.pump.mode == "off",
        "config-errors": _warnings(node, pipe.id),
        **_last_run(state),
        **_unsaved_failure(node, pipe.id),
        "last-seen": "" if state.offset is None else str(state.offset),
        "next-run": _next_run(node, pipe, state),
        "queues": {"source": _queue(node, pipe, state), "dependencies": {}},
        "progress": {"processed": state.last_processed},
        "supported-operations": sorted([*OPERATIONS, "disable", "update-last-seen"]),
        "dependencies": [*source_datasets(pipe.effective), *lookup_datasets(pipe.effective)],
        "execution-dataset": log_dataset_id(pipe.id),
        "dead-letter-dataset": pipe.pump.dead_letter_dataset,
        "average-process-time": None,
        "origin": "user",
    }


def dataset_json(node: Node, dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as `GET /datasets/{id}` shows it."""
    info = dataset.info()
    runtime = {
        "populated": info["populated"],
        "count-index-exists": info["entities"] + info["deleted"],
        "count-index-deleted": info["deleted"],
        "count-log-exists": info["versions"],
        "last-modified": None if info["last_modified"] is None else timestamp(info["last_modified"] / 1_000_000),
        "has-circuit-breaker": _is_held(node, dataset.name),
        "origin": "system" if is_internal_dataset(dataset.name) else "user",
    }
    return {"_id": dataset.name, "runtime": runtime}


def system_json(node: Node, system_id: str) -> dict[str, Any]:
    """Return a system as `GET /systems/{id}` shows it; `$SECRET` references stay references."""
    original = next(file.content for file in node.configuration.current.files if file.content.get("_id") == system_id)
    config = {"original": original, "effective": original}
    runtime = {"state": "running", "is-valid-config": system_id in node.systems, "origin": "user"}
    return {"_id": system_id, "config": config, "runtime": runtime}


def validation_errors(problems: tuple[Problem, ...], files: tuple[ConfigFile, ...] = ()) -> list[dict[str, Any]]:
    """Return the `validation_errors` of an upload: one object for each configuration with problems."""
    contents = {file.name: file.content for file in files}
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.level != "info":
            by_file.setdefault(problem.file, []).append(problem)
    return [
        {"posted-config": contents.get(name, {"_id": name}), "config-errors": [_config_error(each) for each in found]}
        for name, found in by_file.items()
    ]


def is_internal_dataset(dataset_id: str) -> bool:
    """Whether a dataset is the node's own."""
    return dataset_id.startswith("system:")


def _last_run(state: PumpState) -> dict[str, Any]:
    started = None if state.last_run is None else timestamp(state.last_run)
    return {
        "success": state.last_ok,
        "last-run": started,
        "last-started": started,
        "last-message": state.last_message,
        "last-original-error-message": state.last_original,
    }


def _unsaved_failure(node: Node, pipe_id: str) -> dict[str, Any]:
    """Return what is known of a failure that could not be stored: it wins over the last run that was."""
    failure = node.pumps.unsaved_failure(pipe_id)
    return {} if failure is None else {"success": False, "last-message": failure.error}


def _warnings(node: Node, pipe_id: str) -> list[dict[str, Any]]:
    name = next((file.name for file in node.configuration.current.files if file.content.get("_id") == pipe_id), "")
    found = tuple(problem for problem in node.configuration.problems if problem.file == name)
    return [error for each in validation_errors(found) for error in each["config-errors"]]


def _next_run(node: Node, pipe: Pipe, state: PumpState) -> str | None:
    if not node.configuration.current.runs_pipes_by_itself or state.is_disabled:
        return None
    following = next_run(pipe.pump, last=state.last_run or node.started)
    return None if following is None else timestamp(following)


def _queue(node: Node, pipe: Pipe, state: PumpState) -> int | None:
    """Return how many versions wait in a dataset source; other sources cannot tell."""
    if pipe.source.type != "dataset":
        return None
    seen = int(state.offset) if state.offset not in (None, "") else -1
    return max(0, node.dataset(pipe.source.dataset).visible_end - 1 - seen)


def _is_held(node: Node, dataset_id: str) -> bool:
    pipes = (pipe for pipe in node.pipes.values() if pipe.sink.dataset == dataset_id)
    return any(load_state(node.store, pipe.id).uncommitted_from is not None for pipe in pipes)


def _config_error(problem: Problem) -> dict[str, Any]:
    return {"level": problem.level, "msg": problem.message, "elements": [problem.path] if problem.path else []}
