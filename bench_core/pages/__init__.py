"""HTML pages that need nothing else: one file with its stylesheet, no script, nothing loaded from anywhere."""

from bench_core.pages.render import render_page

__all__ = ["render_page"]
