"""The result of one rule."""

from dataclasses import dataclass

__all__ = ["RuleResult", "failed", "passed", "skipped", "warned"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of one rule, a line of the report.

    Attributes:
        rule: Short name of the rule.
        outcome: `pass`, `warn` (Sesam accepts it, but look at it), `fail` or `skip` (nothing to check).
        detail: What was found and, if it is wrong, what to do.
    """

    rule: str
    outcome: str
    detail: str


def passed(rule: str, detail: str) -> RuleResult:
    """Return the result of a rule that the route follows."""
    return RuleResult(rule, "pass", detail)


def warned(rule: str, detail: str) -> RuleResult:
    """Return the result of a rule that the route breaks, but that Sesam does not require."""
    return RuleResult(rule, "warn", detail)


def failed(rule: str, detail: str) -> RuleResult:
    """Return the result of a rule that the route breaks."""
    return RuleResult(rule, "fail", detail)


def skipped(rule: str, detail: str) -> RuleResult:
    """Return the result of a rule that does not apply here."""
    return RuleResult(rule, "skip", detail)
