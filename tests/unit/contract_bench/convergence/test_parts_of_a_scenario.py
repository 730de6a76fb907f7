"""Scenarios that are wrong, changes that cannot be made, and values that are no texts."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.convergence.account import ScenarioAccount
from contract_bench.convergence.laws import AccountState, differences
from contract_bench.convergence.scenario import STEPS, ScenarioError, read_scenario
from contract_bench.roles.hubspot import HubSpotControl
from tests.support.cases import Cases


def test_a_step_has_exactly_its_arguments(tmp_path: Path, cases: Cases) -> None:
    """One more or one less is refused with the number of the step."""
    name, arguments = next((name, list(arguments)) for name, arguments in STEPS.items() if arguments)
    right = {"step": name, **dict.fromkeys(arguments, 1)}
    path = tmp_path / "scenario.json"
    for title, wrong in (("more", right | {"other": 1}), ("less", {"step": name})):
        with cases.case(title):
            path.write_text(json.dumps({"contacts": 1, "steps": [right, wrong]}))

            with pytest.raises(ScenarioError, match="step 2 is "):
                read_scenario(path)
    path.write_text(json.dumps({"contacts": 1, "steps": [right]}))
    assert read_scenario(path).steps == (right,)


def test_a_scenario_in_which_nothing_could_be_compared_is_refused(tmp_path: Path) -> None:
    """An empty account and an empty dataset would match whatever the connector does."""
    pull, create = {"step": "pull", "mode": "full"}, {"step": "create", "name": "Ada"}
    path = tmp_path / "scenario.json"
    for content, problem in (
        ({"contacts": 0, "steps": [pull]}, "there is never a contact in it"),
        ({"contacts": -3, "steps": [create, pull]}, "it begins with -3 contacts"),
        ({"contacts": 1, "steps": []}, "it has no steps"),
        ({"steps": [pull]}, "it has no key 'contacts'"),
        ({"contacts": "many", "steps": [pull]}, "it cannot be read"),
    ):
        path.write_text(json.dumps(content))
        with pytest.raises(ScenarioError, match=problem):
            read_scenario(path)
    path.write_text(json.dumps({"contacts": 0, "steps": [create, pull]}))
    assert read_scenario(path).contacts == 0


class Portal:
    """Notes what is changed."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def freeze_clock(self, at: str) -> None:
        """Do nothing."""

    def seed(self, **_: Any) -> None:
        """Do nothing."""

    def drop(self) -> None:
        """Do nothing."""

    def merge(self, *ids: str) -> None:
        """Note it."""
        self.calls.append(("merge", *ids))

    def restore(self, record_id: str) -> None:
        """Note it."""
        self.calls.append(("restore", record_id))


def test_what_cannot_be_changed_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is restored from an empty recycle bin, and no record is merged with itself."""
    portal = Portal()
    made: dict[str, Any] = {}

    def make_portal(**how: Any) -> Portal:
        made.update(how)
        return portal

    control = cast("HubSpotControl", SimpleNamespace(make_portal=make_portal))
    account = ScenarioAccount(control, token="t", contacts=2)
    monkeypatch.setattr(account, "live", lambda: {"101": {}, "102": {}})

    account.restore(0)
    account.merge(1, 1)
    account.merge(0, 1)
    account.drop()

    assert portal.calls == [("merge", "101", "102")]
    assert made["tier"] == "unlimited", "connectors that pace themselves would wait: the clock stands still"


def test_a_name_is_looked_for_in_texts_alone() -> None:
    """Numbers and nothing are passed over."""
    account = AccountState({"1": "Ada"})

    found = [
        list(differences({"1": entity}, account, is_exact=True))
        for entity in (
            {"n": 1, "none": None, "deep": [True, {"name": "Ada"}]},
            {"n": 1, "none": None, "names": ["Bo", 2]},
        )
    ]

    assert found == [[], [("out of date", {"1"})]]
