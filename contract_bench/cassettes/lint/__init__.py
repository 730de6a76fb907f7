"""Finds what makes a cassette unsafe to commit or unfit to be believed."""

from contract_bench.cassettes.lint.finding import Finding, Severity
from contract_bench.cassettes.lint.linter import LintOptions, lint_file, lint_paths

__all__ = ["Finding", "LintOptions", "Severity", "lint_file", "lint_paths"]
