"""The HTML reports: one look for all of them, and the version and date that each carries."""

from contract_bench.reports.html import render_report

__all__ = ["render_report"]
