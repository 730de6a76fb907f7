"""Which walks answer a pull, and in which order. The decisions; the walking is done elsewhere."""

import logging
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from service.entities import Page, parse_owners
from service.errors import BadRequestError, UpstreamError
from service.options import Options
from service.record_fetcher import RecordFetcher
from service.timestamps import ms_to_token
from service.upstream import endpoints
from service.upstream.client import Client
from service.walks.by_change import select_rows, take_whole_moments, walk_by_change
from service.walks.by_id import walk_by_cursor, walk_by_id

__all__ = ["owner_pages", "record_pages"]

_log = logging.getLogger(__name__)


def record_pages(fetcher: RecordFetcher, options: Options, *, overlap_s: int) -> Iterator[Page]:
    """The pages that answer a pull of CRM records.

    - Neither `since` nor `limit`: everything, by id.
    - `since`: what changed at or after it, less an overlap for the lag of HubSpot's search index; then what was
      archived since, as deleted.
    - `limit` (Sesam's `page_size`, for a chronological source): what changed after `since`, in order of change, and
      never half of the records of one moment, so that the next page can start after the last token.

    Raises:
        BadRequestError: The options contradict each other.
    """
    if options.limit is not None and options.archived:
        raise BadRequestError(
            "limit cannot be combined with archived: HubSpot cannot search archived records.", parameter="limit"
        )
    if options.limit is not None:
        return _in_order_of_change(fetcher, options.since_ms, options.limit)
    if options.since_ms is None:
        return _everything(fetcher)
    earliest_ms = max(0, options.since_ms - overlap_s * 1000)
    if options.archived:
        return _changed_since(_everything(fetcher), earliest_ms)
    return _changes_and_deletions(fetcher, earliest_ms)


def _everything(fetcher: RecordFetcher) -> Iterator[Page]:
    return map(fetcher.complete_list, walk_by_id(fetcher.begin_list, page_size=fetcher.page_size))


def _in_order_of_change(fetcher: RecordFetcher, since_ms: int | None, limit: int) -> Iterator[Page]:
    first_ms = 0 if since_ms is None else since_ms + 1
    pages = walk_by_change(fetcher.begin_search, first_ms, page_size=endpoints.SEARCH_LIMIT)
    return map(fetcher.complete_search, take_whole_moments(pages, limit))


def _changes_and_deletions(fetcher: RecordFetcher, earliest_ms: int) -> Iterator[Page]:
    pages = walk_by_change(fetcher.begin_search, earliest_ms, page_size=endpoints.SEARCH_LIMIT)
    yield from map(fetcher.complete_search, pages)
    yield from _deletions(fetcher, earliest_ms)


def _deletions(fetcher: RecordFetcher, earliest_ms: int) -> Iterator[Page]:
    """What was archived since. Its cost is that of all archived records, which HubSpot keeps for 90 days."""
    walk = walk_by_id(fetcher.begin_archived, page_size=fetcher.page_size)
    try:
        yield from _changed_since(walk, earliest_ms)
    except UpstreamError as error:
        if error.status != 400 or "deleted objects" not in (error.hubspot_message or ""):
            raise
        _log.warning("HubSpot lists no archived records of this type; its deletions arrive with a full run only")


def _changed_since(pages: Iterator[Page], earliest_ms: int) -> Iterator[Page]:
    earliest = ms_to_token(earliest_ms)
    for page in pages:
        yield select_rows(page, [row for row, token in enumerate(page.updated) if token >= earliest])


def owner_pages(client: Client, options: Options, *, page_size: int, overlap_s: int) -> Iterator[Page]:
    """The pages that answer a pull of owners: a short list without a search."""

    def begin(after: str | None, *, archived: bool) -> Callable[[], Page]:
        waiter = client.begin(endpoints.owners_page(limit=page_size, after=after, archived=archived))
        return lambda: parse_owners(waiter().body)

    pages = walk_by_cursor(partial(begin, archived=options.archived))
    if options.since_ms is None:
        yield from pages
        return
    earliest_ms = max(0, options.since_ms - overlap_s * 1000)
    yield from _changed_since(pages, earliest_ms)
    if not options.archived:
        for page in _changed_since(walk_by_cursor(partial(begin, archived=True)), earliest_ms):
            yield msgspec.structs.replace(page, is_deleted=True)
