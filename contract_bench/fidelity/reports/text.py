"""The report as plain text."""

from collections.abc import Iterator

from bench_core.text import printable
from contract_bench.fidelity.mismatch import MismatchSeverity
from contract_bench.fidelity.verify import CassetteResult, Verification

__all__ = ["summary", "to_text"]


def to_text(verification: Verification, *, threshold: MismatchSeverity = MismatchSeverity.INFO) -> str:
    """Return the report; mismatches below the threshold are only counted."""
    lines = [line for one in verification.cassettes for line in _cassette(one, threshold)]
    return printable("\n".join([*lines, summary(verification)]) + "\n")


def summary(verification: Verification) -> str:
    """Return all counts in one line."""
    interactions = sum(len(one.interactions) for one in verification.cassettes)
    counts = ", ".join(f"{verification.count(one)} {one}s" for one in MismatchSeverity)
    return f"{len(verification.cassettes)} cassettes, {interactions} interactions: {counts.replace('infos', 'notes')}"


def _cassette(result: CassetteResult, threshold: MismatchSeverity) -> Iterator[str]:
    yield f"{result.path} against {result.against}"
    yield f"  {result.origin_sentence}"
    for interaction in result.interactions:
        verdict = interaction.worst or "equal"
        yield f"  {interaction.index}. {interaction.request} -> {interaction.status}: {verdict}"
        shown = [one for one in interaction.mismatches if one.severity.rank >= threshold.rank]
        yield from (f"       {mismatch}" for mismatch in shown)
    yield ""
