"""Values in paths and queries, and HubSpot's errors for bad ones."""

from fake_hubspot.context import Request, RequestContext
from fake_hubspot.http_errors import HubSpotError, NotBuiltError, not_found_page
from fake_hubspot.portal.decimal_id import LARGEST_ID, parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType, is_unbuilt

__all__ = [
    "asked_associations",
    "existing_record",
    "infer_type",
    "object_type",
    "parse_after",
    "parse_bool",
    "parse_limit",
    "record_id",
    "resource_not_found",
]

INT32_MAX = 2**31 - 1


def infer_type(portal: Portal, spelled: str) -> ObjectType:
    """Return the object type that HubSpot finds under a name.

    Raises:
        NotBuiltError: HubSpot has such a type and this fake has not.
        HubSpotError: 400 for an unknown one.

    Source: recording (HubSpot's answer to `butterflies`).
    """
    found = portal.types.find(spelled)
    if found is None and is_unbuilt(spelled):
        raise NotBuiltError(f"the object type {spelled[:50]!r}")
    if found is None:
        raise HubSpotError(400, f"Unable to infer object type from: {spelled}")
    return found


def object_type(context: RequestContext, name: str = "objectType") -> ObjectType:
    """Return the object type in a path segment.

    Raises:
        HubSpotError: 400 for an unknown one.
    """
    return infer_type(context.portal, context.params[name])


def asked_associations(context: RequestContext) -> list[ObjectType]:
    """Return the object types whose links the request asks for.

    Raises:
        HubSpotError: 400 for an unknown one.
    """
    return [infer_type(context.portal, name) for name in context.request.all("associations")]


def _unparsable(name: str) -> HubSpotError:
    """Return the response to a query parameter that cannot be parsed.

    Source: recording for `startTimestamp`; that `limit` and `after` are answered alike is assumed.
    """
    return HubSpotError(400, f"Unable to parse value for query parameter: {name}")


def parse_integer(request: Request, name: str, *, largest: int) -> int | None:
    """Return a whole number in the query, or None if it is missing or blank.

    Raises:
        HubSpotError: 400 for other text, and beyond `largest`.
    """
    text = request.first(name)
    if not text:
        return None
    number = parse_id(text[1:] if text[0] in "+-" else text, largest=largest)
    if number is None:
        raise _unparsable(name)
    return -number if text[0] == "-" else number


def parse_limit(context: RequestContext, *, default: int, maximum: int) -> int:
    """Return how many rows a page may have.

    Raises:
        HubSpotError: 400 outside 1 to `maximum`, unless the portal's assumptions reduce the number.

    Source: the maximum: docs; that more is an error, and its text: assumed.
    """
    limit = parse_integer(context.request, "limit", largest=INT32_MAX)
    if limit is None:
        return default
    if limit > maximum and context.portal.assumptions["limit-over-maximum"] == "clamp":
        return maximum
    if not 1 <= limit <= maximum:
        text = f"limit must be between 1 and {maximum}, not {limit} (this text is the fake's own, HubSpot's is unknown)"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    return limit


def parse_after(context: RequestContext) -> int:
    """Return the lowest id of a list's page.

    Source: recording (numeric, inclusive); other text: assumed.
    """
    try:
        return max(parse_integer(context.request, "after", largest=LARGEST_ID) or 0, 0)
    except HubSpotError:
        if context.portal.assumptions["after-not-numeric"] == "ignore":
            return 0
        raise


def parse_bool(request: Request, name: str, *, default: bool = False) -> bool:
    """Return whether a flag is `true`, or the default if it is missing or empty; any other text is false.

    Source: assumed (JAX-RS parses it like this).
    """
    return (request.first(name) or str(default)).lower() == "true"


def record_id(text: str) -> int:
    """Return a record's id.

    Raises:
        HubSpotError: 404 for zero and for text that is not a number.

    Source: recording (hubspot-api-nodejs #669 for letters, with its two spaces; the tail for zero is inferred).
    """
    number = parse_id(text)
    if number is None:
        message = "Object not found.  objectId are usually numeric."
        raise HubSpotError(404, message, context={"id": [text]}, category="OBJECT_NOT_FOUND")
    if number == 0:
        message = "Object not found. objectId is usually positive."
        raise HubSpotError(404, message, context={"id": [text]}, category="OBJECT_NOT_FOUND")
    return number


def resource_not_found() -> HubSpotError:
    """Return the response to a write to a missing record.

    Source: recording (no category).
    """
    return HubSpotError(404, "resource not found")


def existing_record(context: RequestContext, kind: ObjectType, *, archived: bool = False) -> Record | None:
    """Return the record that the path names by its id or by `idProperty`."""
    wanted = context.params["objectId"]
    by = context.request.first("idProperty")
    if by:
        return context.portal.records.find_by(kind, by, wanted, archived=archived)
    return context.portal.records.find(kind, record_id(wanted), archived=archived)


def missing_page(context: RequestContext) -> HubSpotError:
    """Return the response to a read of a missing record.

    Source: recording (tickets, tasks); whether asking for JSON changes it is unknown.
    """
    if context.portal.assumptions["missing-as-json"] == "json":
        return resource_not_found()
    return not_found_page()
