"""The loop stops what it starts, and the law holds in it."""

import os
from pathlib import Path

import pytest

from contract_bench.errors import FolderMissingError
from contract_bench.roles.loop import Loop, LoopSettings

NODE_DIR = Path(__file__).resolve().parents[4] / "node"
PIPE = "hubspot-contacts-collect"


def is_alive(pid: int) -> bool:
    """Return whether a process with this id runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_nothing_is_left_running() -> None:
    """The connector's process ends with the loop, and the dataset's folder is deleted."""
    with Loop(LoopSettings(node_dir=NODE_DIR, contacts=3)) as loop:
        loop.run_pipe(PIPE)
        pid = loop.node.runner("hubspot").pid  # type: ignore[attr-defined] # only a local process has one
        data_dir = loop.node.options.data_dir
        assert is_alive(pid)

    assert not is_alive(pid)
    assert data_dir is not None
    assert not data_dir.exists()


def test_failed_run_deletes_nothing_and_the_rerun_completes_it() -> None:
    """After an error on page 2 the dataset keeps what it had; after recovery it holds every contact once."""
    with Loop(LoopSettings(node_dir=NODE_DIR, contacts=250)) as loop:
        first = loop.run_pipe(PIPE)
        loop.switch_scenario("error-on-page-2")
        failed = loop.run_pipe(PIPE)
        entities_after_failure = loop.node.dataset(PIPE).count
        loop.switch_scenario("success")
        again = loop.run_pipe(PIPE)
        ids = [entity["_id"] for entity in loop.node.dataset(PIPE).entities(deleted=False)]

    assert (first.ok, failed.ok, again.ok) == (True, False, True)
    assert failed.processed == 100
    assert entities_after_failure == 250
    assert (failed.deleted, again.changed) == (0, 0)
    assert len(ids) == len(set(ids)) == 250


def test_missing_node_directory_is_an_error_with_fields(tmp_path: Path) -> None:
    """The error names the folder and the option to change it."""
    with pytest.raises(FolderMissingError) as caught, Loop(LoopSettings(node_dir=tmp_path / "nope")):
        pass

    assert caught.value.folder == tmp_path / "nope"
    assert caught.value.option == "--node-dir"


def test_a_line_that_the_connector_never_writes_is_empty_after_the_wait() -> None:
    with Loop(LoopSettings(node_dir=NODE_DIR, contacts=1)) as loop:
        loop.run_pipe(PIPE)

        assert loop.last_connector_line("no such text", wait_s=0.02) == ""


def test_the_connector_gets_extra_variables_only_if_there_are_any() -> None:
    plain = Loop(LoopSettings(connector="my connector", connector_environment={}))
    extra = Loop(LoopSettings(connector="my connector", connector_environment={"A": "b c"}))

    assert plain._connector_command() == "my connector"
    assert extra._connector_command() == "env 'A=b c' my connector"
