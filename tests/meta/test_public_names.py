"""Other packages import only the public names of a package; inner modules are for the package and its unit tests."""

import ast
from collections.abc import Iterator

import pytest

from tests.meta.blocks import ROOT
from tests.support.cases import for_each

INSIDE = {
    "fake_hubspot": ("fake_hubspot", "tests/unit/fake_hubspot"),
    "fake_sesam": ("fake_sesam", "tests/unit/fake_sesam"),
}
"""Folders that may import the inner modules of a package."""
ENTRY_POINTS = ("cli", "__main__")
FOLDERS = ("service", "fake_hubspot", "fake_sesam", "contract_bench", "benchmarks", "examples", "tests")


def inner_imports(source: str, package: str) -> Iterator[str]:
    """Yield the inner modules of a package that a file imports, except its entry points."""
    if package not in source:  # parsing takes long
        return
    for element in ast.walk(ast.parse(source)):
        names = [each.name for each in element.names] if isinstance(element, ast.Import) else []
        if isinstance(element, ast.ImportFrom) and element.level == 0:
            names = [element.module or ""]
        yield from (name for name in names if name.startswith(f"{package}.") and name.split(".")[1] not in ENTRY_POINTS)


@pytest.mark.parametrize("package", INSIDE)
def test_other_packages_import_only_public_names(package: str) -> None:
    """Import the name from the package; if it is missing there, add it to `__init__`."""
    outside = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not any(path.is_relative_to(ROOT / inside) for inside in INSIDE[package])
    ]

    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in outside
        for name in inner_imports(path.read_text("utf-8"), package)
    ]

    assert len(outside) > 100
    assert found == []


@for_each(
    ("source", "found"),
    [
        ("from fake_sesam import Node", []),
        ("from fake_sesam.cli import cli", []),
        ("import fake_sesam.node", ["fake_sesam.node"]),
        ("def f():\n    from fake_sesam.pump.run import Run", ["fake_sesam.pump.run"]),
    ],
)
def test_import_of_an_inner_module_is_found_anywhere_in_a_file(source: str, found: list[str]) -> None:
    assert list(inner_imports(source, "fake_sesam")) == found


@pytest.mark.parametrize("package", INSIDE)
def test_every_public_name_exists(package: str) -> None:
    """Including those that are loaded on first use."""
    module = __import__(package)

    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert not hasattr(module, "no_such_name")
