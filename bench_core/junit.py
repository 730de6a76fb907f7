"""JUnit XML that every XML parser accepts, whatever text the tested program produced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bench_core.text import printable

__all__ = ["Case", "Failure", "Suite", "to_junit"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case failed.

    Attributes:
        message: One line.
        text: Everything else that helps to understand it.
        kind: A word for the sort of failure.
    """

    message: str
    text: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was checked; it has passed if there is neither a failure nor a reason to skip it."""

    classname: str
    name: str
    seconds: float = 0.0
    failure: Failure | None = None
    skipped: str | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that belong together. `properties` say under which conditions they were checked."""

    name: str
    cases: Sequence[Case]
    seconds: float | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


def to_junit(name: str, suites: Sequence[Suite]) -> str:
    """Return a document with one `testsuite` for each suite. It can be encoded as UTF-8."""
    every = [case for suite in suites for case in suite.cases]
    root = Element("testsuites", {"name": printable(name), **_counts(every)})
    for suite in suites:
        _add_suite(root, suite)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.failure is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.skipped is not None for case in cases)),
    }


def _add_suite(root: Element, suite: Suite) -> None:
    seconds = sum(case.seconds for case in suite.cases) if suite.seconds is None else suite.seconds
    attributes = {"name": printable(suite.name), **_counts(suite.cases), "time": f"{seconds:.3f}"}
    element = SubElement(root, "testsuite", attributes)
    if suite.properties:
        properties = SubElement(element, "properties")
        for name, value in suite.properties.items():
            SubElement(properties, "property", name=printable(name), value=printable(value))
    for case in suite.cases:
        _add_case(element, case)


def _add_case(suite: Element, case: Case) -> None:
    attributes = {"classname": printable(case.classname), "name": printable(case.name), "time": f"{case.seconds:.4f}"}
    element = SubElement(suite, "testcase", attributes)
    if case.skipped is not None:
        SubElement(element, "skipped", message=printable(case.skipped))
    if case.failure is not None:
        failure = SubElement(element, "failure", message=printable(case.failure.message))
        if case.failure.kind:
            failure.set("type", printable(case.failure.kind))
        failure.text = printable(case.failure.text or case.failure.message)
    if case.output:
        SubElement(element, "system-out").text = printable(case.output)
