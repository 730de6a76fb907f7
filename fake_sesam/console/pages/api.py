"""The API of the node, to read and to try."""

from bench_core.pages import PageResponse
from fake_sesam.api.openapi import build_document
from fake_sesam.console.call import PageCall
from fake_sesam.dataset.hashing import encode

__all__ = ["document", "show"]


def show(call: PageCall) -> PageResponse:
    """Show the API."""
    return call.site.api_page(request=call.request, document="/ui/openapi.json", back="/")


def document(call: PageCall) -> PageResponse:
    """Return the OpenAPI document of the API."""
    headers = (("content-type", "application/json"), ("cache-control", "no-store"))
    return PageResponse(200, encode(build_document(call.api)), headers)
