"""Pages of HubSpot's search, which is in order of change."""

from service.fetching.association_fetcher import AssociationFetcher
from service.merge import read_batch_page
from service.object_types import ObjectType
from service.options import PullOptions
from service.pages import Page, parse_page
from service.pending import Pending
from service.search_window import SearchWindow
from service.upstream import endpoints
from service.upstream.client import Client

__all__ = ["SearchFetcher"]

_MAX_BODY_LENGTH = 3000
_RESERVED_BODY_LENGTH = 400  # filters, order and limit, with the longest values
_LENGTH_PER_NAME = len('"",')
_BATCH_SIZE = 100
_BATCH_SIZE_WITH_HISTORY = 50


class SearchFetcher:
    """Fetches pages of one object type in order of change.

    A search knows neither history nor associations, and its body is limited. What it cannot return is read in batches,
    so that a record looks the same as in a full pull.

    Args:
        client: Carries the pages.
        secondary: Carries the batches, so that the next page can travel meanwhile.
        associations: Completes pages.
        object_type: What to fetch.
        options: Without `*`: property names must be resolved.

    Attributes:
        page_size: Records per page.
    """

    page_size = endpoints.SEARCH_LIMIT

    def __init__(
        self,
        client: Client,
        secondary: Client,
        associations: AssociationFetcher,
        object_type: ObjectType,
        options: PullOptions,
    ) -> None:
        self._client = client
        self._secondary = secondary
        self._associations = associations
        self._type = object_type
        self._options = options

    def begin(self, window: SearchWindow) -> Pending[Page]:
        """Request the first page of a window."""
        modified = self._type.modified_property
        request = endpoints.search_page(
            self._type.path_name,
            filters=window.filters(modified),
            sort=window.sort(modified),
            names=() if self._needs_batches else self._options.properties,
        )
        return self._client.begin(request).then(
            lambda response: parse_page(response.body).answered_at(response.headers.get("date"))
        )

    def complete(self, page: Page) -> Page:
        """Fetch what a search leaves out of a page."""
        if self._needs_batches and page.ids:
            page = self._read_in_batches(page)
        if self._options.associations and page.ids:
            page = self._associations.add(page, self._options.associations)
        return page

    @property
    def _needs_batches(self) -> bool:
        names_length = sum(len(name) + _LENGTH_PER_NAME for name in self._options.properties)
        return bool(self._options.history) or names_length > _MAX_BODY_LENGTH - _RESERVED_BODY_LENGTH

    def _read_in_batches(self, page: Page) -> Page:
        size = _BATCH_SIZE_WITH_HISTORY if self._options.history else _BATCH_SIZE
        rows = range(len(page.ids))
        return Page.join([self._read_batch(page.select(rows[start : start + size])) for start in rows[::size]])

    def _read_batch(self, part: Page) -> Page:
        request = endpoints.read_batch(
            self._type.path_name, part.ids, names=self._options.properties, history=self._options.history
        )
        return read_batch_page(self._secondary.request(request).body, part)
