from pathlib import Path

import pytest

from service.options import PARAMETERS
from service.settings import VARIABLES, Variable

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "service.md"


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_every_parameter_is_in_the_reference(parameter: str) -> None:
    """A parameter nobody can read about would be none."""
    assert f"\n| `{parameter}` |" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.field)
def test_every_setting_is_in_the_reference(variable: Variable) -> None:
    """With all its spellings, its default and what it means."""
    names = ", ".join(f"`{name}`" for name in variable.names)

    [row] = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {names} |")]

    default = "required" if variable.default is None else variable.default or "empty"
    assert row == f"| {names} | {default} | {variable.help} |"
