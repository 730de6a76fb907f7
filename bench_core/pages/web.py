"""Pages behind Starlette: a request as pages read it, and a page as a response."""

from starlette.requests import Request
from starlette.responses import Response

from bench_core.pages.site import PageRequest, PageResponse

__all__ = ["page_request", "response_of"]


def page_request(asked: Request, body: bytes = b"") -> PageRequest:
    """Return a request as pages read it; `body` is that of a form."""
    return PageRequest(
        asked.scope["path"],
        asked.scope["query_string"].decode("latin-1"),
        asked.headers.get("cookie", ""),
        body,
        asked.headers.get("content-type", ""),
    )


def response_of(page: PageResponse) -> Response:
    """Return a page as a response."""
    sent = Response(page.body, page.status)
    sent.raw_headers = [
        *((name, value) for name, value in sent.raw_headers if name == b"content-length"),
        *((name.encode(), value.encode("latin-1", "replace")) for name, value in page.headers),
    ]
    return sent
