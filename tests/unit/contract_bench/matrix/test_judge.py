"""The invariants, each broken on purpose, and the verdicts that follow."""

import json
from dataclasses import replace
from typing import Any

from contract_bench.matrix.judge import (
    INVARIANTS,
    PlayedCell,
    Pulled,
    Verdict,
    Version,
    Violation,
    judge,
    whole_milliseconds,
)
from contract_bench.matrix.response import ConnectorResponse
from tests.support.cases import for_each

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


@for_each(
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


@for_each(
    ("verdict", "value", "text", "is_defect"),
    [
        (Verdict.RECOVERED, "recovered", "recovered", False),
        (Verdict.FAILED_SAFELY, "failed_safely", "failed safely", False),
        (Verdict.UNDETECTABLE, "undetectable", "undetectable", False),
        (Verdict.UNREACHED, "not reached", "not reached", False),
        (Verdict.SILENT, "silent", "silent", True),
        (Verdict.HUNG, "hung", "hung", True),
        (Verdict.BROKEN, "broken", "broken", True),
    ],
)
def test_verdict_has_one_spelling_for_programs_and_one_for_people(
    verdict: Verdict, value: str, text: str, is_defect: bool
) -> None:
    assert (verdict.value, verdict.text, verdict.is_defect) == (value, text, is_defect)


# For each invariant a cell that breaks this one and no other.
ALONE = {
    "array-or-non-200": case(pulled=replace(failed(), responses=(answer({"status": "error"}),))),
    "string-id": case(pulled=pulled(responses=(answer([{"_id": 1}]),))),
    "no-false-deletion": case(pulled=pulled(dataset={**AFTER, "2": Version("two", is_deleted=True)})),
    "no-lost-update": case(pulled=pulled(dataset={**AFTER, "1": BEFORE["1"]})),
    "true-content": case(pulled=pulled(dataset={**AFTER, "2": Version("invented")})),
    "no-duplicate": case(pulled=pulled(responses=(answer([{"_id": "1"}, {"_id": "1"}]),))),
    "offset-only-on-success": case(pulled=replace(failed(), offset="moved")),
    "rerun-converges": case(rerun=pulled(dataset=BEFORE)),
    "bounded-time": case(pulled=replace(failed(), has_hung=True)),
    "no-secret": case(output="Somebody@example.com"),
}
VERDICTS = {"bounded-time": Verdict.HUNG, "no-secret": Verdict.BROKEN}
EXCUSED = {"no-false-deletion", "no-lost-update", "true-content", "no-duplicate"}


@for_each("invariant", INVARIANTS)
def test_one_broken_invariant_decides_the_verdict(invariant: str) -> None:
    """Damage is silent; a pull that hangs or tells a secret has a verdict of its own."""
    verdict, violations = judge(ALONE[invariant])

    assert [violation.invariant for violation in violations] == [invariant]
    assert verdict is VERDICTS.get(invariant, Verdict.SILENT)


@for_each("invariant", INVARIANTS)
def test_forgery_excuses_wrong_data_and_nothing_else(invariant: str) -> None:
    """A forged page is no reason to hang, to tell the token or to fail afterwards."""
    forged = replace(ALONE[invariant], lies=True)

    if invariant in EXCUSED:
        assert judge(forged) == (Verdict.UNDETECTABLE, ())
    else:
        assert judge(forged) == judge(ALONE[invariant])


def test_forgery_that_does_no_harm_is_not_mentioned() -> None:
    assert judge(case(lies=True))[0] is Verdict.RECOVERED
    assert judge(case(lies=True, pulled=failed()))[0] is Verdict.FAILED_SAFELY


def test_forgery_excuses_several_kinds_of_wrong_data_at_once() -> None:
    dataset = {"1": BEFORE["1"], "2": Version("two", is_deleted=True), "3": AFTER["3"], "4": Version("invented")}
    wrong = pulled(dataset=dataset, responses=(answer([{"_id": "1"}, {"_id": "1"}]),))

    assert judge(case(pulled=wrong, lies=True)) == (Verdict.UNDETECTABLE, ())
    assert broken_by(case(pulled=wrong)) == EXCUSED


@for_each("is_full", [True, False])
@for_each("lies", [True, False])
@for_each("moves", [True, False])
@for_each("first", [pulled(), failed()], ids=["completed", "failed"])
def test_rerun_that_fails_is_a_defect_even_if_the_dataset_is_right(
    first: Pulled, moves: bool, lies: bool, is_full: bool
) -> None:
    """The connector no longer works after the fault, and the right dataset is a coincidence."""
    rerun = replace(failed(), dataset=AFTER)

    verdict, violations = judge(case(pulled=first, rerun=rerun, moves=moves, lies=lies, is_full=is_full))

    assert verdict is Verdict.SILENT
    assert violations == (Violation("rerun-converges", "the pull after recovery failed: broken"),)


@for_each(("lies", "is_full", "holds"), [(True, False, True), (True, True, False), (False, False, False)])
def test_forged_data_may_survive_an_incremental_rerun_and_nothing_else(lies: bool, is_full: bool, holds: bool) -> None:
    wrong = case(rerun=pulled(dataset=BEFORE), lies=lies, is_full=is_full)

    assert ("rerun-converges" not in broken_by(wrong)) is holds


def test_cell_without_a_rerun_has_nothing_to_converge() -> None:
    assert judge(case(rerun=None)) == (Verdict.RECOVERED, ())


def details(wrong: PlayedCell) -> list[str]:
    """Return the evidence of each violation."""
    return [violation.detail for violation in judge(wrong)[1]]


MANY = {str(number): Version("many") for number in range(1, 6)}


@for_each(
    ("wrong", "detail"),
    [
        (ALONE["array-or-non-200"], "status 200 with dict instead of an array"),
        (case(pulled=pulled(responses=(answer([1]),))), "status 200 with an array whose elements are not all objects"),
        (case(pulled=pulled(responses=(answer([{"_id": ""}, {"_id": 1}]),))), "an entity with _id ''"),
        (case(pulled=pulled(responses=(answer([{"_id": None}]),))), "an entity with _id None"),
        (ALONE["no-duplicate"], "2 entities, 1 ids"),
        (ALONE["no-false-deletion"], "2 deleted"),
        (case(pulled=replace(failed(), dataset={**BEFORE, "3": AFTER["3"]})), "3 deleted by a failed pull"),
        (case(pulled=replace(failed(), deleted=2)), "2 deletions by a failed pull"),
        (case(pulled=pulled(dataset={key: AFTER[key] for key in "123"})), "created but missing: 4"),
        (ALONE["no-lost-update"], "changed but out of date: 1"),
        (case(pulled=pulled(dataset={**AFTER, "3": BEFORE["3"]})), "archived but not deleted: 3"),
        (ALONE["true-content"], "content that HubSpot does not hold: 2"),
        (ALONE["offset-only-on-success"], "from 't' to 'moved'"),
        (case(rerun=pulled(dataset={**AFTER, "5": Version("five")})), "different from the account after recovery: 5"),
        (
            case(rerun=pulled(dataset={key: AFTER[key] for key in "124"} | {"2": Version("other")})),
            "different from the account after recovery: 2",
        ),
        (case(rerun=failed()), "the pull after recovery failed: broken"),
        (ALONE["bounded-time"], "still running after 10 s"),
        (case(told_third_party=True), "the token was sent to another host"),
        (case(output=f"with {TOKEN}"), "the token is in the log"),
        (ALONE["no-secret"], "an e-mail address is in the log"),
        (case(pulled=pulled(responses=(answer([{"_id": "1", "t": TOKEN}]),))), "the token is in a response"),
        (case(rerun=pulled(responses=(answer([{"_id": "1", "t": TOKEN}]),))), "the token is in a response"),
        (
            case(output="2 secrets: first", secrets=(TOKEN, "first")),
            "the token is in the log",
        ),
        (
            case(pulled=pulled(responses=(answer([]), answer([{"_id": "1", "t": "first"}]))), secrets=(TOKEN, "first")),
            "the token is in a response",
        ),
    ],
)  # fmt: skip
def test_violation_says_what_was_seen(wrong: PlayedCell, detail: str) -> None:
    """Each fact once, and nothing else about the cell."""
    assert details(wrong) == [detail]


@for_each(("count", "text"), [(1, "1"), (3, "1, 2, 3"), (4, "1, 2, 3 and 1 more"), (5, "1, 2, 3 and 2 more")])
def test_violation_names_the_first_three_records(count: int, text: str) -> None:
    wanted = {key: MANY[key] for key in sorted(MANY)[:count]}

    missing = case(before={}, after=wanted, pulled=pulled(dataset={}), rerun=pulled(dataset=wanted))

    assert details(missing) == [f"created but missing: {text}"]


@for_each(
    "right",
    [
        # A complete response that is no JSON is refused by the node.
        case(pulled=replace(failed(), responses=(ConnectorResponse(200, True, body=b"<html>"),))),
        case(pulled=replace(failed(), responses=(answer({"status": "error"}, status=500),))),
        case(pulled=replace(failed(), responses=(answer([1], is_complete=False),))),
        case(pulled=replace(failed(), responses=(answer([1], status=500),))),
        # Entities of a response that breaks off do not count.
        case(pulled=replace(failed(), responses=(answer([{"_id": "1"}, {"_id": "1"}, {}], is_complete=False),))),
        # A pull that fails in the middle of an incremental run has written what it has read, deletions too.
        case(pulled=replace(failed(), deleted=1, dataset={**BEFORE, "3": AFTER["3"]}), is_full=False),
        # A completed pull may move the offset, and a failed one may keep what it had.
        case(pulled=pulled(offset="moved")),
        # A record that is sent twice while the account changes has two versions.
        case(pulled=pulled(responses=(answer([{"_id": "1"}, {"_id": "1"}]),)), moves=True),
        # Content that the account has for a moment.
        case(pulled=pulled(dataset={**AFTER, "2": Version("for a moment")}), moves=True),
        # A record that is archived meanwhile is deleted by the next pull.
        case(pulled=pulled(dataset={**AFTER, "3": BEFORE["3"]}), moves=True),
        # A record that was created and archived meanwhile.
        case(pulled=pulled(dataset={key: AFTER[key] for key in "123"}), moves=True, live_ids=frozenset({1, 2})),
        # The account changed, so the dataset is not `after` afterwards.
        case(rerun=pulled(dataset={**AFTER, "2": Version("later")}), moves=True),
        case(rerun=pulled(dataset={f"contact-{key}-x": one for key, one in AFTER.items()}), moves=True),
        case(rerun=pulled(dataset={**AFTER, "5": Version("five")}), moves=True),
    ],
)
def test_what_a_sound_connector_may_do_is_no_violation(right: PlayedCell) -> None:
    """A false alarm would make people ignore the matrix."""
    assert judge(right)[1] == ()


@for_each(
    ("wrong", "invariant"),
    [
        (case(rerun=pulled(dataset={key: AFTER[key] for key in "12"}), moves=True), "rerun-converges"),
        (case(pulled=pulled(dataset={key: AFTER[key] for key in "123"}), moves=True), "no-lost-update"),
        (case(pulled=pulled(dataset={**AFTER, "1": BEFORE["1"]}), moves=True), "no-lost-update"),
        (case(pulled=pulled(dataset={key: AFTER[key] for key in "134"}), moves=True), "no-false-deletion"),
        # A failed full pull must not delete what was archived either: it does not know.
        (case(pulled=replace(failed(), dataset={**BEFORE, "3": AFTER["3"]}), is_full=True), "no-false-deletion"),
        # An incremental pull that fails may not delete a live record.
        (
            case(pulled=replace(failed(), dataset={**BEFORE, "1": Version("one", is_deleted=True)}), is_full=False),
            "no-false-deletion",
        ),
    ],
)
def test_an_account_that_moves_excuses_only_what_moved(wrong: PlayedCell, invariant: str) -> None:
    assert invariant in broken_by(wrong)


def test_secrets_and_records_are_not_in_the_repr() -> None:
    """A test that fails prints it."""
    printed = repr(case(output="Bearer abc"))

    assert [word for word in (TOKEN, "Bearer abc", "one changed") if word in printed.partition("before=")[0]] == []
    assert TOKEN not in printed
    assert "Bearer abc" not in printed


def test_a_duration_is_rounded_to_milliseconds() -> None:
    """Once, so that two reports of it never differ."""
    assert [whole_milliseconds(one) for one in (0.0, 1.0004, 1.0006, 2.71828)] == [0.0, 1.0, 1.001, 2.718]


def test_an_account_of_which_no_address_is_known_has_none_in_the_log() -> None:
    """An empty text is in every log."""
    assert judge(case(people="", output="a line")) == (Verdict.RECOVERED, ())
    assert broken_by(case(people="@acme.no", output="ada@acme.no")) == {"no-secret"}
