"""The fault of the how-to works as it stands there."""

import re
from pathlib import Path

import pytest

from fake_hubspot.faults import registry
from fake_hubspot.faults.fault import Fault
from tests.unit.fake_hubspot.faults.conftest import Bench

DOCUMENT = Path(__file__).parents[4] / "docs" / "how-to" / "add-a-fault.md"


def test_the_fault_of_the_how_to_strikes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its parameter, once."""
    (code,) = re.findall(r"```python\n(.+?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    module: dict[str, type[Fault]] = {"__name__": "shouted_names"}  # type: ignore[dict-item]  # a module has a name
    exec(code, module)  # noqa: S102 - the document's own example
    monkeypatch.setattr(registry, "FAULTS", {**registry.FAULTS, "shouted-names": module["ShoutedNames"]})
    honest = bench.page(1).json["results"]
    bench.arm("SHOUTED_NAMES", property="firstname")

    seen = bench.page(1).json["results"]

    names = [(record["properties"]["firstname"] or "").upper() for record in honest]
    assert [record["properties"]["firstname"] or "" for record in seen] == names
    assert seen != honest
    assert bench.page(1).json["results"] == honest
