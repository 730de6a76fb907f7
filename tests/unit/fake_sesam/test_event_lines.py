"""The lines that a node prints while it works."""

import io
import json
import shlex
from pathlib import Path
from typing import Any

from bench_core.lines import EventLines
from fake_sesam.event_lines import NodeLines, connector_line, print_events
from fake_sesam.node import Node
from fake_sesam.pump import RunProgress
from tests.support.cases import for_each
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.microservice.test_process import SERVER


def printed(stream: io.StringIO) -> list[dict[str, Any]]:
    """The events as they were printed."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_run_is_printed_with_its_start_and_its_end(node: Node, connector: Connector) -> None:
    stream = io.StringIO()
    connector.gives([{"id": "1"}, {"id": "2"}])
    with EventLines(stream, form="json") as lines:
        print_events(node, lines)
        node.run_pipe("things-collect")
        connector.sends(b"nothing here", status=500)
        node.run_pipe("things-collect", is_rescan=True)

    started, completed, again, failed = printed(stream)
    assert (started["event"], started["pipe"], started["rescan"]) == ("pump-started", "things-collect", False)
    assert (completed["event"], completed["processed"], completed["changed"]) == ("pump-completed", 2, 2)
    assert (again["event"], again["rescan"]) == ("pump-started", True)
    assert failed["event"] == "pump-failed"
    assert "got 500" in failed["error"]
    assert node.pumps.progress() == {}


def test_progress_is_printed_at_intervals_with_the_rate() -> None:
    """Not for each batch."""
    stream = io.StringIO()
    now = [100.0]
    with EventLines(stream, form="json") as lines:
        listener = NodeLines(lines, str, every_s=2, clock=lambda: now[0])
        progress = RunProgress(is_rescan=False, started=0)
        listener.pump_started("p", progress)
        for seconds, processed in ((1, 50), (2, 100), (3, 150), (4, 400)):
            now[0], progress.processed = 100.0 + seconds, processed
            listener.pump_progressed("p", progress)

    shown = [(event["processed"], event["per_second"]) for event in printed(stream)[1:]]
    assert shown == [(100, 50), (400, 100)]


def test_the_lines_of_a_microservice_are_printed_without_its_secrets(node_dir: NodeDir, tmp_path: Path) -> None:
    stream = io.StringIO()
    script = tmp_path / "server.py"
    script.write_text(f"print('my key is', 'top' + 'secret1', flush=True)\n{SERVER}", "utf-8")
    docker = {"image": "x", "port": 1, "environment": {"key": "$SECRET(key)"}}
    node_dir.add({"_id": "things", "type": "system:microservice", "docker": docker})
    command = {"things": f"python {shlex.quote(str(script))}"}
    with (
        EventLines(stream, form="json") as lines,
        node_dir.open("", system_commands=command, secrets={"key": "topsecret1"}) as node,
    ):
        print_events(node, lines)
        node.runner("things").start()
        node.runner("things").log_lines()

    assert {"system": "things", "line": "my key is ***"}.items() <= printed(stream)[0].items()


@for_each(
    ("text", "expected"),
    [
        ("hello", "hello"),
        ("2026-11-29 02:40:35,889 INFO service Listening", "INFO service Listening"),
        ("[2026-11-29 02:40:35 +0000] [1] [INFO] hello", "[1] [INFO] hello"),
        (
            '{"time": "2026", "level": "ERROR", "message": "it failed", "pages": 3, "kind": "status"}',
            "ERROR it failed pages=3 kind=status",
        ),
        ('{"msg": "only this"}', "only this"),
        ('{"answer": 42}', '{"answer": 42}'),
        ("{not JSON", "{not JSON"),
        ("[" * 5000, "[" * 2000),
        ('{"message": "\\u001b[2Jgone"}', "\\x1b[2Jgone"),
    ],
)
def test_a_log_line_reads_well_whatever_its_form(text: str, expected: str) -> None:
    shown = connector_line("things", text, 0.0).as_text(colours=False)

    assert shown.partition(" ")[2] == f"things| {expected}"


@for_each(
    ("text", "colour"),
    [("ERROR it failed", "31"), ("[1] [WARNING] careful", "33"), ('{"level": "error", "message": "x"}', "31")],
)
def test_warnings_and_errors_stand_out_on_a_terminal(text: str, colour: str) -> None:
    assert f"\x1b[{colour}m" in connector_line("things", text, 0.0).as_text(colours=True)
