"""The environments of the clients, one each, installed from locked files below `requirements/clients` and `npm`."""

import sys
from pathlib import Path

import pytest

from benchmarks.alternatives import NotHereError, install_npm, install_python
from benchmarks.processes import ROOT

__all__ = ["ENVIRONMENTS", "node_modules", "python_of"]

HERE = Path(__file__).parent
ENVIRONMENTS = ROOT / ".clients"  # not below tests: checks read every Python file there
ADVICE = (
    "These tests need the client's packages. Let pip and npm reach a package index (UV_INDEX_URL, npm's `registry`) "
    "or fill their caches on a machine that does, then run `make clients` again."
)


def python_of(client: str, *, newest: tuple[int, int] | None = None) -> Path:
    """Return the interpreter that a client is installed for; fail the test if it cannot be installed.

    Args:
        client: Its name.
        newest: The newest Python that it runs on, if that is older than the newest one of this project.
    """
    own = sys.version_info[:2]
    version = "{}.{}".format(*min(own, newest or own))
    python = sys.executable if version == "{}.{}".format(*own) else version
    lock = ROOT / "requirements" / "clients" / f"{client}.txt"
    try:
        return install_python(lock, ENVIRONMENTS / version / client, python=python)
    except NotHereError as problem:
        pytest.fail(f"expected to install {client}, but {problem}\n{ADVICE}", pytrace=False)


def node_modules() -> Path:
    """Return the folder with the clients for Node.js; fail the test if they cannot be installed."""
    try:
        return install_npm(HERE / "npm", ENVIRONMENTS / "npm")
    except NotHereError as problem:
        pytest.fail(f"expected to install the clients for Node.js, but {problem}\n{ADVICE}", pytrace=False)
