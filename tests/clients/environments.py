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


def python_of(client: str) -> Path:
    """Return the interpreter that a client is installed for; fail the test if it cannot be installed."""
    version = "{}.{}".format(*sys.version_info)
    try:
        return install_python(ROOT / "requirements" / "clients" / f"{client}.txt", ENVIRONMENTS / version / client)
    except NotHereError as problem:
        pytest.fail(f"expected to install {client}, but {problem}\n{ADVICE}", pytrace=False)


def node_modules() -> Path:
    """Return the folder with the clients for Node.js; fail the test if they cannot be installed."""
    try:
        return install_npm(HERE / "npm", ENVIRONMENTS / "npm")
    except NotHereError as problem:
        pytest.fail(f"expected to install the clients for Node.js, but {problem}\n{ADVICE}", pytrace=False)
