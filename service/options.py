"""The options of a pull: the query parameters of a pipe's `url`, and Sesam's `since` and `limit`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.errors import BadRequestError
from service.timestamps import since_to_ms

__all__ = ["EVERY_PROPERTY", "PARAMETERS", "PullOptions", "parse_options"]

EVERY_PROPERTY = ("*",)

PARAMETERS = {
    "since": "Only records that changed at or after this time: an ISO time, `~t...`, or milliseconds since 1970.",
    "limit": "At most this many entities changed after `since`, in order of change. Sesam sends it with `page_size`.",
    "subset": "Part of Sesam's protocol. Not supported, and ignored, which the protocol allows.",
    "properties": "Property names, separated by commas, or `*` for every property that the portal defines.",
    "propertiesWithHistory": "Names of properties to send with their previous values.",
    "associations": "Object types whose associated record ids are sent with each record.",
    "archived": "`true`: archived records instead of current ones.",
}
"""Every parameter and its description."""


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What one pull asks for.

    Attributes:
        since_ms: The time to start from, None for a full pull.
        limit: The maximum number of entities, None for all.
        history: Names of properties whose previous values are sent.

    Units: `since_ms` is in milliseconds since 1970.
    """

    since_ms: int | None = None
    limit: int | None = None
    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()
    archived: bool = False


def parse_options(query: Mapping[str, Sequence[str]], *, known: Sequence[str] = tuple(PARAMETERS)) -> PullOptions:
    """Parse the query parameters of a route.

    Raises:
        BadRequestError: A parameter is unknown, is given twice or has an invalid value.
    """
    unknown = [name for name in query if name not in known]
    if unknown:
        raise BadRequestError(
            f"Unknown parameter {unknown[0][:60]!r}. Known parameters: {', '.join(known)}.", parameter=unknown[0][:60]
        )
    return PullOptions(
        since_ms=_since(_single(query, "since")),
        limit=_limit(_single(query, "limit")),
        properties=_names(query, "properties", wildcard=True),
        history=_names(query, "propertiesWithHistory"),
        associations=_names(query, "associations"),
        archived=_boolean(_single(query, "archived")),
    )


def _single(query: Mapping[str, Sequence[str]], name: str) -> tuple[str, str]:
    values = query.get(name, ())
    if len(values) > 1:
        raise BadRequestError(f"{name}: expected one value, got {len(values)}.", parameter=name)
    return name, values[0] if values else ""


def _since(parameter: tuple[str, str]) -> int | None:
    name, text = parameter
    if not text:
        return None  # a pipe that has never run has no offset
    try:
        return since_to_ms(text)
    except ValueError as error:
        raise BadRequestError(f"{name}: {error}", parameter=name) from None


def _limit(parameter: tuple[str, str]) -> int | None:
    name, text = parameter
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:18]) >= 1 and len(text) <= 18):
        raise BadRequestError(f"{name}: expected a whole number of at least 1, got {text[:40]!r}.", parameter=name)
    return int(text)


def _names(query: Mapping[str, Sequence[str]], parameter: str, *, wildcard: bool = False) -> tuple[str, ...]:
    """Parse names that are separated by commas, given as repeated parameters, or both."""
    names = tuple(dict.fromkeys(name.strip() for value in query.get(parameter, ()) for name in value.split(",")))
    if names in ((), ("",)):
        return ()
    if wildcard and names == EVERY_PROPERTY:
        return EVERY_PROPERTY
    for name in names:
        if not name or not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
            raise BadRequestError(
                f"{parameter}: expected names separated by commas, got {name[:60]!r}.", parameter=parameter
            )
    return names


def _boolean(parameter: tuple[str, str]) -> bool:
    name, text = parameter
    if text.lower() not in ("", "true", "false"):
        raise BadRequestError(f"{name}: expected true or false, got {text[:40]!r}.", parameter=name)
    return text.lower() == "true"
