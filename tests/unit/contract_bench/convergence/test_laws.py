"""The laws after a pull, each broken on purpose."""

from dataclasses import replace

from contract_bench.convergence.laws import AccountState, Dataset, PipeRun, PipeState, after_pull, differences
from tests.support.cases import for_each

OLD: Dataset = {"1": {"_id": "1", "name": "Ada"}, "2": {"_id": "2", "name": "Bea"}}
NEW: Dataset = {"1": {"_id": "1", "properties": {"lastname": "Ada"}}, "3": {"_id": "3", "names": ["~~Cy"]}}
BEFORE, ACCOUNT = (
    AccountState({"1": "Ada", "2": "Bea"}),
    AccountState({"1": "Ada", "3": "~Cy"}, archived=frozenset({"2"})),
)
FULL = PipeRun("full", True, True, PipeState(OLD), PipeState(NEW), ACCOUNT, ACCOUNT)
INCREMENTAL = replace(FULL, mode="incremental", is_full=False, before=PipeState(OLD, "t1"), after=PipeState(NEW, "t2"))
FAILED = replace(INCREMENTAL, ok=False, after=PipeState(OLD, "t1"))


@for_each(
    "pull",
    [
        FULL,
        INCREMENTAL,
        FAILED,
        replace(FAILED, after=PipeState(NEW, "t1")),
        replace(FAILED, is_full=True, after=PipeState({**OLD, **NEW}, "t1")),
        replace(INCREMENTAL, after=PipeState({**OLD, **NEW}, "t2")),
        replace(INCREMENTAL, after=PipeState(OLD, "t1"), account_after=replace(ACCOUNT, lags=True)),
        replace(INCREMENTAL, after=PipeState({"1": NEW["1"]}), account_after=replace(ACCOUNT, restored=frozenset("3"))),
        replace(FULL, after=PipeState(OLD), account_before=BEFORE),
    ],
    ids=[
        "full",
        "incremental",
        "failed",
        "failed with a deletion that is true",
        "failed with a prefix",
        "incremental that knows no archived ones",
        "index lag",
        "restored with its old date",
        "account that changed meanwhile",
    ],
)
def test_pull_that_keeps_the_laws_is_not_reported(pull: PipeRun) -> None:
    """There are no false alarms."""
    assert after_pull(pull) == []


@for_each(
    ("pull", "problem"),
    [
        (replace(FULL, after=PipeState(OLD)), "a completed full pull left records missing: 3"),
        (replace(FULL, after=PipeState({**OLD, **NEW})), "a completed full pull left records that are gone: 2"),
        (
            replace(FULL, after=PipeState({**NEW, "1": {"_id": "1", "name": "Adam"}})),
            "a completed full pull left records out of date: 1",
        ),
        (replace(FULL, after=PipeState({"3": NEW["3"]})), "a completed full pull deleted 1"),
        (
            replace(INCREMENTAL, after=PipeState({**OLD, **NEW}), knows_archived=True),
            "a completed incremental pull left records that are gone: 2",
        ),
        (replace(FAILED, after=PipeState(OLD, "t2")), "a failed incremental pull moved the offset from 't1' to 't2'"),
        (replace(FAILED, after=PipeState({"2": OLD["2"]}, "t1")), "a failed incremental pull deleted 1"),
        (replace(FAILED, is_full=True, after=PipeState(NEW, "t1")), "a failed incremental pull deleted 2"),
    ],
)
def test_broken_law_is_reported(pull: PipeRun, problem: str) -> None:
    """The sentence names the records."""
    assert problem in after_pull(pull)


def test_record_without_a_last_name_is_not_compared() -> None:
    """There is nothing to look for."""
    assert list(differences({"1": {"_id": "1"}}, AccountState({"1": None}), is_exact=True)) == []
