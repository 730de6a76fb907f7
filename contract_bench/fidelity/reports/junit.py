"""The report for CI: one test case for each interaction; severe mismatches are failures, the others output."""

from bench_core.junit import Case, Failure, Suite
from bench_core.junit import to_junit as write_junit
from contract_bench.fidelity.mismatch import MismatchSeverity
from contract_bench.fidelity.verify import CassetteResult, InteractionResult, Verification

__all__ = ["to_junit"]


def to_junit(verification: Verification, *, threshold: MismatchSeverity = MismatchSeverity.ERROR) -> str:
    """Return JUnit XML; mismatches at or above the threshold are failures."""
    return write_junit("contract-bench verify", [_suite(each, threshold) for each in verification.cassettes])


def _suite(result: CassetteResult, threshold: MismatchSeverity) -> Suite:
    cases = [_case(str(result.path), each, threshold) for each in result.interactions]
    properties = {"recorded_from": result.origin_sentence, "against": result.against}
    return Suite(str(result.path), cases, properties=properties)


def _case(group: str, result: InteractionResult, threshold: MismatchSeverity) -> Case:
    severe = [str(each) for each in result.mismatches if each.severity.rank >= threshold.rank]
    others = [str(each) for each in result.mismatches if each.severity.rank < threshold.rank]
    failure = Failure(f"{len(severe)} mismatches", "\n".join(severe)) if severe else None
    return Case(group, f"{result.index}. {result.request}", failure=failure, output="\n".join(others))
