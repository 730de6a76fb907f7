"""Finds what makes a cassette unsafe to commit or unreliable."""

from contract_bench.cassettes.lint.finding import Finding, FindingSeverity
from contract_bench.cassettes.lint.linter import LintOptions, files_at, lint_file, lint_paths

__all__ = ["Finding", "FindingSeverity", "LintOptions", "files_at", "lint_file", "lint_paths"]
