"""The programs that the package installs, from their first moment: Ctrl-C while they are imported ends them as later.

Programs are named by their modules here, because what they import takes most of a second on a busy machine.
"""

import sys
from importlib import import_module

from bench_core.collector import without_collector

__all__ = ["contract_bench", "fake_hubspot", "fake_sesam"]

INTERRUPTED_STATUS = 130


def contract_bench() -> None:
    """Run `contract-bench`."""
    _run("contract-bench", "contract_bench.cli")


def fake_hubspot() -> None:
    """Run `fake-hubspot`."""
    _run("fake-hubspot", "fake_hubspot.__main__")


def fake_sesam() -> None:
    """Run `fake-sesam`."""
    _run("fake-sesam", "fake_sesam.cli")


def _run(name: str, module: str) -> None:
    try:
        with without_collector() as has_imported:
            program = import_module(module).main
            has_imported()
    except (KeyboardInterrupt, RuntimeError) as error:
        # Python 3.11 wraps what is raised in a descriptor's `__set_name__` in a RuntimeError
        if not isinstance(error, KeyboardInterrupt) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        sys.stderr.write(f"{name}: interrupted (SIGINT)\n")
        sys.exit(INTERRUPTED_STATUS)
    program()
