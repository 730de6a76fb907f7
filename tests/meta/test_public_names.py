"""A package is used by the names it offers; the modules inside it belong to the package and its own tests."""

import ast
from collections.abc import Iterator

import pytest

from tests.meta.blocks import ROOT

INSIDE = {
    "fake_hubspot": ("fake_hubspot", "tests/unit/fake_hubspot"),
    "fake_sesam": ("fake_sesam", "tests/unit/fake_sesam"),
}
"""The folders that may import a package's inner modules."""
ENTRY_POINTS = ("cli", "__main__")
FOLDERS = ("service", "fake_hubspot", "fake_sesam", "contract_bench", "benchmarks", "examples", "tests")


def inner_imports(source: str, package: str) -> Iterator[str]:
    """Yield the inner modules of a package that a file imports, its entry points left out."""
    for element in ast.walk(ast.parse(source)):
        names = [each.name for each in element.names] if isinstance(element, ast.Import) else []
        if isinstance(element, ast.ImportFrom) and element.level == 0:
            names = [element.module or ""]
        yield from (name for name in names if name.startswith(f"{package}.") and name.split(".")[1] not in ENTRY_POINTS)


@pytest.mark.parametrize("package", INSIDE)
def test_others_import_only_the_names_that_a_package_offers(package: str) -> None:
    """Import it from the package; where a name is missing there, add it to `__init__`."""
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


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from fake_sesam import Node", []),
        ("from fake_sesam.cli import cli", []),
        ("import fake_sesam.node", ["fake_sesam.node"]),
        ("def f():\n    from fake_sesam.pump.run import Run", ["fake_sesam.pump.run"]),
    ],
)
def test_an_import_of_an_inner_module_is_found_wherever_it_stands(source: str, found: list[str]) -> None:
    """So the test above looks at every import."""
    assert list(inner_imports(source, "fake_sesam")) == found


@pytest.mark.parametrize("package", INSIDE)
def test_every_offered_name_is_there(package: str) -> None:
    """Those that are loaded only when they are used included."""
    module = __import__(package)

    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert not hasattr(module, "no_such_name")
