"""Faults of paging: cursors, pages, links."""

from fake_hubspot.faults.walk.backward_cursor import BackwardCursor
from fake_hubspot.faults.walk.cursor_after_end import CursorAfterEnd
from fake_hubspot.faults.walk.duplicated_page import DuplicatedPage
from fake_hubspot.faults.walk.empty_page import EmptyPage
from fake_hubspot.faults.walk.endless_cursor import EndlessCursor
from fake_hubspot.faults.walk.foreign_link import ForeignLink
from fake_hubspot.faults.walk.integer_cursor import IntegerCursor
from fake_hubspot.faults.walk.missing_paging import MissingPaging
from fake_hubspot.faults.walk.missing_results import MissingResults
from fake_hubspot.faults.walk.odd_results import OddResults
from fake_hubspot.faults.walk.short_page import ShortPage

__all__ = ["FAULTS"]

FAULTS = (
    BackwardCursor,
    CursorAfterEnd,
    DuplicatedPage,
    EmptyPage,
    EndlessCursor,
    ForeignLink,
    IntegerCursor,
    MissingPaging,
    MissingResults,
    OddResults,
    ShortPage,
)
