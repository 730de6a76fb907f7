"""Crashes: at every transaction of a run in process, and `kill -9` of a real one."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import started
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.conftest import Connector, Handler, NodeDir
from tests.unit.fake_sesam.pump.embedded import Crash, Rig, ScriptedSource

STRATEGIES: dict[str, dict[str, Any]] = {
    "none": {},
    "max": {"supports_since": True},
    "chronological": {"supports_since": True, "is_chronological": True},
}


@pytest.mark.parametrize("is_after_commit", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_a_crash_at_any_transaction_is_completed_by_a_rerun(
    tmp_path: Path, strategy: str, is_after_commit: bool
) -> None:
    """Whatever was committed, the next run ends with the dataset equal to the source."""
    crashes = 0
    while _crash_and_rerun(tmp_path / f"{crashes}.sqlite3", strategy, crashes, is_after_commit=is_after_commit):
        crashes += 1

    assert crashes > 10


def _crash_and_rerun(path: Path, strategy: str, transaction: int, *, is_after_commit: bool) -> bool:
    """Crash a reset full run at a transaction, run again, compare; return whether it crashed."""
    source = ScriptedSource(honours_since=strategy != "none")
    rig = Rig(path, source, **STRATEGIES[strategy])
    for number in range(8):
        source.put(f"e{number}", number)
    assert rig.run().ok
    for number in range(4, 12):
        source.put(f"e{number}", number * 10)
    source.remove("e0")
    rig.reset()
    rig.store.crash_in, rig.store.crash_after_commit = transaction, is_after_commit
    has_crashed = False
    try:
        rig.run()
    except Crash:
        has_crashed = True
    rig.reopen()
    rerun = rig.run()
    values = rig.values()
    rig.close()
    assert rerun.ok
    assert values == source.values()
    return has_crashed


@pytest.mark.parametrize(
    "sent_before_the_kill", [25, *(pytest.param(sent, marks=pytest.mark.proof) for sent in (0, 1, 60))]
)
def test_kill_9_leaves_a_dataset_that_a_rerun_completes(
    node_dir: NodeDir, connector: Connector, sent_before_the_kill: int
) -> None:
    """A real process, killed while the connector is in the middle of its answer."""
    node_dir.pipe(batch_size=10)
    whole = [{"id": f"t{number:02}", "n": number} for number in range(60)]
    is_sent, release = threading.Event(), threading.Event()

    def stall(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = json.dumps(whole[:sent_before_the_kill])[:-1].encode()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.flush()
        is_sent.set()
        release.wait(20)

    connector.replies(stall)
    command = [sys.executable, "-m", "fake_sesam", "run", str(node_dir.path), "--env", f"things-url={connector.url}"]
    with started(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert is_sent.wait(20)
        written = sent_before_the_kill // 10 * 10
        with node_dir.open(connector.url) as observer:
            wait_until(
                lambda: observer.dataset("things-collect").count,
                "the batches before the kill to be stored",
                is_met=lambda count: count >= min(written, 50),
            )
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    release.set()
    connector.gives(whole)

    with node_dir.open(connector.url) as node:
        before = node.dataset("things-collect").count
        result = node.run_pipe("things-collect")

        assert (result.ok, result.deleted) == (True, 0)
        assert result.changed == 60 - before
        assert [entity["n"] for entity in node.dataset("things-collect").entities()] == list(range(60))
