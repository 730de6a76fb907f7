"""The package offers its public names lazily: in three places that have to agree."""

import ast
import subprocess
import sys
from pathlib import Path

import fake_hubspot


def test_each_public_name_is_declared_for_the_type_checker_and_has_a_module() -> None:
    """`__all__`, the table of modules and the imports under `TYPE_CHECKING` hold the same names."""
    tree = ast.parse(Path(fake_hubspot.__file__).read_text(encoding="utf-8"))
    declared = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fake_hubspot")
        for alias in node.names
    }

    assert {name for _, name in declared} == set(fake_hubspot.__all__)
    assert {(f"fake_hubspot.{module}", name) for name, module in fake_hubspot._HOME.items()} == declared


def test_importing_the_package_loads_none_of_its_modules() -> None:
    """So that it costs nothing until a name is used."""
    probe = "import sys, fake_hubspot; print([name for name in sys.modules if name.startswith('fake_hubspot.')])"
    root = Path(fake_hubspot.__file__).parents[1]

    loaded = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
