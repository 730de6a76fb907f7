"""Compares a cassette with the fake, with any server or with a later cassette."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.evidence import Origin, is_hubspots_address, read_evidence
from contract_bench.cassettes.model import Interaction, header_of
from contract_bench.cassettes.playback import Miss, Playback
from contract_bench.cassettes.usage import note_played
from contract_bench.errors import NothingToCheckError
from contract_bench.fidelity.compare import compare_responses
from contract_bench.fidelity.gaps import Gap, apply_gaps
from contract_bench.fidelity.mismatch import ComparisonMode, Mismatch, MismatchKind, MismatchSeverity, severity_of
from contract_bench.fidelity.states import states_of
from contract_bench.fidelity.targets import Target

__all__ = ["CassetteResult", "InteractionResult", "Verification", "compare_cassettes", "verify_cassette"]

REQUEST = "request"


@dataclass(frozen=True, slots=True)
class InteractionResult:
    """The result of one interaction."""

    index: int
    request: str
    status: int
    mismatches: tuple[Mismatch, ...]
    seen_at: str = ""

    @property
    def worst(self) -> MismatchSeverity | None:
        """The worst severity; None if there is no mismatch."""
        return max((one.severity for one in self.mismatches), key=lambda one: one.rank, default=None)


@dataclass(frozen=True, slots=True)
class CassetteResult:
    """The result of one cassette.

    Attributes:
        against: What it was compared with.
        asserted: Whether the origin was given on the command line instead of in an evidence file.
    """

    path: Path
    origin: Origin
    against: str
    mode: ComparisonMode
    interactions: tuple[InteractionResult, ...]
    recorded_at: str = ""
    asserted: bool = False

    @property
    def origin_sentence(self) -> str:
        """The sentence about the origin, which every report repeats."""
        return f"{self.origin.sentence}{' (asserted by hand, no evidence file)' if self.asserted else ''}"


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of one run."""

    cassettes: tuple[CassetteResult, ...]
    verified_at: str

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """The mismatches of all cassettes."""
        return tuple(found for one in self.cassettes for result in one.interactions for found in result.mismatches)

    def count(self, severity: MismatchSeverity) -> int:
        """Return the number of mismatches of a severity."""
        return sum(one.severity is severity for one in self.mismatches)

    def fails_at(self, threshold: MismatchSeverity) -> bool:
        """Whether there is a mismatch of at least this severity."""
        return any(one.severity.rank >= threshold.rank for one in self.mismatches)


def verify_cassette(
    path: Path, target: Target, *, gaps: Iterable[Gap] = (), asserted_origin: Origin | None = None
) -> CassetteResult:
    """Replay the requests of a cassette against a target and compare the responses.

    Raises:
        CassetteError: The cassette cannot be read, or the target does not respond.
    """
    cassette, known = read_cassette(path), tuple(gaps)
    results = []
    for index, (interaction, state) in enumerate(zip(cassette, states_of(cassette), strict=True)):
        found = compare_responses(interaction.response, target.send(interaction, state))
        results.append(_result(index, interaction, apply_gaps(interaction.request, found, known)))
        note_played(path, index)
    believable = all(is_hubspots_address(one.request.uri) for one in cassette)
    if asserted_origin is Origin.HUBSPOT and not believable:
        asserted_origin = None  # another address cannot be asserted to be HubSpot
    return _cassette_result(path, target.name, ComparisonMode.VERIFY, results, asserted_origin)


def compare_cassettes(
    then: Path, now: Path, *, gaps: Iterable[Gap] = (), mode: ComparisonMode = ComparisonMode.DRIFT
) -> CassetteResult:
    """Compare an old recording with a new one of the same requests, to see how HubSpot has changed.

    Raises:
        CassetteError: One of them cannot be read.
        NothingToCheckError: They have no request in common.
    """
    old, playback = read_cassette(then), Playback(read_cassette(now).interactions, repeats=False)
    known = tuple(gaps)
    results = []
    for index, interaction in enumerate(old):
        found = apply_gaps(interaction.request, _drift(interaction, playback, mode), known)
        results.append(_result(index, interaction, found))
    if results and all(_is_missing(one) for one in results):
        raise NothingToCheckError(f"a request of {then}", str(now))
    return _cassette_result(then, str(now), mode, results, None)


def _is_missing(result: InteractionResult) -> bool:
    """Whether the new recording does not contain the request, so that no response was compared."""
    return any(one.path == REQUEST for one in result.mismatches)


def _drift(interaction: Interaction, playback: Playback, mode: ComparisonMode) -> list[Mismatch]:
    found = playback.play(interaction.request)
    if isinstance(found, Miss):
        severity = severity_of(MismatchKind.MISSING_ITEM, mode)
        return [
            Mismatch(
                REQUEST,
                MismatchKind.MISSING_ITEM,
                severity,
                "an interaction",
                "nothing: the new recording does not contain it",
            )
        ]
    return compare_responses(interaction.response, playback.interactions[found].response, mode)


def _result(index: int, interaction: Interaction, mismatches: Iterable[Mismatch]) -> InteractionResult:
    request = interaction.request
    seen_at = header_of(interaction.response.headers, "Date") or interaction.recorded_at or ""
    return InteractionResult(
        index, f"{request.method} {request.target}", interaction.response.status, tuple(mismatches), seen_at
    )


def _cassette_result(
    path: Path, against: str, mode: ComparisonMode, results: list[InteractionResult], asserted: Origin | None
) -> CassetteResult:
    evidence = read_evidence(path)
    is_asserted = evidence is None and asserted is not None
    origin = evidence.origin if evidence else asserted or Origin.UNKNOWN
    recorded_at = evidence.recorded_at if evidence else ""
    return CassetteResult(path, origin, against, mode, tuple(results), recorded_at, is_asserted)
