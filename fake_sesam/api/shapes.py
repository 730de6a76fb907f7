"""The JSON objects of the node API. Source: docs (swagger_public.yaml) and what sesam-py reads."""

from typing import Any

from fake_sesam.dataset import Dataset
from fake_sesam.node import Node
from fake_sesam.pump import log_dataset_id

__all__ = ["dataset_shape", "pipe_runtime", "pipe_shape"]


def pipe_shape(node: Node, pipe_id: str) -> dict[str, Any]:
    """Return a pipe as ``GET /pipes/{id}`` shows it."""
    pipe = node.pipe(pipe_id)
    config = {"original": dict(pipe.original), "effective": dict(pipe.effective)}
    return {"_id": pipe_id, "config": config, "runtime": pipe_runtime(node, pipe_id)}


def pipe_runtime(node: Node, pipe_id: str) -> dict[str, Any]:
    """Return the state of a pipe's pump."""
    state = node.store.pump_state(pipe_id)
    return {
        "state": "running",
        "is-running": node.is_running(pipe_id),
        "is-valid-config": True,
        "is-disabled": False,
        "config-errors": [],
        "last-seen": state.get("offset"),
        "execution-dataset": log_dataset_id(pipe_id),
    }


def dataset_shape(dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as ``GET /datasets/{id}`` shows it."""
    info = dataset.info()
    runtime = {
        "populated": info["populated"],
        "count-index-exists": info["entities"] + info["deleted"],
        "count-index-deleted": info["deleted"],
        "count-log-exists": info["versions"],
        "last-modified": info["last_modified"],
        "has-circuit-breaker": False,
        "origin": "user",
    }
    return {"_id": dataset.name, "runtime": runtime}
