"""The reports of a verification: text, JSON, JUnit XML and HTML."""

from contract_bench.fidelity.reports.html import to_html
from contract_bench.fidelity.reports.json import to_json
from contract_bench.fidelity.reports.junit import to_junit
from contract_bench.fidelity.reports.text import to_text

__all__ = ["to_html", "to_json", "to_junit", "to_text"]
