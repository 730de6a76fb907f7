"""The matrix detects every broken connector and accepts the sound one."""

import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from contract_bench.matrix import BenchSettings, ConnectorUnderTest, Selection, mutation_score, run_matrix
from contract_bench.matrix.judge import INVARIANTS, Verdict, Violation
from contract_bench.matrix.mutation_score import (
    FAULTS,
    SLOW_PROBES,
    Mutant,
    MutantResult,
    find_mutants,
    run_mutant,
    run_mutants,
    score_text,
)
from contract_bench.matrix.probes import PROBES
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT
from contract_bench.roles.connector_spec import DEFAULT_CONNECTOR

ROOT = Path(__file__).resolve().parents[4]
PACKAGE = "tests.broken_connectors"
FOLDER = ROOT / "tests" / "broken_connectors"
ENVIRONMENT = {**DEFAULT_ENVIRONMENT, "HUBSPOT_READ_TIMEOUT_S": "1", "PYTHONPATH": str(ROOT)}
MORE_INVARIANTS = {"completes", "bounded-memory"}
# One for each invariant, those that are found soonest. `make proof` looks for all.
SOONEST = (
    "believes_the_form_of_a_time",
    "error_object_with_200",
    "fetched_at",
    "first_page_only",
    "integer_id",
    "retries_for_ever",
    "starts_over",
    "stops_on_short_page",
    "tells_the_token",
    "tutorial_with_paging",
)

# Enough for Python, which frees memory at once.
MEMORY_RECORDS = (700, 2_200, 4_500)


def settings(command: str = DEFAULT_CONNECTOR, *, patience_s: float = 3) -> BenchSettings:
    """Return settings; three of the broken connectors use up all the patience."""
    subject = ConnectorUnderTest(command, environment=ENVIRONMENT)
    return BenchSettings(subject, patience_s=patience_s, memory_records=MEMORY_RECORDS)


def test_a_broken_connector_of_each_invariant_is_detected() -> None:
    broken = find_mutants(FOLDER, package=PACKAGE)
    chosen = [each for each in broken if each.name in SOONEST]

    results = run_mutants(chosen, settings())

    assert [each.mutant.name for each in results if each.is_killed] == list(SOONEST)
    assert {each.violates for each in chosen} == {each.violates for each in broken}


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_every_broken_connector_is_detected(capsys: pytest.CaptureFixture[str]) -> None:
    """The mutation score is 100 %, and each is detected for the right reason."""
    broken = find_mutants(FOLDER, package=PACKAGE)

    results = run_mutants(broken, settings())

    with capsys.disabled():
        sys.stdout.write(f"\n{score_text(results).splitlines()[-1]}\n")
    assert len(broken) >= 20
    assert [each.mutant.name for each in results if not each.is_killed] == []


def test_broken_connectors_describe_their_defect() -> None:
    """Each names an existing invariant."""
    broken = find_mutants(FOLDER, package=PACKAGE)

    assert {each.violates for each in broken} <= INVARIANTS.keys() | MORE_INVARIANTS
    assert all(each.what.endswith(".") for each in broken)


@pytest.mark.proof
def test_sound_connector_has_no_defect() -> None:
    """The checks that detect the broken connectors accept the one that they are derived from."""
    selection = Selection(FAULTS, places=("first",), times=("always",), with_examples=False)

    result = run_matrix(
        settings(shlex.join([sys.executable, "-m", f"{PACKAGE}._sound"]), patience_s=30),
        selection,
        workers=3,
        probes=tuple(name for name in PROBES if name not in SLOW_PROBES),
    )

    assert [(each.name, each.violations) for each in result.defects] == []
    assert set(result.modes) == {"full", "incremental"}
    assert all(cell.fired for cell in result.cells)


def test_sound_connector_that_reads_ranges_has_no_defect() -> None:
    """Where its ranges begin, it notices what a cursor of its own can bring."""
    selection = Selection(("server-error", "unknown-cursor"), places=("range",), times=("always",))

    result = run_matrix(
        settings(shlex.join([sys.executable, "-m", f"{PACKAGE}._ranges"]), patience_s=30),
        selection,
        modes=("full",),
        probes=("complete", "lagging-search"),
    )

    assert [(each.name, each.violations) for each in result.defects] == []
    assert [(cell.cell.fault, cell.fired > 0) for cell in result.cells] == [
        ("server-error", True),
        ("unknown-cursor", True),
    ]
    assert {probe.verdict for probe in result.probes} == {Verdict.RECOVERED}


def test_mutant_is_only_killed_by_its_own_violation() -> None:
    """A mutant with another violation survives."""
    broken = Mutant("x", "It is wrong.", "no-secret", "", "")

    by_chance = MutantResult(broken, "somewhere", (Violation("bounded-time", "no end"),))

    assert not by_chance.is_killed
    assert "mutation score: 0 of 1, 0 %" in score_text([by_chance])


class Signs:
    """Stands in for the bench: each probe that is run is noted, and some show a violation."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **shown: str) -> None:
        self.run: list[str] = []
        self.shown = shown
        bench = SimpleNamespace(settings=SimpleNamespace(upstream=None))
        monkeypatch.setattr(mutation_score, "Bench", lambda _settings: nullcontext(bench))
        monkeypatch.setattr(mutation_score, "learn_from", lambda *_: SimpleNamespace(modes={}))
        monkeypatch.setattr(mutation_score, "run_probe", self.probe)

    def probe(self, name: str, *_arguments: object) -> SimpleNamespace:
        """Run one."""
        self.run.append(name)
        found = self.shown.get(name, "")
        verdict = Verdict.BROKEN if found else Verdict.RECOVERED
        return SimpleNamespace(name=name, verdict=verdict, violations=(Violation(found, ""),) if found else ())


def test_the_sign_that_a_mutant_names_is_looked_at_first_and_alone_if_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    signs = Signs(monkeypatch, streams="bounded-memory")

    result = run_mutant(Mutant("x", "It is wrong.", "bounded-memory", "streams", "x"), settings())

    assert (result.is_killed, result.where, signs.run) == (True, "streams", ["streams"])


@pytest.mark.parametrize("shown_by", ["streams", "", "no such probe"])
def test_a_mutant_that_its_sign_does_not_show_in_three_tries_is_looked_for_everywhere(
    shown_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow probes come last. Another violation does not count."""
    signs = Signs(monkeypatch, complete="no-secret", memory="bounded-memory")

    result = run_mutant(Mutant("x", "It is wrong.", "bounded-memory", shown_by, "x"), settings())

    quick = [name for name in PROBES if name not in SLOW_PROBES]
    assert (result.is_killed, result.where) == (True, "memory")
    assert signs.run == [*(["streams"] * 3 if shown_by == "streams" else []), *quick, "memory"]


def test_a_mutant_that_shows_nothing_survives_after_every_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    signs = Signs(monkeypatch)

    result = run_mutant(Mutant("x", "It is wrong.", "bounded-memory", "", "x"), settings())

    assert (result.is_killed, result.where) == (False, "")
    assert sorted(signs.run) == sorted(PROBES)
