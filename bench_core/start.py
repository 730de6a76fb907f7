"""The entry points of the programs that are installed, also as `python -m`. Ctrl-C ends even their imports cleanly.

A program is imported only after that is ensured: its imports take most of a second on a busy machine.
"""

import sys
from importlib import import_module

from bench_core.collector import without_collector

__all__ = ["contract_bench", "fake_hubspot", "fake_sesam", "is_interrupt"]

INTERRUPTED_STATUS = 130


def contract_bench() -> None:
    """Run `contract-bench`."""
    _run("contract-bench", "contract_bench.cli")


def fake_hubspot() -> None:
    """Run `fake-hubspot`."""
    _run("fake-hubspot", "fake_hubspot.cli")


def fake_sesam() -> None:
    """Run `fake-sesam`."""
    _run("fake-sesam", "fake_sesam.cli")


def is_interrupt(error: BaseException) -> bool:
    """Whether an error is Ctrl-C, also where it came during an import.

    Python 3.11 wraps what is raised in a descriptor's `__set_name__`, which runs during imports, in a `RuntimeError`.
    """
    return isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt)


def _run(name: str, module: str) -> None:
    try:
        with without_collector() as has_imported:
            program = import_module(module).main
            has_imported()
    except (KeyboardInterrupt, RuntimeError) as error:
        if not is_interrupt(error):
            raise
        sys.stderr.write(f"{name}: interrupted (SIGINT)\n")
        sys.exit(INTERRUPTED_STATUS)
    program()
