"""Records as Sesam entities.

`_id` and `_updated` are spliced in front of a record's bytes, so that what HubSpot sent arrives unchanged to the last
character.
"""

from service.pages import Page
from service.transit_escape import escape_transit

__all__ = ["to_entities"]


def to_entities(page: Page, *, escape: bool = True) -> list[bytes]:
    """Put `_id` and `_updated`, and `_deleted` for deleted records, in front of what HubSpot sent.

    Args:
        page: The records.
        escape: Whether to escape strings that Sesam would read as a typed value.

    Shape: `{"_id":"51","_updated":"~t2022-07-08T03:16:44.972Z","id":"51","properties":{...},...}`.
    """
    middle = b'","_deleted":true,' if page.is_deleted else b'",'
    rests = [memoryview(record)[1:] for record in page.records]
    if escape and page.may_need_escape:
        rests = [memoryview(escape_transit(bytes(rest))) for rest in rests]
    return [
        b"".join((b'{"_id":"', record_id.encode(), b'","_updated":"', token.encode(), middle, rest))
        for record_id, token, rest in zip(page.ids, page.updated, rests, strict=True)
    ]
