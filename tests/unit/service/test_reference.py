from pathlib import Path

import pytest

from service.settings import VARIABLES, Variable

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "service.md"


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.field)
def test_every_setting_is_in_the_reference(variable: Variable) -> None:
    """With all its spellings, its default and what it means."""
    names = ", ".join(f"`{name}`" for name in variable.names)

    [row] = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {names} |")]

    assert f"| {variable.default or 'required'} |" in row
