"""The reports of the matrix: text, JSON, JUnit XML, HTML, and Markdown and annotations for CI."""

from contract_bench.matrix.reports.html import to_html
from contract_bench.matrix.reports.json import baseline_of, read_report, to_json
from contract_bench.matrix.reports.junit import to_junit
from contract_bench.matrix.reports.markdown import to_annotations, to_markdown
from contract_bench.matrix.reports.text import cell_text, coloured, matrix_text

__all__ = [
    "baseline_of",
    "cell_text",
    "coloured",
    "matrix_text",
    "read_report",
    "to_annotations",
    "to_html",
    "to_json",
    "to_junit",
    "to_markdown",
]
