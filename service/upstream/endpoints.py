"""HubSpot's endpoints as requests."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from service.upstream.messages import Request

__all__ = [
    "SEARCH_LIMIT",
    "associations_batch",
    "associations_page",
    "highest_id",
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
    """Request a page of a list in order of id.

    Args:
        object_type: As in HubSpot's paths.
        limit: Records per page.
        after: The cursor, None for the first page.
        lists: Parameters that take several names, each sent separated by commas.
        archived: Whether to list archived records instead of current ones.
    """
    named = "".join(f"&{name}={quote(','.join(values), safe=',')}" for name, values in (lists or {}).items() if values)
    cursor = "" if after is None else f"&after={quote(after)}"
    return Request(
        f"/crm/v3/objects/{quote(object_type)}?limit={limit}{cursor}{'&archived=true' if archived else ''}{named}"
    )


def owners_page(*, limit: int, after: str | None, archived: bool) -> Request:
    """Request a page of owners. Their cursor is opaque."""
    cursor = "" if after is None else f"&after={quote(after)}"
    return Request(f"/crm/v3/owners?limit={limit}{cursor}{'&archived=true' if archived else ''}")


def properties(object_type: str) -> Request:
    """Request every property that the portal defines for a type. The list is not paged."""
    return Request(f"/crm/v3/properties/{quote(object_type)}")


def schemas() -> Request:
    """Request the portal's custom object types. The list is not paged."""
    return Request("/crm/v3/schemas")


def search_page(
    object_type: str,
    *,
    filters: Sequence[Mapping[str, str]],
    sort: str,
    names: Sequence[str],
    limit: int = SEARCH_LIMIT,
) -> Request:
    """Request the first records that match every filter, in ascending order of the property `sort`."""
    body: dict[str, object] = {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "limit": limit,
    }
    if names:
        body["properties"] = names
    return Request(f"/crm/v3/objects/{quote(object_type)}/search", "POST", msgspec.json.encode(body), is_search=True)


def highest_id(object_type: str) -> Request:
    """Request the record with the highest id. `total` of the response is the number of records."""
    body = {
        "filterGroups": [{"filters": [{"propertyName": "hs_object_id", "operator": "GT", "value": "0"}]}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}],
        "limit": 1,
    }
    return Request(f"/crm/v3/objects/{quote(object_type)}/search", "POST", msgspec.json.encode(body), is_search=True)


def read_batch(object_type: str, ids: Sequence[str], *, names: Sequence[str], history: Sequence[str]) -> Request:
    """Request up to 100 records by id, 50 with history. Ids that do not exist are reported with status 207."""
    body = {"inputs": [{"id": record_id} for record_id in ids], "properties": names, "propertiesWithHistory": history}
    return Request(f"/crm/v3/objects/{quote(object_type)}/batch/read", "POST", msgspec.json.encode(body))


def associations_batch(object_type: str, to_type: str, ids: Sequence[str]) -> Request:
    """Request the associations of up to 100 records to one type."""
    body = {"inputs": [{"id": record_id} for record_id in ids]}
    target = f"/crm/v3/associations/{quote(object_type)}/{quote(to_type)}/batch/read"
    return Request(target, "POST", msgspec.json.encode(body))


def associations_page(object_type: str, record_id: str, to_type: str, *, after: str) -> Request:
    """Request another page of one record's associations.

    HubSpot's cursor is already percent-encoded, so its `%` stays. Everything else that could end the parameter is
    encoded.
    """
    return Request(
        f"/crm/v3/objects/{quote(object_type)}/{record_id}/associations/{quote(to_type)}"
        f"?limit=500&after={quote(after, safe='%')}"
    )


def property_chunks(names: Sequence[str], *, max_length: int) -> list[tuple[str, ...]]:
    """Split a list of names so that each part fits into a URL. The result has at least one part.

    Args:
        names: Property names.
        max_length: The number of characters that a URL has for them.
    """
    chunks: list[tuple[str, ...]] = [()]
    length = 0
    for name in names:
        if length + len(quote(name)) + 1 > max_length and chunks[-1]:
            chunks.append(())
            length = 0
        chunks[-1] += (name,)
        length += len(quote(name)) + 1
    return chunks
