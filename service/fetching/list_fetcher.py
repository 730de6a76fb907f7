"""Pages of HubSpot's list, which is in order of id."""

import logging
from collections.abc import Sequence

from service.errors import BadRequestError, MismatchError, UpstreamError
from service.fetching.association_fetcher import AssociationFetcher
from service.merge import merge_chunks
from service.object_types import ObjectType
from service.options import PullOptions
from service.pages import Page, parse_page
from service.pending import Pending, Steps
from service.upstream import endpoints
from service.upstream.client import Client
from service.upstream.messages import Request, Response

__all__ = ["Highest", "ListFetcher"]

_log = logging.getLogger(__name__)
_MAX_PAGE_SIZE_WITH_HISTORY = 50
_MAX_ATTEMPTS = 3
_MIN_NAMES_LENGTH = 2000
_MAX_URL_LENGTH = 14_000  # HubSpot's edge answers 414 at a little over 16,000
_RESERVED_URL_LENGTH = 400

Highest = tuple[int | None, int]
"""The highest id, None if it could not be found, and the number of records."""


class ListFetcher:
    """Fetches pages of one object type in order of id.

    Property names that do not fit into one URL are split over several requests, and the records are merged.

    Args:
        client: Carries the pages.
        associations: Completes pages.
        object_type: What to fetch.
        options: Without `*`: property names must be resolved.
        page_size: Records per page.

    Attributes:
        page_size: Records per page, fewer if their history is requested.

    Raises:
        BadRequestError: The options do not fit into a URL.
    """

    def __init__(
        self,
        client: Client,
        associations: AssociationFetcher,
        object_type: ObjectType,
        options: PullOptions,
        *,
        page_size: int,
    ) -> None:
        self._client = client
        self._associations = associations
        self._type = object_type
        self._options = options
        self._chunks = endpoints.property_chunks(options.properties, max_length=_max_names_length(options))
        self.page_size = min(page_size, _MAX_PAGE_SIZE_WITH_HISTORY) if options.history else page_size

    def begin(self, after: str | None) -> Pending[Page]:
        """Request the page at a cursor, None for the first page."""
        return Pending.of(self._finish(after, self._begin_first_chunk(after)))

    def begin_highest(self) -> Pending[Highest]:
        """Search the highest id. If that fails, there is none: it only tells where a list can be divided."""
        return Pending.of(self._find_highest(self._client.begin(endpoints.highest_id(self._type.path_name))))

    def begin_archived(self, after: str | None) -> Pending[Page]:
        """Request a page of archived records. They are marked as deleted, with the time at which they were archived."""
        request = endpoints.list_page(self._type.path_name, limit=self.page_size, after=after, archived=True)
        return self._client.begin(request).then(lambda response: _parse(response, archived=True).as_deleted())

    def complete(self, page: Page) -> Page:
        """Fetch what a list leaves out of a page."""
        to_types = self._options.associations
        return self._associations.complete(page, to_types) if to_types else page

    def _begin_first_chunk(self, after: str | None) -> Pending[Response]:
        return self._client.begin(self._request(after, self._chunks[0]))

    def _finish(self, after: str | None, pending: Pending[Response]) -> Steps[Page]:
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            page = yield from self._with_other_chunks(after, self._parse((yield from pending.steps())))
            if page is not None:
                return page
            if attempt < _MAX_ATTEMPTS:
                pending = self._begin_first_chunk(after)
        raise MismatchError("Several requests for the same page kept returning different records.")

    def _with_other_chunks(self, after: str | None, first: Page) -> Steps[Page | None]:
        """Add the other properties. Returns None if the list changed between the requests."""
        if len(self._chunks) == 1 or not first.ids:
            return first
        others = []
        for names in self._chunks[1:]:
            response = yield from self._client.begin(self._request(after, names)).steps()
            others.append(self._parse(response))
        return merge_chunks(first, others)

    def _find_highest(self, pending: Pending[Response]) -> Steps[Highest]:
        try:
            page = parse_page((yield from pending.steps()).body)
        except UpstreamError as error:
            _log.warning(
                "The highest id of %s could not be found, so the list is read over one connection: %s",
                self._type.name,
                error.message,
            )
            return None, 0
        return (int(page.ids[0]) if page.ids else None), page.total or 0

    def _request(self, after: str | None, names: Sequence[str]) -> Request:
        is_first_chunk = names is self._chunks[0]
        lists = {
            "properties": names,
            "propertiesWithHistory": self._options.history if is_first_chunk else (),
            "associations": self._options.associations if is_first_chunk else (),
        }
        return endpoints.list_page(
            self._type.path_name, limit=self.page_size, after=after, lists=lists, archived=self._options.archived
        )

    def _parse(self, response: Response) -> Page:
        return _parse(response, archived=self._options.archived)


def _parse(response: Response, *, archived: bool) -> Page:
    return parse_page(response.body, archived=archived).answered_at(response.headers.get("date"))


def _max_names_length(options: PullOptions) -> int:
    """Return the number of characters that a URL has for property names."""
    others = len(",".join((*options.history, *options.associations)))
    max_length = _MAX_URL_LENGTH - _RESERVED_URL_LENGTH - others
    if max_length < _MIN_NAMES_LENGTH:
        raise BadRequestError(
            f"propertiesWithHistory: the names have {others} characters together with those of associations, "
            f"but a URL has room for {_MAX_URL_LENGTH - _RESERVED_URL_LENGTH - _MIN_NAMES_LENGTH}. "
            "Name fewer properties.",
            parameter="propertiesWithHistory",
        )
    return max_length
