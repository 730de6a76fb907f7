"""Packages offer their public names lazily: in three places that have to agree."""

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import fake_hubspot
import fake_sesam

PACKAGES = pytest.mark.parametrize("package", [fake_hubspot, fake_sesam], ids=lambda package: package.__name__)


@PACKAGES
def test_each_public_name_is_declared_for_the_type_checker_and_has_a_module(package: ModuleType) -> None:
    """`__all__`, the table of modules and the imports under `TYPE_CHECKING` hold the same names."""
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))
    declared = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(package.__name__)
        for alias in node.names
    }

    assert {name for _, name in declared} == set(package.__all__)
    table = {(f"{package.__name__}.{module}", name) for module, names in package._MODULES.items() for name in names}
    assert table == declared


@PACKAGES
def test_each_public_name_is_found_and_no_other(package: ModuleType) -> None:
    """A name that is not offered is an ordinary AttributeError."""
    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nothing'"):
        _ = package.nothing


def test_importing_the_packages_loads_none_of_their_modules() -> None:
    """So that it costs nothing until a name is used."""
    probe = """
import sys, fake_hubspot, fake_sesam
print([name for name in sys.modules if name.startswith(("fake_hubspot.", "fake_sesam."))])
"""
    root = Path(fake_hubspot.__file__).parents[1]

    loaded = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
