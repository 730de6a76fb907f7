"""`--watch`: does something again whenever a file of the node or of its connector has changed."""

import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

__all__ = ["files_of", "snapshot", "watched"]

INTERVAL_S = 0.3
_PATTERNS = ("*.json", "*.py")
Snapshot = Mapping[Path, tuple[int, int]]


def watched(
    do: Callable[[], int],
    options: Mapping[str, Any],
    *,
    is_watching: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Do something once, or again after each change until the user interrupts it; return the last status.

    Args:
        do: What is done; returns an exit status. What it opens it closes, so that the next time starts afresh.
        options: The options of the node.
        is_watching: Whether to go on.
        sleep: Waits for a number of seconds.
    """
    before = snapshot(options)
    status = do()
    while is_watching:
        try:
            click.echo("waiting for a change; Ctrl-C ends", err=True)
            while (now := snapshot(options)) == before:
                sleep(INTERVAL_S)
        except KeyboardInterrupt:
            return status
        before = now
        status = do()
    return status


def snapshot(options: Mapping[str, Any]) -> Snapshot:
    """Return the time and size of every file that counts."""
    found = {}
    for path in files_of(options):
        try:
            status = path.stat()
        except OSError:
            continue  # an editor replaces it at this moment
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def files_of(options: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the files of the node, and those beside each file that a `--system-command` names."""
    folders = [options["node_dir"]]
    for _, command in options["system_commands"]:
        folders += [Path(word).parent for word in shlex.split(command) if Path(word).is_file()]
    for folder in folders:
        for pattern in _PATTERNS:
            for path in folder.rglob(pattern):
                if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                    yield path
