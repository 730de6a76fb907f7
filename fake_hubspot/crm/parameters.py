"""Values out of a path or a query, and HubSpot's complaints about bad ones."""

from fake_hubspot.context import Request, RequestContext
from fake_hubspot.http_errors import HubSpotError, not_found_page
from fake_hubspot.portal.decimal_id import LARGEST_ID, parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

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
    """The object type that a name means: plural, singular or id.

    Raises: HubSpotError 400 for an unknown one.
    Source: recording (HubSpot's answer to `butterflies`).
    """
    found = portal.types.get(spelled)
    if found is None:
        raise HubSpotError(400, f"Unable to infer object type from: {spelled}")
    return found


def object_type(context: RequestContext, name: str = "objectType") -> ObjectType:
    """The object type that a path segment names. Raises: HubSpotError 400 for an unknown one."""
    return infer_type(context.portal, context.params[name])


def asked_associations(context: RequestContext) -> list[ObjectType]:
    """The object types whose links are asked for. Raises: HubSpotError 400 for an unknown one."""
    return [infer_type(context.portal, name) for name in context.request.all("associations")]


def _unparsable(name: str) -> HubSpotError:
    """Source: recording for `startTimestamp`; that `limit` and `after` answer alike is assumed."""
    return HubSpotError(400, f"Unable to parse value for query parameter: {name}")


def parse_integer(request: Request, name: str, *, largest: int) -> int | None:
    """A whole number out of the query, None when it is missing or blank."""
    text = request.first(name)
    if not text:
        return None
    number = parse_id(text[1:] if text[0] in "+-" else text, largest=largest)
    if number is None:
        raise _unparsable(name)
    return -number if text[0] == "-" else number


def parse_limit(context: RequestContext, *, default: int, most: int) -> int:
    """How many rows a page may have.

    Raises: HubSpotError 400 outside 1 to `most`, unless the portal cuts down.
    Source: the maximum: docs; that more is an error, and its text: assumed.
    """
    limit = parse_integer(context.request, "limit", largest=INT32_MAX)
    if limit is None:
        return default
    if limit > most and context.portal.assumptions["limit-over-maximum"] == "clamp":
        return most
    if not 1 <= limit <= most:
        text = f"limit must be between 1 and {most}, not {limit} (this text is the fake's own, HubSpot's is unknown)"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    return limit


def parse_after(context: RequestContext) -> int:
    """The id bound of a list.

    Source: recording (numeric, inclusive); what is no number: assumed.
    """
    try:
        return max(parse_integer(context.request, "after", largest=LARGEST_ID) or 0, 0)
    except HubSpotError:
        if context.portal.assumptions["after-not-numeric"] == "ignore":
            return 0
        raise


def parse_bool(request: Request, name: str) -> bool:
    """Whether a flag is set; anything but `true` is false. Source: assumed (JAX-RS reads it so)."""
    return (request.first(name) or "").lower() == "true"


def record_id(text: str) -> int:
    """A record's id.

    Raises: HubSpotError 404 for zero and for what is no number.
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
    """The answer to a write to a missing record. Source: recording (no category)."""
    return HubSpotError(404, "resource not found")


def existing_record(context: RequestContext, kind: ObjectType, *, archived: bool = False) -> Record | None:
    """The record that the path names by its id or by `idProperty`."""
    wanted = context.params["objectId"]
    by = context.request.first("idProperty")
    if by:
        return context.portal.records.find_by(kind, by, wanted, archived=archived)
    return context.portal.records.find(kind, record_id(wanted), archived=archived)


def missing_page(context: RequestContext) -> HubSpotError:
    """The answer to a read of a missing record.

    Source: recording (tickets, tasks); whether asking for JSON changes it is unknown.
    """
    if context.portal.assumptions["missing-as-json"] == "json":
        return resource_not_found()
    return not_found_page()
