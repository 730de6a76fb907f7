"""The report as one HTML page that can be sent to a colleague."""

from datetime import datetime

from contract_bench.cassettes.evidence import Origin
from contract_bench.fidelity.mismatch import ComparisonMode, Mismatch, MismatchSeverity
from contract_bench.fidelity.verify import CassetteResult, InteractionResult, Verification
from contract_bench.reports import render_report

__all__ = ["to_html"]

# As the stylesheet names its colours.
TONES = {MismatchSeverity.ERROR: "bad", MismatchSeverity.WARNING: "warn", MismatchSeverity.INFO: "calm"}
WORDS = {MismatchSeverity.ERROR: "error", MismatchSeverity.WARNING: "warning", MismatchSeverity.INFO: "note"}
Values = dict[str, object]


def to_html(verification: Verification) -> str:
    """Return the page: how many differences there are, then every cassette with its interactions."""
    of_hubspot = [each for each in verification.cassettes if each.origin is Origin.HUBSPOT]
    return render_report(
        "verify.html.jinja",
        title="How true is the fake?",
        made_at=datetime.fromisoformat(verification.verified_at),
        from_hubspot=len(of_hubspot),
        asserted=sum(each.asserted for each in of_hubspot),
        sums=_sums(verification),
        cassettes=[_cassette(each) for each in verification.cassettes],
    )


def _sums(verification: Verification) -> list[Values]:
    equal = sum(not each.mismatches for cassette in verification.cassettes for each in cassette.interactions)
    worst_first = sorted(MismatchSeverity, key=lambda one: -one.rank)
    counted = [(TONES[each], f"{WORDS[each]}s", verification.count(each)) for each in worst_first]
    counted.append(("good", "equal answers", equal))
    return [{"tone": tone, "name": name, "count": count} for tone, name, count in counted]


def _cassette(result: CassetteResult) -> Values:
    is_evidence = result.origin is Origin.HUBSPOT and not result.asserted
    return {
        "path": str(result.path),
        "tone": "good" if is_evidence else "warn",
        "origin": result.origin_sentence,
        "recorded_at": result.recorded_at,
        "is_drift": result.mode is ComparisonMode.DRIFT,
        "against": result.against,
        "interactions": [_interaction(each) for each in result.interactions],
    }


def _interaction(result: InteractionResult) -> Values:
    worst = result.worst
    return {
        "tone": "good" if worst is None else TONES[worst],
        "word": "equal" if worst is None else WORDS[worst],
        "is_open": worst is MismatchSeverity.ERROR,
        "request": result.request,
        "status": result.status,
        "mismatches": [_mismatch(each) for each in result.mismatches],
    }


def _mismatch(mismatch: Mismatch) -> Values:
    return {
        "tone": TONES[mismatch.severity],
        "word": WORDS[mismatch.severity],
        "kind": mismatch.kind.value,
        "path": mismatch.path,
        "recorded": mismatch.recorded,
        "actual": mismatch.actual,
        "reason": mismatch.reason,
    }
