"""Writes the operations of HubSpot's official clients, which `fake-hubspot coverage` compares with the routes.

    .venv/bin/python -m tests.unit.fake_hubspot.client_operations [--node FOLDER] [--sdk FOLDER]

The Python client is read where it is installed. The others are read from the folders of their unpacked packages
(`npm pack @hubspot/api-client`, `pip download hubspot-sdk --no-deps`); without a folder their operations stay as they
are. Only methods, paths and versions are taken.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from fake_hubspot.coverage import OPERATIONS_FILE, Operations, read_operations, to_lines

__all__ = ["in_node_client", "in_python_client"]

PYTHON, NODE, SDK = "hubspot-api-client", "@hubspot/api-client", "hubspot-sdk"
PYTHON_CALL = re.compile(r'call_api\(\s*"(?P<path>[^"]+)",\s*"(?P<method>\w+)"')
NODE_CALL = re.compile(r"localVarPath = '(?P<path>[^']+)'.*?HttpMethod\.(?P<method>\w+)\)", re.DOTALL)
SDK_CALL = re.compile(
    r'self\._(?P<verb>get|post|put|patch|delete|get_api_list)\(\s*(?:path_template\(\s*)?"(?P<path>[^"]+)"'
    r"(?P<rest>.{0,900})",
    re.DOTALL,
)
OTHER_VERB = re.compile(r'method="(?P<verb>\w+)"')


def _sources(folder: Path, pattern: str) -> Iterable[str]:
    return (path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern)))


def in_python_client() -> set[tuple[str, str]]:
    """Return method and path of the operations of the installed Python client."""
    found = importlib.util.find_spec("hubspot")
    if found is None or found.origin is None:
        raise LookupError("hubspot-api-client is not installed; it comes with the development environment")
    folder = Path(found.origin).parent
    return {(one["method"], one["path"]) for text in _sources(folder, "*_api.py") for one in PYTHON_CALL.finditer(text)}


def in_node_client(folder: Path) -> set[tuple[str, str]]:
    """Return method and path of the operations of the unpacked Node client."""
    texts = _sources(folder / "lib" / "codegen", "apis/*.js")
    return {(one["method"], one["path"]) for text in texts for one in NODE_CALL.finditer(text)}


def in_sdk(folder: Path) -> set[tuple[str, str]]:
    """Return method and path of the operations of the unpacked SDK."""
    found = set()
    for text in _sources(folder / "hubspot_sdk" / "resources", "*.py"):
        for one in SDK_CALL.finditer(text):
            verb = one["verb"]
            if verb == "get_api_list":
                named = OTHER_VERB.search(one["rest"])
                verb = named["verb"] if named else "get"
            found.add((verb.upper(), one["path"]))
    return found


def _node_version(folder: Path) -> str:
    version: str = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    return version


def _sdk_version(folder: Path) -> str:
    (found,) = folder.glob("hubspot_sdk-*.dist-info")
    return found.name.removeprefix("hubspot_sdk-").removesuffix(".dist-info")


def main(arguments: list[str]) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node", type=Path)
    parser.add_argument("--sdk", type=Path)
    given = parser.parse_args(arguments)
    known = read_operations()
    known[PYTHON] = Operations(importlib.metadata.version(PYTHON), in_python_client())
    if given.node:
        known[NODE] = Operations(_node_version(given.node), in_node_client(given.node))
    if given.sdk:
        known[SDK] = Operations(_sdk_version(given.sdk), in_sdk(given.sdk))
    OPERATIONS_FILE.write_text(to_lines(known), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
