"""HubSpot's endpoints as requests. Pure."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from service.upstream.connection import Request

__all__ = [
    "SEARCH_LIMIT",
    "associations_batch",
    "associations_page",
    "list_page",
    "owners_page",
    "properties",
    "property_chunks",
    "read_batch",
    "schemas",
    "search_page",
]

SEARCH_LIMIT = 200


def list_page(
    object_type: str,
    *,
    limit: int,
    after: str | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
    archived: bool = False,
) -> Request:
    """One page of a list by id. `lists` are the parameters that take names, each sent separated by commas."""
    named = "".join(f"&{name}={quote(','.join(values), safe=',')}" for name, values in (lists or {}).items() if values)
    cursor = "" if after is None else f"&after={quote(after)}"
    return Request(
        f"/crm/v3/objects/{quote(object_type)}?limit={limit}{cursor}{'&archived=true' if archived else ''}{named}"
    )


def owners_page(*, limit: int, after: str | None, archived: bool) -> Request:
    """One page of owners. Their cursor is opaque."""
    cursor = "" if after is None else f"&after={quote(after)}"
    return Request(f"/crm/v3/owners?limit={limit}{cursor}{'&archived=true' if archived else ''}")


def properties(object_type: str) -> Request:
    """Every property the portal defines for a type; not paged."""
    return Request(f"/crm/v3/properties/{quote(object_type)}")


def schemas() -> Request:
    """The portal's own object types; not paged."""
    return Request("/crm/v3/schemas")


def search_page(
    object_type: str,
    *,
    filters: Sequence[Mapping[str, str]],
    sort: str,
    names: Sequence[str],
    limit: int = SEARCH_LIMIT,
) -> Request:
    """The first records, in ascending order of `sort`, for which every filter holds."""
    body: dict[str, object] = {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "limit": limit,
    }
    if names:
        body["properties"] = names
    return Request(f"/crm/v3/objects/{quote(object_type)}/search", "POST", msgspec.json.encode(body), is_search=True)


def read_batch(object_type: str, ids: Sequence[str], *, names: Sequence[str], history: Sequence[str]) -> Request:
    """Up to 100 records by id, 50 with history. Ids that are gone are reported with status 207 and left out."""
    body = {"inputs": [{"id": record_id} for record_id in ids], "properties": names, "propertiesWithHistory": history}
    return Request(f"/crm/v3/objects/{quote(object_type)}/batch/read", "POST", msgspec.json.encode(body))


def associations_batch(object_type: str, to_type: str, ids: Sequence[str]) -> Request:
    """The associations of up to 100 records to one type."""
    body = {"inputs": [{"id": record_id} for record_id in ids]}
    target = f"/crm/v3/associations/{quote(object_type)}/{quote(to_type)}/batch/read"
    return Request(target, "POST", msgspec.json.encode(body))


def associations_page(object_type: str, record_id: str, to_type: str, *, after: str) -> Request:
    """A further page of one record's associations.

    `after` is sent as it came: HubSpot has percent-encoded it already.
    """
    return Request(
        f"/crm/v3/objects/{quote(object_type)}/{record_id}/associations/{quote(to_type)}?limit=500&after={after}"
    )


def property_chunks(names: Sequence[str], *, room: int) -> list[tuple[str, ...]]:
    """Cut a list of names so that each part fits into a URL. At least one part, though it be empty."""
    chunks: list[tuple[str, ...]] = [()]
    length = 0
    for name in names:
        if length + len(quote(name)) + 1 > room and chunks[-1]:
            chunks.append(())
            length = 0
        chunks[-1] += (name,)
        length += len(quote(name)) + 1
    return chunks
