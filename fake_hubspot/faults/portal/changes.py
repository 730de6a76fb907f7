"""Records that a client reading a list still reaches or has just passed, and free ids on either side."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.context import RequestContext
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import ids_in
from fake_hubspot.portal.identity import FIRST_ID
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["Count", "Place", "RecordsPlace", "free_id", "object_type_of", "records_at"]

Place = Literal["ahead", "behind"]
RecordsPlace = Annotated[
    Place,
    Meta(description="Which records: those that a client reading the list still reaches, or those it has just passed."),
]
Count = Annotated[int, Meta(ge=1, le=100, description="The number of records.")]


def object_type_of(context: RequestContext) -> ObjectType:
    """Return the object type of the list."""
    return context.portal.types[context.object_type]


def records_at(firing: Firing, page: dict[str, Any], place: Place, count: int) -> list[Record]:
    """Return up to `count` records that the client still reaches (`ahead`) or has just passed (`behind`).

    On the last page, where nothing is ahead, it returns the last records of the page.
    """
    store, type_id = firing.context.portal.store, object_type_of(firing.context).type_id
    passed = _ids(page)
    if place == "ahead":
        rows = store.page(type_id, from_id=max(passed, default=0) + 1, limit=count, archived=False)
        if rows:
            return rows
    found = (store.get(type_id, record_id) for record_id in passed[::-1][:count])
    return [record for record in found if record is not None]


def _ids(page: dict[str, Any]) -> list[int]:
    return [int(holder[name]) for holder, name in ids_in(page)]


def free_id(firing: Firing, page: dict[str, Any], place: Place) -> int:
    """Return an id that no record has: above all others, or below those of the page.

    Source: recording (new ids have twelve digits and no order), assumed (the rest).
    """
    store, type_id = firing.context.portal.store, object_type_of(firing.context).type_id
    if place == "ahead":
        return _highest_id(firing) + 1
    candidate = min(_ids(page), default=FIRST_ID) - 1
    while candidate > 1 and store.get(type_id, candidate) is not None:
        candidate -= 1
    return candidate


def _highest_id(firing: Firing) -> int:
    """Return the highest id of the object type, by binary search: there can be a million records."""
    store, type_id = firing.context.portal.store, object_type_of(firing.context).type_id
    low, high = 0, 2**53
    while low < high:
        middle = (low + high + 1) // 2
        if any(store.page(type_id, from_id=middle, limit=1, archived=gone) for gone in (False, True)):
            low = middle
        else:
            high = middle - 1
    return low
