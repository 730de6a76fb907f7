"""The invariants, each broken on purpose, and the verdicts that follow."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contract_bench.matrix.judge import PlayedCell, Pulled, Verdict, Version, judge
from contract_bench.matrix.response import ConnectorResponse

BEFORE = {"1": Version("one"), "2": Version("two"), "3": Version("three")}
AFTER = {"1": Version("one changed"), "2": Version("two"), "3": Version("three", is_deleted=True), "4": Version("four")}
TOKEN = "pat-na1-secret"


def answer(value: Any, *, status: int = 200, is_complete: bool = True) -> ConnectorResponse:
    """Return a complete JSON response."""
    return ConnectorResponse(status, is_complete, value, json.dumps(value).encode())


def pulled(**changes: Any) -> Pulled:
    """Return a correct pull with the given changes."""
    entities = [{"_id": key} for key in ("1", "2", "4")]
    good = Pulled(True, None, 0.1, False, 1, "t", (answer(entities),), AFTER)
    return replace(good, **changes)


def case(**changes: Any) -> PlayedCell:
    """Return a cell without a violation, with the given changes."""
    good = PlayedCell(pulled(), pulled(), BEFORE, "t", AFTER, frozenset({1, 2, 4}), secrets=(TOKEN,))
    return replace(good, **changes)


def failed(**changes: Any) -> Pulled:
    """Return a pull that failed and changed nothing."""
    return pulled(
        ok=False, error="broken", deleted=0, responses=(ConnectorResponse(502, True),), dataset=BEFORE, **changes
    )


def broken_by(wrong: PlayedCell) -> set[str]:
    """Return the invariants that do not hold."""
    return {violation.invariant for violation in judge(wrong)[1]}


def test_completed_pull_has_recovered() -> None:
    """A correct pull is not a defect."""
    assert judge(case()) == (Verdict.RECOVERED, ())


def test_failed_pull_that_changed_nothing_failed_safely() -> None:
    """A visible failure is not a defect."""
    assert judge(case(pulled=failed())) == (Verdict.FAILED_SAFELY, ())


def test_failed_pull_may_have_written_the_first_entities() -> None:
    """Entities written before the failure keep their new versions."""
    prefix = {**BEFORE, "1": AFTER["1"]}

    assert judge(case(pulled=replace(failed(), dataset=prefix)))[0] is Verdict.FAILED_SAFELY


@pytest.mark.parametrize(
    ("invariant", "wrong"),
    [
        ("array-or-non-200", case(pulled=replace(failed(), responses=(answer({"status": "error"}),)))),
        ("array-or-non-200", case(pulled=replace(failed(), responses=(answer([{"_id": "1"}, None]),)))),
        ("string-id", case(pulled=pulled(responses=(answer([{"_id": 1}]),)))),
        ("string-id", case(pulled=pulled(responses=(answer([{}]),)))),
        ("no-duplicate", case(pulled=pulled(responses=(answer([{"_id": "1"}, {"_id": "1"}]),)))),
        ("no-false-deletion", case(pulled=pulled(dataset={**AFTER, "2": Version("two", is_deleted=True)}))),
        ("no-false-deletion", case(pulled=replace(failed(), dataset={**BEFORE, "3": AFTER["3"]}))),
        ("no-lost-update", case(pulled=pulled(dataset={**AFTER, "1": BEFORE["1"]}))),
        ("no-lost-update", case(pulled=pulled(dataset={key: AFTER[key] for key in ("1", "2", "3")}))),
        ("no-lost-update", case(pulled=pulled(dataset={**AFTER, "3": BEFORE["3"]}))),
        ("true-content", case(pulled=pulled(dataset={**AFTER, "2": Version("invented")}))),
        ("offset-only-on-success", case(pulled=replace(failed(), offset="moved"))),
        ("rerun-converges", case(rerun=failed())),
        ("rerun-converges", case(rerun=pulled(dataset=BEFORE))),
        ("bounded-time", case(pulled=replace(failed(), has_hung=True))),
        ("no-secret", case(output=f"Authorization: Bearer {TOKEN}")),
        ("no-secret", case(output="contact.1@example.com")),
        ("no-secret", case(pulled=pulled(responses=(answer([{"_id": "1", "t": TOKEN}]),)))),
        ("no-secret", case(told_third_party=True)),
    ],
)
def test_broken_invariant_is_a_defect(invariant: str, wrong: PlayedCell) -> None:
    """The violation names the invariant."""
    verdict, _ = judge(wrong)

    assert invariant in broken_by(wrong)
    assert verdict.is_defect


def test_incomplete_response_is_not_a_defect() -> None:
    """By breaking off its response a connector says that it failed."""
    cut = answer({"half": 1}, is_complete=False)

    assert judge(case(pulled=replace(failed(), responses=(cut,))))[0] is Verdict.FAILED_SAFELY


def test_undetectable_forgery_is_not_a_defect() -> None:
    """If HubSpot's data has no contradiction, the connector cannot detect the forgery."""
    short = pulled(dataset={**AFTER, "2": Version("two", is_deleted=True)})

    assert judge(case(pulled=short, lies=True)) == (Verdict.UNDETECTABLE, ())
    assert judge(case(pulled=short, lies=True, output=TOKEN))[0].is_defect


def test_record_with_a_forged_time_may_be_sent_twice() -> None:
    """Once with each time, like a record that changed meanwhile."""
    twice = pulled(responses=(answer([{"_id": key} for key in ("1", "2", "4", "4")]),))

    assert judge(case(pulled=twice, lies=True)) == (Verdict.UNDETECTABLE, ())
    assert judge(case(pulled=twice))[0] is Verdict.SILENT


def test_account_that_changes_during_a_pull_has_two_correct_results() -> None:
    """A record that was archived during the walk may or may not be there."""
    without_two = {**AFTER, "2": Version("two", is_deleted=True)}

    gone = case(pulled=pulled(dataset=without_two), rerun=pulled(dataset=without_two), moves=True)

    assert judge(replace(gone, live_ids=frozenset({1, 4})))[0] is Verdict.RECOVERED
    assert judge(gone)[0] is Verdict.SILENT


def test_record_that_was_erased_during_the_walk_need_not_be_up_to_date() -> None:
    """It stays until a full pull deletes it."""
    as_before = {**AFTER, "1": BEFORE["1"]}

    gone = case(pulled=pulled(dataset=as_before), rerun=pulled(dataset=as_before), moves=True, is_full=False)

    assert judge(replace(gone, live_ids=frozenset({2, 4})))[0] is Verdict.RECOVERED
    assert judge(gone)[0] is Verdict.SILENT


def test_hung_pull_without_damage_is_hung_not_silent() -> None:
    """It is distinguished from a failure that looks like a success."""
    assert judge(case(pulled=replace(failed(), has_hung=True)))[0] is Verdict.HUNG
