"""An index of the records of a type, made for the properties that searches filter and sort by.

`SearchIndex` keeps `Segment`s, which never change except that records in them die, and a few recently written records
beside them. A `Segment` has a `Column` for each property that was asked for.
"""

from fake_hubspot.portal.search_index.index import Found, SearchIndex

__all__ = ["Found", "SearchIndex"]
