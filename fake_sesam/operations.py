"""What somebody can do to a pump: start it, move its offset, enable it, settle its circuit breaker.

Source: docs (swagger_public.yaml, configuration-pump.rst). Assumed: a disabled pump cannot be started by hand either;
it is refused as one whose mode is `off`.
"""

from collections.abc import Callable

from fake_sesam.errors import FakeSesamError, PumpRefusedError
from fake_sesam.node import Node
from fake_sesam.pump import load_state, save_state

__all__ = ["OPERATIONS", "operate", "settle_circuit_breaker"]


def operate(node: Node, pipe_id: str, operation: str, *, last_seen: str | None = None, comment: str = "") -> None:
    """Do an operation to a pipe's pump.

    Args:
        node: The node.
        pipe_id: Whose pump.
        operation: A name of `OPERATIONS`.
        last_seen: The new offset for `update-last-seen`; empty is a reset.
        comment: Why, for `disable`.

    Raises:
        NotFoundError: There is no such pipe.
        PumpRefusedError: The pump runs already.
        FakeSesamError: The operation is not known.
    """
    node.pipe(pipe_id)
    if operation == "update-last-seen":
        set_offset(node, pipe_id, last_seen or "")
    elif operation == "disable":
        _disable(node, pipe_id, comment)
    elif operation in OPERATIONS:
        OPERATIONS[operation](node, pipe_id)
    else:
        known = ", ".join(sorted([*OPERATIONS, "disable", "update-last-seen"]))
        raise FakeSesamError(f"The pump doesn't support the operation {operation!r}; known operations: {known}")


def set_offset(node: Node, pipe_id: str, offset: str) -> None:
    """Set `last-seen`; an empty offset makes the next run a full one."""
    _refuse_running(node, pipe_id)
    before = load_state(node.store, pipe_id).offset
    after: str | int = int(offset) if isinstance(before, int) and offset.lstrip("-").isdigit() else offset
    save_state(node.store, pipe_id, offset=after or None)
    log = node.log(node.pipe(pipe_id))
    log.write(log.offset_set(at=node.clock.now(), before=before, after=offset))


def settle_circuit_breaker(node: Node, dataset_id: str, *, is_committed: bool) -> None:
    """Commit or roll back what a tripped circuit breaker holds back in a dataset.

    Raises:
        FakeSesamError: No circuit breaker of that dataset has tripped.
    """
    for pipe in node.pipes.values():
        state = load_state(node.store, pipe.id)
        if pipe.sink.dataset == dataset_id and state.uncommitted_from is not None:
            if not is_committed:
                node.dataset(dataset_id).rollback(state.uncommitted_from)
            node.dataset(dataset_id).release()
            save_state(node.store, pipe.id, uncommitted_from=None)
            return
    raise FakeSesamError(f"no circuit breaker of dataset {dataset_id!r} has tripped")


def _start(node: Node, pipe_id: str) -> None:
    node.pumps.start(node.pump(pipe_id))


def _start_rescan(node: Node, pipe_id: str) -> None:
    node.pumps.start(node.pump(pipe_id), is_rescan=True)


def _stop(node: Node, pipe_id: str) -> None:
    node.pumps.stop(pipe_id)


def _enable(node: Node, pipe_id: str) -> None:
    save_state(node.store, pipe_id, is_disabled=False, comment="")
    _notice(node, pipe_id, "pump-enabled")


def _disable(node: Node, pipe_id: str, comment: str) -> None:
    save_state(node.store, pipe_id, is_disabled=True, comment=comment)
    _notice(node, pipe_id, "pump-disabled", comment)


def _set_to_end(node: Node, pipe_id: str) -> None:
    pipe = node.pipe(pipe_id)
    if pipe.source.type != "dataset":
        raise FakeSesamError(f"set-last-seen-to-end needs a dataset source, pipe {pipe_id!r} has {pipe.source.type!r}")
    set_offset(node, pipe_id, str(node.dataset(pipe.source.dataset).visible_end - 1))


def _reset_rescan(node: Node, pipe_id: str) -> None:
    save_state(node.store, pipe_id, runs=0, partial_runs=0, last_rescan=None)


def _discard_retries(node: Node, pipe_id: str) -> None:
    log = node.log(node.pipe(pipe_id))
    log.write(log.discard_retries())


def _nothing(_node: Node, _pipe_id: str) -> None:
    """Accept an operation that has no effect in this node."""


def _refuse_running(node: Node, pipe_id: str) -> None:
    if node.pumps.is_running(pipe_id):
        raise PumpRefusedError(f"the pump of pipe {pipe_id!r} is running; stop it first")


def _notice(node: Node, pipe_id: str, event_type: str, comment: str = "") -> None:
    log = node.log(node.pipe(pipe_id))
    log.write(log.notice(event_type, comment=comment))


OPERATIONS: dict[str, Callable[[Node, str], None]] = {
    "start": _start,
    "start-rescan": _start_rescan,
    "stop": _stop,
    "enable": _enable,
    "set-last-seen-to-end": _set_to_end,
    "reset-tracking": _nothing,
    "reset-rescan": _reset_rescan,
    "discard-retries": _discard_retries,
    "discard-inferred-schema": _nothing,
}
