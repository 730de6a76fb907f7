"""The reports of the matrix: text, JSON, JUnit XML and HTML."""

from contract_bench.matrix.reports.html import to_html
from contract_bench.matrix.reports.json import to_json
from contract_bench.matrix.reports.junit import to_junit
from contract_bench.matrix.reports.text import cell_text, matrix_text

__all__ = ["cell_text", "matrix_text", "to_html", "to_json", "to_junit"]
