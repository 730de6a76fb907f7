"""A correct connector that reads four ranges of a large account by cursors of its own. Parts of it can be broken.

The ranges are read one after the other: how many connections read them makes no difference to what can be lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve

RANGES = 4
MIN_IDS = 40
NEWEST_FIRST = [{"propertyName": "hs_object_id", "direction": "DESCENDING"}]


@dataclass
class Range:
    """A range of ids that was read.

    Attributes:
        head: The ids of its first page, also those of the next range.
        tail: The ids of its last page that belong to the next range.
        is_list_over: Whether the list ended here.
        has_failed: Whether a connector that goes on nevertheless could not read it.
    """

    head: list[int] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    is_list_over: bool = False
    has_failed: bool = False


class RangesConnector(Connector):
    """Divides the list behind its first page. Two neighbours have to see the same records where they meet."""

    def all_pages(self) -> Iterator[list[Json]]:
        """Yield every record, range by range."""
        page = self.page_at(None)
        records = self.records_of(page)
        last_id = self.check_order(records, -1)
        yield records
        following = self.next_of(page, records)
        if following is None:
            return
        starts = [int(following)]
        if int(following) == last_id + 1:
            starts += self.bounds(last_id + 1)
        before: Range | None = None
        for start, end in zip(starts, [*starts[1:], self.end], strict=True):
            here = Range()
            yield from self.read_range(start, end, here)
            self.check_overlap(before, here)
            before = here

    # Where the last range ends: nowhere, because a search lags.
    end: int | None = None

    def page_at(self, after: str | None) -> Json:
        """Request a page."""
        query = {"limit": self.limit, **({"after": after} if after else {})}
        return self.certain("GET", "/crm/v3/objects/contacts?" + urlencode(query))

    def bounds(self, first: int) -> list[int]:
        """Return where further ranges begin; none in a small account, or if the search fails."""
        try:
            found = self.call("POST", "/crm/v3/objects/contacts/search", {"sorts": NEWEST_FIRST, "limit": 1})
            self.note_search(found)
            highest = int(found["results"][0]["id"])
        except (UpstreamError, LookupError, TypeError, ValueError):
            return []
        if highest - first < MIN_IDS:
            return []
        return [first + (highest - first) * part // RANGES for part in range(1, RANGES)]

    def note_search(self, found: Json) -> None:
        """Take no more from the search than the highest id."""

    def read_range(self, start: int, end: int | None, here: Range) -> Iterator[list[Json]]:
        """Yield the records of a range, and note what lies behind its end."""
        after, last_id, is_first = str(start), start - 1, True
        while True:
            page = self.page_at(after)
            records = self.records_of(page)
            last_id = self.check_order(records, last_id)
            ids = [int(record["id"]) for record in records]
            if is_first:
                here.head, is_first = ids, not ids
            yield [record for record, number in zip(records, ids, strict=True) if end is None or number < end]
            following = self.next_of(page, records)
            here.tail = [number for number in ids if end is not None and number >= end]
            here.is_list_over = following is None
            if following is None or here.tail:
                return
            self.check_cursor(following, after)
            after = following

    def check_overlap(self, left: Range | None, right: Range) -> None:
        """Reject a range that begins with other records than the one before it saw there."""
        if left is None:
            return
        common = min(len(left.tail), len(right.head))
        if (
            left.tail[:common] != right.head[:common]
            or len(left.tail) > common
            or (left.is_list_over and right.head[common:])
        ):
            raise UpstreamError("two ranges that do not meet")


if __name__ == "__main__":
    serve(RangesConnector)
