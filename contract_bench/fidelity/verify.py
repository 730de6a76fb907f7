"""Holds a cassette against the fake, against any server, or against a later cassette."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.evidence import Origin, is_hubspots_address, read_evidence
from contract_bench.cassettes.matching import Miss, Tape
from contract_bench.cassettes.model import Interaction, header_of
from contract_bench.cassettes.usage import note_played
from contract_bench.fidelity.compare import compare_responses
from contract_bench.fidelity.gaps import Gap, apply_gaps
from contract_bench.fidelity.mismatch import Kind, Mismatch, Mode, Severity, severity_of
from contract_bench.fidelity.states import states_of
from contract_bench.fidelity.targets import Target

__all__ = ["CassetteResult", "InteractionResult", "Verification", "compare_cassettes", "verify_cassette"]


@dataclass(frozen=True, slots=True)
class InteractionResult:
    """What came of one interaction."""

    index: int
    request: str
    status: int
    mismatches: tuple[Mismatch, ...]
    seen_at: str = ""

    @property
    def worst(self) -> Severity | None:
        """The worst severity, None where all is equal."""
        return max((one.severity for one in self.mismatches), key=lambda one: one.rank, default=None)


@dataclass(frozen=True, slots=True)
class CassetteResult:
    """What came of one cassette.

    Attributes:
        against: What it was compared with.
        asserted: Whether somebody said where it was recorded, without evidence in a file.
    """

    path: Path
    origin: Origin
    against: str
    mode: Mode
    interactions: tuple[InteractionResult, ...]
    recorded_at: str = ""
    asserted: bool = False

    @property
    def origin_sentence(self) -> str:
        """Where it was recorded, as every report repeats it."""
        return f"{self.origin.sentence}{' (asserted by hand, no evidence file)' if self.asserted else ''}"


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was compared in one run."""

    cassettes: tuple[CassetteResult, ...]
    verified_at: str

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """All of them."""
        return tuple(found for one in self.cassettes for result in one.interactions for found in result.mismatches)

    def count(self, severity: Severity) -> int:
        """How many mismatches there are of a severity."""
        return sum(one.severity is severity for one in self.mismatches)

    def fails_at(self, threshold: Severity) -> bool:
        """Whether there is a mismatch of this severity or a worse one."""
        return any(one.severity.rank >= threshold.rank for one in self.mismatches)


def verify_cassette(
    path: Path, target: Target, *, gaps: Iterable[Gap] = (), asserted_origin: Origin | None = None
) -> CassetteResult:
    """Replay a cassette's requests against a target and compare the answers.

    Raises:
        CassetteError: the cassette cannot be read, or the target does not answer.
    """
    cassette, known = read_cassette(path), tuple(gaps)
    results = []
    for index, (interaction, state) in enumerate(zip(cassette, states_of(cassette), strict=True)):
        found = compare_responses(interaction.response, target.answer(interaction, state))
        results.append(_result(index, interaction, apply_gaps(interaction.request, found, known)))
        note_played(path, index)
    believable = all(is_hubspots_address(one.request.uri) for one in cassette)
    if asserted_origin is Origin.HUBSPOT and not believable:
        asserted_origin = None  # nobody's word makes HubSpot of another address
    return _cassette_result(path, target.name, Mode.VERIFY, results, asserted_origin)


def compare_cassettes(then: Path, now: Path, *, gaps: Iterable[Gap] = (), mode: Mode = Mode.DRIFT) -> CassetteResult:
    """Compare an old recording with a new one of the same requests: how HubSpot has changed.

    Raises:
        CassetteError: one of them cannot be read.
    """
    old, tape = read_cassette(then), Tape(read_cassette(now).interactions, repeats=False)
    known = tuple(gaps)
    results = []
    for index, interaction in enumerate(old):
        found = apply_gaps(interaction.request, _drift(interaction, tape, mode), known)
        results.append(_result(index, interaction, found))
    return _cassette_result(then, str(now), mode, results, None)


def _drift(interaction: Interaction, tape: Tape, mode: Mode) -> list[Mismatch]:
    found = tape.play(interaction.request)
    if isinstance(found, Miss):
        severity = severity_of(Kind.MISSING_ITEM, mode)
        return [Mismatch("request", Kind.MISSING_ITEM, severity, "an interaction", "none: it is not recorded any more")]
    return compare_responses(interaction.response, tape.interactions[found].response, mode)


def _result(index: int, interaction: Interaction, mismatches: Iterable[Mismatch]) -> InteractionResult:
    request = interaction.request
    seen_at = header_of(interaction.response.headers, "Date") or interaction.recorded_at or ""
    return InteractionResult(
        index, f"{request.method} {request.target}", interaction.response.status, tuple(mismatches), seen_at
    )


def _cassette_result(
    path: Path, against: str, mode: Mode, results: list[InteractionResult], asserted: Origin | None
) -> CassetteResult:
    evidence = read_evidence(path)
    is_asserted = evidence is None and asserted is not None
    origin = evidence.origin if evidence else asserted or Origin.UNKNOWN
    recorded_at = evidence.recorded_at if evidence else ""
    return CassetteResult(path, origin, against, mode, tuple(results), recorded_at, is_asserted)
