"""Pages of owners, which are not CRM records."""

from service.pages import Page, parse_owners
from service.pending import Pending
from service.upstream import endpoints
from service.upstream.client import Client

__all__ = ["OwnerFetcher"]


class OwnerFetcher:
    """Fetches pages of owners.

    Args:
        client: Carries the pages.
        page_size: Owners per page.
    """

    def __init__(self, client: Client, *, page_size: int) -> None:
        self._client = client
        self._page_size = page_size

    def begin(self, after: str | None) -> Pending[Page]:
        """Request the page of current owners at a cursor, None for the first page."""
        return self._begin(after, archived=False)

    def begin_archived(self, after: str | None) -> Pending[Page]:
        """Request a page of archived owners."""
        return self._begin(after, archived=True)

    def _begin(self, after: str | None, *, archived: bool) -> Pending[Page]:
        request = endpoints.owners_page(limit=self._page_size, after=after, archived=archived)
        return self._client.begin(request).then(
            lambda response: parse_owners(response.body, archived=archived).answered_at(response.headers.get("date"))
        )
