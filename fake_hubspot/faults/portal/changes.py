"""Which records lie ahead of a walk and which behind it, and free ids on either side."""

from typing import Any, Literal

from fake_hubspot.context import RequestContext
from fake_hubspot.faults.fault import Moment
from fake_hubspot.portal.identity import FIRST_ID
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["Place", "free_id", "kind_of", "rows_beside"]

Place = Literal["ahead", "behind"]


def kind_of(context: RequestContext) -> ObjectType:
    """The object type of the list."""
    return context.portal.types[context.params["objectType"]]


def rows_beside(moment: Moment, page: dict[str, Any], place: Place, count: int) -> list[Record]:
    """Up to `count` records that the walk has yet to reach (`ahead`), or has just passed (`behind`).

    Where nothing lies ahead the last records of the page are taken.
    """
    store, type_id = moment.context.portal.store, kind_of(moment.context).type_id
    passed = [int(record["id"]) for record in page["results"]]
    if place == "ahead":
        rows = store.page(type_id, from_id=max(passed, default=0) + 1, limit=count, archived=False)
        if rows:
            return rows
    found = (store.get(type_id, record_id) for record_id in passed[::-1][:count])
    return [record for record in found if record is not None]


def free_id(moment: Moment, page: dict[str, Any], place: Place) -> int:
    """An id that no record has: above every other one, or below those of the page.

    Source: assumed (twelve digits, in no order: recording).
    """
    store, type_id = moment.context.portal.store, kind_of(moment.context).type_id
    if place == "ahead":
        return _highest_id(moment) + 1
    candidate = min((int(record["id"]) for record in page["results"]), default=FIRST_ID) - 1
    while candidate > 1 and store.get(type_id, candidate) is not None:
        candidate -= 1
    return candidate


def _highest_id(moment: Moment) -> int:
    """The highest id of the object type, found by halving: there can be a million records."""
    store, type_id = moment.context.portal.store, kind_of(moment.context).type_id
    low, high = 0, 2**53
    while low < high:
        middle = (low + high + 1) // 2
        if any(store.page(type_id, from_id=middle, limit=1, archived=gone) for gone in (False, True)):
            low = middle
        else:
            high = middle - 1
    return low
