"""Converts pages of every API to one form, that of the current APIs (`{results, paging, total}`), and back.

The older APIs have other names for the rows, for the cursor, and for whether more rows follow, such as
`{contacts, has-more, vid-offset}`; some lists are bare arrays. A fault changes a page in that one form; the result is
written as the API writes its pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

__all__ = ["PageShape", "first_id_of", "ids_in", "records_of", "shape_of"]

ROWS, PAGING, TOTAL = "results", "paging", "total"
MORE = ("hasMore", "has-more")
# The members of a cursor of an older API, in the order of the parameters that ask for its page.
CURSORS = ("time-offset", "vid-offset", "vidOffset", "offset", "after")
IDS = ("id", "vid", "companyId", "dealId", "objectId", "listId", "guid", "conversionId", "eventId", "scheduledId")


class PageShape(msgspec.Struct, frozen=True):
    """How one API writes a page.

    Attributes:
        rows: The member that has the rows; empty if the page is an array of them.
        more: The member that says whether more rows follow; empty if there is `paging`, or no paging at all.
        cursors: The members that are the cursor together.
    """

    rows: str = ROWS
    more: str = ""
    cursors: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether pages have the one form already."""
        return self.rows == ROWS and not self.more

    def read(self, sent: Any) -> dict[str, Any]:
        """Return a page in the one form; `sent` is the page as the API writes it."""
        if self.is_current:
            return dict(sent)
        if not self.rows:
            return {ROWS: sent}
        page = {name: value for name, value in sent.items() if name not in (self.rows, self.more, *self.cursors)}
        page[ROWS] = sent[self.rows]
        if self.more and sent[self.more]:
            page[PAGING] = {"next": {"after": self.cursor_in(sent)}}
        return page

    def cursor_in(self, sent: Any) -> str:
        """Return the cursor of a page as it is asked for, empty if there is none."""
        if self.is_current:
            after = _after_in(sent.get(PAGING))
            return "" if after is None else str(after)
        return " ".join(str(sent[name]) for name in self.cursors)

    def write(self, page: Any, sent: Any) -> Any:
        """Return a page as the API writes it; `sent` is the original one, whose members keep their types."""
        if self.is_current or not isinstance(page, dict):
            return page
        if not self.rows:
            return page.get(ROWS)
        written = {name: value for name, value in page.items() if name not in (ROWS, PAGING)}
        if ROWS in page:
            written[self.rows] = page[ROWS]
        return written | (self._cursor(page, sent) if self.more else {})

    def _cursor(self, page: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        if PAGING not in page:  # which is how the current APIs say that nothing follows
            return {self.more: False, **{name: sent[name] for name in self.cursors}}
        paging = page[PAGING]
        after = _after_in(paging)
        if after is None:
            return self._without_cursor(paging)
        parts = [*str(after).split(" "), *["0"] * len(self.cursors)]
        changes_type = not isinstance(after, str)
        pairs = zip(self.cursors, parts, strict=False)
        return {self.more: True, **{name: _like(sent[name], part, changes_type=changes_type) for name, part in pairs}}

    def _without_cursor(self, paging: Any) -> dict[str, Any]:
        """Return what stands for a `paging` that is null, empty, or has a `next` that is null or lacks `after`."""
        if paging is None:
            return dict.fromkeys((self.more, *self.cursors))
        if not paging:
            return {}
        return {self.more: True, **(dict.fromkeys(self.cursors) if paging.get("next") is None else {})}


def _after_in(paging: Any) -> Any:
    following = paging.get("next") if isinstance(paging, dict) else None
    return following.get("after") if isinstance(following, dict) else None


def _like(original: Any, part: str, *, changes_type: bool) -> int | str:
    """Return a part of a cursor as the type of the original one, or as the other type."""
    is_number = isinstance(original, int) != changes_type
    return int(part) if is_number and part.isdecimal() else part


def shape_of(sent: Any) -> PageShape | None:
    """Return the shape of a page, None if it is not one."""
    if isinstance(sent, list):
        return PageShape(rows="")
    if not isinstance(sent, dict):
        return None
    more = next((name for name in MORE if name in sent), "")
    if not more and isinstance(sent.get(ROWS), list):
        return PageShape()
    lists = [name for name, value in sent.items() if isinstance(value, list)]
    if len(lists) != 1:
        return None
    cursors = tuple(name for name in CURSORS if name in sent) if more else ()
    return PageShape(lists[0], more, cursors)


def _id_holder(record: Mapping[str, Any]) -> tuple[Any, str] | None:
    """Return where the id of a row is; an engagement of the older APIs has it one level deeper."""
    inner = record.get("engagement")
    for holder in (record, inner if isinstance(inner, dict) else {}):
        for name in IDS:
            if name in holder:
                return holder, name
    return None


def records_of(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a page in the one form that are objects."""
    return (row for row in page[ROWS] if isinstance(row, dict))


def ids_in(page: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the id of each row of a page: the object that has it, and the name of its member."""
    return (holder for row in records_of(page) if (holder := _id_holder(row)))


def first_id_of(page: Mapping[str, Any]) -> str:
    """Return the id of the first row, empty if it has none."""
    found = next(ids_in(page), None)
    return str(found[0][found[1]]) if found else ""
