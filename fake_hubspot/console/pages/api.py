"""HubSpot's API and the control API, to read and to try."""

from bench_core.pages import PageResponse
from fake_hubspot.console.call import PageCall

__all__ = ["show"]


def show(call: PageCall) -> PageResponse:
    """Show the API; requests from the page carry the account's access token."""
    return call.site.api_page(
        request=call.request, document="/_fake/openapi.json", back=call.url("/_fake/"), token=call.tenant.token
    )
