"""How ARCHITECTURE.md describes the import contracts."""

import pytest

from tests.meta.contracts import Contract, markdown
from tests.support.cases import for_each


@for_each(
    ("contract", "line"),
    [
        ({"type": "layers", "containers": ["a"], "layers": ["b : c", "d"]}, "- `a`: `b : c` → `d`"),
        ({"type": "layers", "layers": ["a.b | a.c", "a.d"]}, "- `a`: `b | c` → `d`"),
        ({"type": "independence", "modules": ["a", "b"]}, "- `a`, `b` never import each other."),
        ({"type": "acyclic_siblings", "ancestors": ["a"]}, "- `a` has no import cycles at any depth."),
        ({"type": "forbidden", "source_modules": ["a"], "forbidden_modules": ["b"]}, "- `a` never imports `b`."),
        (
            {
                "type": "forbidden",
                "source_modules": ["a", "b"],
                "forbidden_modules": ["c"],
                "allow_indirect_imports": True,
            },
            "- `a`, `b` never import `c` directly.",
        ),
    ],
)
def test_each_type_of_contract_is_described(contract: Contract, line: str) -> None:
    """One line per contract."""
    assert line in markdown([contract]).splitlines()


def test_a_contract_of_an_unknown_type_is_an_error() -> None:
    """Otherwise it would be missing in the document."""
    with pytest.raises(KeyError, match="unknown"):
        markdown([{"type": "unknown"}])
