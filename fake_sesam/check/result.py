"""What a rule says about a route."""

from dataclasses import dataclass

__all__ = ["RuleResult", "failed", "passed", "skipped", "warned"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One line of the report.

    Attributes:
        rule: The rule's short name.
        outcome: ``pass``, ``warn`` (Sesam takes it, but look), ``fail`` or ``skip`` (nothing to judge).
        detail: What was seen and, where it is wrong, what to do.
    """

    rule: str
    outcome: str
    detail: str


def passed(rule: str, detail: str) -> RuleResult:
    """Return a verdict of a rule that is kept."""
    return RuleResult(rule, "pass", detail)


def warned(rule: str, detail: str) -> RuleResult:
    """Return a verdict of a rule that Sesam does not insist on."""
    return RuleResult(rule, "warn", detail)


def failed(rule: str, detail: str) -> RuleResult:
    """Return a verdict of a rule that is broken."""
    return RuleResult(rule, "fail", detail)


def skipped(rule: str, detail: str) -> RuleResult:
    """Return a verdict of a rule that has nothing to judge here."""
    return RuleResult(rule, "skip", detail)
