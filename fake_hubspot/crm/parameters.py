"""Values out of a path or a query, and HubSpot's complaints about bad ones."""

from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Call, Exchange
from fake_hubspot.portal.types import ObjectType

__all__ = ["object_type", "parse_after", "parse_bool", "parse_limit"]

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1


def object_type(exchange: Exchange, name: str = "objectType") -> ObjectType:
    """The object type that a path segment names: plural, singular or id.

    Raises: HubSpotError 400 for an unknown one.
    Source: recording (HubSpot's answer to `butterflies`).
    """
    spelled = exchange.params[name]
    found = exchange.portal.types.get(spelled)
    if found is None:
        raise HubSpotError(400, f"Unable to infer object type from: {spelled}")
    return found


def _unparsable(name: str) -> HubSpotError:
    """Source: recording for `startTimestamp`; that `limit` and `after` answer alike is assumed."""
    return HubSpotError(400, f"Unable to parse value for query parameter: {name}")


def parse_integer(call: Call, name: str, *, largest: int) -> int | None:
    """A whole number out of the query, None when it is missing or blank."""
    text = call.first(name)
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        raise _unparsable(name) from None
    if not -largest <= number <= largest or not text.lstrip("+-").isascii():
        raise _unparsable(name)
    return number


def parse_limit(call: Call, *, default: int, most: int) -> int:
    """How many rows a page may have.

    Raises: HubSpotError 400 outside 1 to `most`.
    Source: the maximum: docs; that more is an error, and its text: assumed.
    """
    limit = parse_integer(call, "limit", largest=INT32_MAX)
    if limit is None:
        return default
    if not 1 <= limit <= most:
        text = f"limit must be between 1 and {most}, not {limit} (this text is the fake's own, HubSpot's is unknown)"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    return limit


def parse_after(call: Call) -> int:
    """The id bound of a list.

    Source: recording (numeric, inclusive); what is no number: assumed.
    """
    return max(parse_integer(call, "after", largest=INT64_MAX) or 0, 0)


def parse_bool(call: Call, name: str) -> bool:
    """Whether a flag is set; anything but `true` is false. Source: assumed (JAX-RS reads it so)."""
    return (call.first(name) or "").lower() == "true"
