"""The report on a terminal."""

from collections.abc import Iterator

from bench_core.text import printable
from contract_bench.fidelity.mismatch import Severity
from contract_bench.fidelity.verify import CassetteResult, Verification

__all__ = ["summary", "to_text"]


def to_text(verification: Verification, *, threshold: Severity = Severity.INFO) -> str:
    """The report; mismatches below the threshold are only counted."""
    lines = [line for one in verification.cassettes for line in _cassette(one, threshold)]
    return printable("\n".join([*lines, summary(verification)]) + "\n")


def summary(verification: Verification) -> str:
    """One line with all counts."""
    interactions = sum(len(one.interactions) for one in verification.cassettes)
    counts = ", ".join(f"{verification.count(one)} {one}s" for one in Severity)
    return f"{len(verification.cassettes)} cassettes, {interactions} interactions: {counts.replace('infos', 'notes')}"


def _cassette(result: CassetteResult, threshold: Severity) -> Iterator[str]:
    yield f"{result.path} against {result.against}"
    yield f"  {result.origin_sentence}"
    for interaction in result.interactions:
        verdict = interaction.worst or "equal"
        yield f"  {interaction.index}. {interaction.request} -> {interaction.status}: {verdict}"
        shown = [one for one in interaction.mismatches if one.severity.rank >= threshold.rank]
        yield from (f"       {mismatch}" for mismatch in shown)
    yield ""
