"""HTML pages: reports in one file (`render_page`), and the pages that a server serves (`Site`).

Both are Jinja2 templates with one stylesheet, `style.css`. Nothing is loaded from elsewhere. Import this package only
when a page is asked for: Jinja2 takes a process 50 ms to load.
"""

from bench_core.pages.render import render_page
from bench_core.pages.site import (
    PageRequest,
    PageResponse,
    RefusedFormError,
    Said,
    Section,
    Site,
    live_event,
)

__all__ = ["PageRequest", "PageResponse", "RefusedFormError", "Said", "Section", "Site", "live_event", "render_page"]
