"""Which walks answer a pull, and in which order."""

import logging
import time
from collections.abc import Callable, Iterator

from service.errors import BadRequestError, MismatchError, UpstreamError
from service.fetching.owner_fetcher import OwnerFetcher
from service.fetching.record_fetcher import RecordFetcher
from service.offsets import Horizon
from service.options import PullOptions
from service.pages import Page
from service.timestamps import ms_to_token
from service.walks.by_change import ChangeWalk, take_whole_timestamps
from service.walks.by_id import CursorWalk, IdWalk
from service.walks.ranges import RangeWalk
from service.walks.side_by_side import read_side_by_side
from service.walks.walk import read_ahead

__all__ = ["owner_pages", "record_pages"]

_log = logging.getLogger(__name__)
_PAGES_IN_ORDER = 1  # in an account of one page, the search for the highest id would not be worth it


def record_pages(
    fetcher: RecordFetcher, options: PullOptions, *, overlap_s: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Page]:
    """Return the pages that answer a pull of CRM records.

    - Neither `since` nor `limit`: everything, over one connection in order of id, over several in no order.
    - `since`: what changed at or after that time, less an overlap because HubSpot's search index lags; then what was
      archived since, as deleted.
    - `limit` (Sesam's `page_size`, for a chronological source): what changed after `since`, in order of change.
      Records with the same timestamp stay together, so that the next pull can continue after the last token. It ends
      before the overlap, because what changed in it may still be missing from the index.

    No token is later than the pull's horizon; see `service.offsets`.

    Raises:
        BadRequestError: The options contradict each other.
    """
    if options.limit is not None and options.archived:
        raise BadRequestError(
            "limit cannot be combined with archived, because HubSpot cannot search archived records.", parameter="limit"
        )
    horizon = Horizon(options.since_ms, clock=clock)
    return horizon.limit(_unlimited_record_pages(fetcher, options, horizon, overlap_s=overlap_s))


def _unlimited_record_pages(
    fetcher: RecordFetcher, options: PullOptions, horizon: Horizon, *, overlap_s: int
) -> Iterator[Page]:
    if options.limit is not None:
        first_ms = 0 if options.since_ms is None else options.since_ms + 1
        settled = horizon.settled(_changes(fetcher, horizon, first_ms), margin_s=overlap_s)
        return map(fetcher.searches.complete, take_whole_timestamps(settled, options.limit))
    if options.since_ms is None:
        return _everything(fetcher, horizon)
    earliest_ms = _with_overlap(options.since_ms, overlap_s)
    if options.archived:
        return _changed_since(_everything(fetcher, horizon), earliest_ms)
    return _changes_and_deletions(fetcher, horizon, earliest_ms)


def _everything(fetcher: RecordFetcher, horizon: Horizon) -> Iterator[Page]:
    lists, side_by_side = fetcher.lists, fetcher.side_by_side
    if side_by_side is None:
        return map(lists.complete, read_ahead(IdWalk(page_size=lists.page_size), horizon.watch(lists.begin)))
    pages = read_side_by_side(
        RangeWalk(page_size=lists.page_size, min_records=_PAGES_IN_ORDER * lists.page_size),
        [horizon.watch(each.begin) for each in side_by_side.lists],
        [each.begin_highest for each in side_by_side.lists],
        side_by_side.create_set(),
    )
    return map(lists.complete, pages)


def _changes_and_deletions(fetcher: RecordFetcher, horizon: Horizon, earliest_ms: int) -> Iterator[Page]:
    yield from map(fetcher.searches.complete, _changes(fetcher, horizon, earliest_ms))
    yield from _deletions(fetcher, horizon, earliest_ms)


def _changes(fetcher: RecordFetcher, horizon: Horizon, earliest_ms: int) -> Iterator[Page]:
    searches = fetcher.searches
    return read_ahead(ChangeWalk(earliest_ms, page_size=searches.page_size), horizon.watch(searches.begin))


def _deletions(fetcher: RecordFetcher, horizon: Horizon, earliest_ms: int) -> Iterator[Page]:
    """Yield what was archived since. This reads every archived record, which HubSpot keeps for 90 days."""
    lists = fetcher.lists
    pages = read_ahead(IdWalk(page_size=lists.page_size), horizon.watch(lists.begin_archived))
    try:
        yield from _changed_since(pages, earliest_ms)
    except UpstreamError as error:
        if error.status != 400 or "deleted objects" not in (error.hubspot_message or ""):
            raise
        _log.warning("HubSpot does not list archived records of this type. Deletions arrive with a full pull only.")


def owner_pages(
    fetcher: OwnerFetcher, options: PullOptions, *, overlap_s: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Page]:
    """Return the pages that answer a pull of owners. They cannot be searched, so the whole list is read each time.

    No token is later than the pull's horizon; see `service.offsets`.
    """
    horizon = Horizon(options.since_ms, clock=clock)
    return horizon.limit(_unlimited_owner_pages(fetcher, options, horizon, overlap_s=overlap_s))


def _unlimited_owner_pages(
    fetcher: OwnerFetcher, options: PullOptions, horizon: Horizon, *, overlap_s: int
) -> Iterator[Page]:
    begin = fetcher.begin_archived if options.archived else fetcher.begin
    pages = read_ahead(CursorWalk(), horizon.watch(begin))
    if not options.archived:
        pages = _with_someone(pages)
    if options.since_ms is None:
        yield from pages
        return
    earliest_ms = _with_overlap(options.since_ms, overlap_s)
    yield from _changed_since(pages, earliest_ms)
    if not options.archived:
        archived = read_ahead(CursorWalk(), horizon.watch(fetcher.begin_archived))
        for page in _changed_since(archived, earliest_ms):
            yield page.as_deleted()


def _with_someone(pages: Iterator[Page]) -> Iterator[Page]:
    """Refuse an empty list of current owners, which would delete all of them. An account always has a user.

    Source: reader (airbyte #33524: HubSpot sent the other list, which is empty if no owner is archived).
    """
    count = 0
    for page in pages:
        count += len(page.ids)
        yield page
    if not count:
        raise MismatchError("HubSpot's list of owners is empty, but every account has at least one. It is not used.")


def _with_overlap(since_ms: int, overlap_s: int) -> int:
    return max(0, since_ms - overlap_s * 1000)


def _changed_since(pages: Iterator[Page], earliest_ms: int) -> Iterator[Page]:
    earliest = ms_to_token(earliest_ms)
    for page in pages:
        yield page.select([row for row, token in enumerate(page.updated) if token >= earliest])
