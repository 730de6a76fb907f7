"""Whole pages of records as a pipe wants them: the requests for one page, its properties, history and associations."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from service.entities import Page, parse_page
from service.errors import BadRequestError, MismatchError
from service.merge import (
    Associated,
    merge_chunks,
    open_associations,
    read_associations,
    read_batch_page,
    with_associations,
)
from service.object_types import STANDARD_TYPES, ObjectType, find_type
from service.options import Options
from service.timestamps import token_of_http_date
from service.upstream import endpoints
from service.upstream.client import Client, Waiter
from service.upstream.connection import Request
from service.walks.by_change import Window, select_rows

__all__ = ["RecordFetcher"]

_LONGEST_SEARCH_BODY = 3000
_BATCH = 100
_BATCH_WITH_HISTORY = 50
_LOOKS_AT_A_MOVING_PAGE = 3
_SHORTEST_ROOM = 2000
_LONGEST_URL = 14_000  # HubSpot's edge answers 414 at a little over 16,000
_ROOM_FOR_THE_REST = 400

T = TypeVar("T")


class RecordFetcher:
    """Asks for pages of one object type with one pipe's options.

    The walk has a connection of its own, so that its next page travels while the current one is completed on the other.

    Attributes:
        page_size: Records in a page of a list.
        start_token: The moment the pull began by HubSpot's clock, None before the first answer.
    """

    def __init__(
        self, client: Client, secondary: Client, object_type: ObjectType, options: Options, *, page_size: int
    ) -> None:
        self._client = client
        self._secondary = secondary
        self._type = object_type
        self._options = options
        self._chunks = endpoints.property_chunks(options.properties, room=_room(options))
        self.page_size = min(page_size, _BATCH_WITH_HISTORY) if options.history else page_size
        self.start_token: str | None = None

    def begin_list(self, after: str | None) -> Callable[[], Page]:
        """A page of the list by id."""
        waiter = self._client.begin(self._list_request(after, self._chunks[0]))
        return partial(self._finish_list, after, waiter)

    def begin_archived(self, after: str | None) -> Callable[[], Page]:
        """A page of the archived records, as records to be deleted."""
        request = endpoints.list_page(self._type.in_paths, limit=self.page_size, after=after, archived=True)
        waiter = self._client.begin(request)
        return lambda: msgspec.structs.replace(parse_page(waiter().body, by_archived_at=True), is_deleted=True)

    def begin_search(self, window: Window) -> Callable[[], Page]:
        """The first page of what changed."""
        waiter = self._client.begin(self._search_request(window))
        return lambda: parse_page(waiter().body)

    def complete_list(self, page: Page) -> Page:
        """Follow associations of which HubSpot sent the first hundred only."""
        if not self._options.associations:
            return page
        found = [open_associations(record) for record in page.records]
        if not any(associated.after for lists in found for associated in lists.values()):
            return page
        whole = [
            {name: self._all_rows(row, name, associated) for name, associated in lists.items()}
            for row, lists in zip(page.ids, found, strict=True)
        ]
        return with_associations(page, whole)

    def complete_search(self, page: Page) -> Page:
        """Add what a search does not give, so that a record looks as it does in a full pull."""
        if self._reads_by_batch and page.ids:
            page = self._read_in_batches(page)
        if self._options.associations and page.ids:
            page = with_associations(page, list(self._associations_of(page.ids)))
        return page

    # --- lists ---

    def _list_request(self, after: str | None, names: Sequence[str]) -> Request:
        is_first_chunk = names is self._chunks[0]
        lists = {
            "properties": names,
            "propertiesWithHistory": self._options.history if is_first_chunk else (),
            "associations": self._options.associations if is_first_chunk else (),
        }
        return endpoints.list_page(
            self._type.in_paths, limit=self.page_size, after=after, lists=lists, archived=self._options.archived
        )

    def _finish_list(self, after: str | None, waiter: Waiter) -> Page:
        for _ in range(_LOOKS_AT_A_MOVING_PAGE):
            response = waiter()
            if self.start_token is None:
                self.start_token = token_of_http_date(response.headers.get("date", ""), plus_s=1)
            page = self._with_other_chunks(after, self._parse(response.body))
            if page is not None:
                return self._not_newer_than_start(page)
            waiter = self._client.begin(self._list_request(after, self._chunks[0]))
        raise MismatchError("Requests for parts of one page kept giving different records.")

    def _with_other_chunks(self, after: str | None, first: Page) -> Page | None:
        if len(self._chunks) == 1 or not first.ids:
            return first
        responses = (self._client.ask(self._list_request(after, names)) for names in self._chunks[1:])
        return merge_chunks(first, [self._parse(response.body) for response in responses])

    def _parse(self, body: bytes) -> Page:
        return parse_page(body, by_archived_at=self._options.archived)

    def _not_newer_than_start(self, page: Page) -> Page:
        """Hold the tokens down to the moment the pull began.

        Sesam goes on from the highest token of a pull. A record changed while a long walk was under way must not lift
        it above changes to records that the walk had passed by then.
        """
        start = self.start_token
        if start is None or not page.updated or max(page.updated) <= start:
            return page
        return msgspec.structs.replace(page, updated=[min(token, start) for token in page.updated])

    def _all_rows(self, record_id: str, to_type: str, associated: Associated) -> list[msgspec.Raw]:
        rows, after = list(associated.results), associated.after
        while after is not None:
            request = endpoints.associations_page(self._type.in_paths, record_id, to_type, after=after)
            further = _read(self._secondary.ask(request).body)
            if further.after == after or (further.after and not further.results):
                raise MismatchError("HubSpot's cursor for further associations does not go on.")
            rows += further.results
            after = further.after
        return rows

    # --- searches ---

    def _search_request(self, window: Window) -> Request:
        filters, sort = _filters(self._type.modified_property, window)
        names = () if self._reads_by_batch else self._options.properties
        return endpoints.search_page(self._type.in_paths, filters=filters, sort=sort, names=names)

    @property
    def _reads_by_batch(self) -> bool:
        """Whether a search cannot give what is wanted: its body is limited, and it knows no history."""
        return bool(self._options.history) or sum(map(len, self._options.properties)) > _LONGEST_SEARCH_BODY / 2

    def _read_in_batches(self, page: Page) -> Page:
        size = _BATCH_WITH_HISTORY if self._options.history else _BATCH
        parts = []
        for start in range(0, len(page.ids), size):
            part = select_rows(page, list(range(start, min(start + size, len(page.ids)))))
            request = endpoints.read_batch(
                self._type.in_paths, part.ids, names=self._options.properties, history=self._options.history
            )
            parts.append(read_batch_page(self._secondary.ask(request).body, part))
        return msgspec.structs.replace(
            page,
            ids=_joined(part.ids for part in parts),
            updated=_joined(part.updated for part in parts),
            records=_joined(part.records for part in parts),
            may_need_escape=any(part.may_need_escape for part in parts),
        )

    def _associations_of(self, ids: Sequence[str]) -> Iterator[dict[str, list[msgspec.Raw]]]:
        found: dict[str, dict[str, Associated]] = {}
        for to_type in self._options.associations:
            found[_plural(to_type)] = {}
            for start in range(0, len(ids), _BATCH):
                request = endpoints.associations_batch(self._type.in_paths, to_type, ids[start : start + _BATCH])
                found[_plural(to_type)] |= read_associations(self._secondary.ask(request).body)
        for record_id in ids:
            yield {
                name: self._all_rows(record_id, name, rows[record_id])
                for name, rows in found.items()
                if record_id in rows
            }


def _read(body: bytes) -> Associated:
    try:
        return msgspec.json.decode(body, type=Associated)
    except ValueError as error:
        raise MismatchError(f"HubSpot's associations cannot be read: {error}.") from None


def _filters(modified: str, window: Window) -> tuple[list[dict[str, str]], str]:
    if window.after_id is None:
        return [{"propertyName": modified, "operator": "GTE", "value": str(window.at_ms)}], modified
    return [
        {"propertyName": modified, "operator": "EQ", "value": str(window.at_ms)},
        {"propertyName": "hs_object_id", "operator": "GT", "value": window.after_id},
    ], "hs_object_id"


def _room(options: Options) -> int:
    """Characters a URL has left for names of properties."""
    room = _LONGEST_URL - _ROOM_FOR_THE_REST - len(",".join((*options.history, *options.associations)))
    if room < _SHORTEST_ROOM:
        raise BadRequestError(
            "propertiesWithHistory: too many names for HubSpot's longest URL.", parameter="propertiesWithHistory"
        )
    return room


def _plural(to_type: str) -> str:
    """The name under which HubSpot lists associations."""
    known = find_type(to_type, STANDARD_TYPES)
    return known.name if known else to_type


def _joined(parts: Iterable[list[T]]) -> list[T]:
    return [one for part in parts for one in part]
