"""The HTML reports: one look for all of them, and the version and date that each carries."""

from contract_bench.reports.html import TEMPLATES, product, render_report

__all__ = ["TEMPLATES", "product", "render_report"]
