"""A page as a response of a server."""

from importlib import metadata

from bench_core.exchange import Body, Response
from bench_core.pages import PageResponse

__all__ = ["product", "response_of"]


def response_of(page: PageResponse, unlisted: tuple[bytes, ...] = ()) -> Response:
    """Return a page as a response.

    Args:
        page: The page.
        unlisted: The prefixes of headers that the server adds to its responses and that a page does not carry.
    """
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in page.headers]
    kind = next((value for name, value in headers if name == b"content-type"), None)
    others = [(name, value) for name, value in headers if name != b"content-type"]
    return Response(page.status, Body(page.body), kind, others, unlisted)


def product() -> str:
    """Return name and version of the program, as pages show it."""
    try:
        return f"contract-bench {metadata.version('contract-bench')}"
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return "contract-bench"
