"""What is learned of a connector in front of any API, and what of a matrix is said first; without a connector."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.matrix import learn_upstream as learning
from contract_bench.matrix import mutation_score
from contract_bench.matrix.bench import Bench, CellResult, HealthyPullError, NeverAskedError
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.judge import Verdict, Violation
from contract_bench.matrix.learn_upstream import NothingToLoseError, UpstreamChangesError, difference, learn_upstream
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.result import MatrixResult
from contract_bench.matrix.serving import _headline
from tests.support.cases import Cases
from tests.unit.contract_bench.matrix.test_probes import AFTER, FAILED, Portal, ScriptedBench, pulled_of


def upstream(*pulls: Any, requests: int = 1) -> Bench:
    """A bench in front of an API that was asked so often."""
    entry = SimpleNamespace(method="GET", path="/x", query="", route="GET /x", status=200)
    portal = Portal(requests=[entry] * requests)
    portal.url = "http://api.test"  # type: ignore[attr-defined]
    bench = ScriptedBench(*pulls, upstream="http://api.test", portal=portal)
    bench.settings.connector.text = "python connector.py"
    return cast("Bench", bench)


def test_what_nothing_can_be_learned_from_is_an_error(cases: Cases) -> None:
    """Before any fault is played: a matrix that compares with nothing would pass."""
    one = pulled_of([{"_id": "1"}])
    other = pulled_of([{**each, "x": 1} for each in AFTER.responses[0].entities])
    errors: list[tuple[str, Bench, type[Exception], str]] = [
        ("it fails", upstream(FAILED), HealthyPullError, "the pump failed"),
        ("it asks nobody", upstream(AFTER, requests=0), NeverAskedError, "http://api.test"),
        ("one entity", upstream(one), NothingToLoseError, "at least 2 entities, got 1"),
        ("two pulls differ", upstream(AFTER, other), UpstreamChangesError, "with other content"),
        ("the second one fails", upstream(AFTER, FAILED), HealthyPullError, "the pump failed"),
    ]
    for name, bench, error, message in errors:
        with cases.case(name), pytest.raises(error, match=message):
            learn_upstream(bench, ("full",))


def test_how_two_pulls_differ_is_said() -> None:
    one = pulled_of([{"_id": "a"}, {"_id": "b", "x": 1}])
    other = pulled_of([{"_id": "b", "x": 2}, {"_id": "c"}])

    assert difference(one, one) == ""
    assert difference(one, other) == "a only in the first one; c only in the second one; b with other content"


def test_a_node_begins_with_what_is_older_than_the_truth() -> None:
    """So that every way of losing an entity shows: half of them by date, or some missing, changed and surplus."""
    entities = [{"_id": str(number), "_updated": f"{9 - number}"} for number in range(6)]

    full, half = learning._before("full", entities), learning._before("incremental", entities)

    assert [each["_id"] for each in half] == ["5", "4", "3"]
    assert [each["_id"] for each in full] == ["0", "1", "3", "4", learning.GONE["_id"]]
    assert [each["_id"] for each in full if learning.CHANGED in each] == ["1", "4"]
    assert learning._before("incremental", entities[:1]) == entities[:1]


def test_in_front_of_another_api_the_hunt_uses_faults_that_every_api_has() -> None:
    """A fault of HubSpot's pages alone would never fire there."""

    def faults_of(target: str | None) -> tuple[bool, set[str]]:
        bench = SimpleNamespace(settings=SimpleNamespace(upstream=target))
        selection = mutation_score._selection(cast("Bench", bench))
        return selection.only_general, set(selection.faults)

    assert faults_of(None) == (False, set(mutation_score.FAULTS))
    only_general, general = faults_of("http://api.test")
    assert only_general
    assert {"server-error", "stall"} <= general < set(mutation_score.FAULTS)


def test_the_first_line_of_a_map_says_whether_the_connector_is_sound(cases: Cases) -> None:
    """A matrix in which nothing was played has proved nothing."""
    law = (Violation("no-lost-update", "lost"),)

    def cell(fault: str, verdict: Verdict) -> CellResult:
        return CellResult(Cell("full", "list:first", "once", fault, {}), verdict, law, 0.1, 1, 3)

    def probe(name: str) -> ProbeResult:
        return ProbeResult(name, "", Verdict.SILENT, law)

    sound, names = cell("latency", Verdict.RECOVERED), [f"fault-{number:02}" for number in range(30)]
    for name, probes, cells, expected in [
        ("sound", (), (sound,), "None of 1 cells shows a defect"),
        ("nothing", (), (cell("stall", Verdict.UNREACHED),), "No fault was played, so nothing is proved"),
        ("a probe", (probe("streams"),), (sound,), "The connector breaks a law without any fault: streams"),
        ("a fault", (probe("streams"),), (cell("stall", Verdict.HUNG), sound), "breaks a law under 1 fault: stall"),
        ("many", (), tuple(cell(each, Verdict.SILENT) for each in names), "under 30 faults: fault-00, fault-01"),
    ]:
        with cases.case(name):
            said = _headline(MatrixResult(5, ("full",), probes, cells, 1.0, len(cells)))
            assert expected in said
            assert (" more" in said) is (name == "many")
