"""The report for CI: one test case an interaction, errors as failures, the rest as output."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contract_bench.fidelity.mismatch import Severity
from contract_bench.fidelity.verify import CassetteResult, InteractionResult, Verification

__all__ = ["to_junit"]


def to_junit(verification: Verification, *, threshold: Severity = Severity.ERROR) -> str:
    """JUnit XML; mismatches at or above the threshold are failures."""
    root = Element("testsuites", name="contract-bench verify")
    for result in verification.cassettes:
        _suite(root, result, threshold)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: Element, result: CassetteResult, threshold: Severity) -> None:
    failed = sum(bool(_failures(one, threshold)) for one in result.interactions)
    suite = SubElement(
        root, "testsuite", name=str(result.path), tests=str(len(result.interactions)), failures=str(failed), errors="0"
    )
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="recorded_from", value=_legal(result.origin_sentence))
    SubElement(properties, "property", name="against", value=_legal(result.against))
    for interaction in result.interactions:
        name = f"{interaction.index}. {interaction.request}"
        case = SubElement(suite, "testcase", classname=str(result.path), name=_legal(name), time="0")
        failures = _failures(interaction, threshold)
        if failures:
            message = f"{len(failures)} mismatches"
            SubElement(case, "failure", message=message).text = _legal("\n".join(failures))
        rest = [str(one) for one in interaction.mismatches if one.severity.rank < threshold.rank]
        if rest:
            SubElement(case, "system-out").text = _legal("\n".join(rest))


def _failures(interaction: InteractionResult, threshold: Severity) -> list[str]:
    return [str(one) for one in interaction.mismatches if one.severity.rank >= threshold.rank]


def _legal(text: str) -> str:
    """XML 1.0 knows no control characters, escaped or not."""
    return "".join(letter if letter >= " " or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text)
