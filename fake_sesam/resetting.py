"""What goes when pipes are reset or removed: sink datasets, offsets, retries, execution logs.

Source: reader (sesam-py 2.11: the commands `run` and `wipe`, the parameters of run-all-pipes); docs (changelog.rst,
2018-03-07: a node removes what belongs to a pipe when the pipe is deleted). Assumed: a dataset that a changed
configuration no longer writes is removed as if its pipe were; after an upload without any pipe, no dataset is left.
"""

from collections.abc import Iterable, Iterator, Sequence

from fake_sesam.config import ConfigFile, Configuration
from fake_sesam.errors import Problem, PumpRefusedError
from fake_sesam.node import Node
from fake_sesam.pump import log_dataset_id, merge_dataset_id, reset_state

__all__ = ["reset_pipes", "use_configuration"]

STOP_TIMEOUT_S = 30


def reset_pipes(node: Node, *, includes_received: bool = True) -> None:
    """Reset every pump and delete the datasets that pipes write.

    Args:
        node: The node.
        includes_received: Delete also what clients have posted to `http_endpoint` sources.

    Raises:
        PumpRefusedError: A pump does not stop, and would write what it has read before.
    """
    node.pumps.stop_all()
    for pipe in node.pipes.values():
        if pipe.source.type == "http_endpoint" and not includes_received:
            continue
        if not node.pumps.wait(pipe.id, STOP_TIMEOUT_S):
            raise PumpRefusedError(f"the pump of pipe {pipe.id!r} runs and did not stop within {STOP_TIMEOUT_S} s")
        if pipe.sink.type == "dataset":
            node.dataset(pipe.sink.dataset).drop()
        if pipe.pump.dead_letter_dataset:
            node.dataset(pipe.pump.dead_letter_dataset).drop()
        node.dataset(merge_dataset_id(pipe.id)).drop()
        node.log(pipe).forget_retries()
        reset_state(node.store, pipe.id)
    node.populate_receivers()


def use_configuration(
    node: Node, files: Sequence[ConfigFile], *, problems: Sequence[Problem] = (), is_forced: bool = False
) -> None:
    """Use another configuration, and remove what belonged to the pipes that it no longer has.

    Args:
        node: The node.
        files: Every file of the new configuration.
        problems: Problems found while reading them.
        is_forced: Use it in spite of errors.

    Raises:
        ConfigurationError: It has errors; everything stays as it was.
    """
    before = node.configuration.current
    node.configuration.use(files, earlier_problems=problems, is_forced=is_forced)
    _clean_up(node, before)
    node.populate_receivers()


def _clean_up(node: Node, before: Configuration) -> None:
    after = node.configuration.current
    kept = _pipe_ids(after.files)
    for pipe_id in _pipe_ids(before.files) - kept:
        node.pumps.stop(pipe_id)
        node.pumps.wait(pipe_id, STOP_TIMEOUT_S)
        node.dataset(log_dataset_id(pipe_id)).drop()
        node.dataset(merge_dataset_id(pipe_id)).drop()
        node.store.forget_pump(pipe_id)
    for dataset_id in set(_written(before)) - set(_written(after)):
        node.dataset(dataset_id).drop()
    if not kept and _pipe_ids(before.files):
        for dataset_id in node.store.dataset_names():
            node.dataset(dataset_id).drop()


def _pipe_ids(files: Iterable[ConfigFile]) -> set[str]:
    return {str(file.content.get("_id")) for file in files if file.content.get("type") == "pipe"}


def _written(configuration: Configuration) -> Iterator[str]:
    """Yield the datasets that pipes write; a pipe with errors counts as well, because it may be mended."""
    for pipe in configuration.pipes.values():
        if pipe.sink.type == "dataset":
            yield pipe.sink.dataset
        if pipe.pump.dead_letter_dataset:
            yield pipe.pump.dead_letter_dataset
    for file in configuration.files:
        if file.content.get("type") == "pipe" and file.content.get("_id") not in configuration.pipes:
            sink = file.content.get("sink")
            yield str((sink.get("dataset") if isinstance(sink, dict) else None) or file.content.get("_id"))
