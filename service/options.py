"""What a pipe asks for: the query parameters of its `url`, and Sesam's `since` and `limit`. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.errors import BadRequestError
from service.timestamps import since_to_ms

__all__ = ["EVERY_PROPERTY", "PARAMETERS", "Options", "parse_options"]

EVERY_PROPERTY = ("*",)

PARAMETERS = {
    "since": "Only what changed at or after this moment: an ISO time, `~t...`, or milliseconds since 1970.",
    "limit": "At most this many entities, in order of change, after `since`. Sesam sends it when `page_size` is set.",
    "subset": "Part of Sesam's protocol; not supported, and ignored as the protocol allows.",
    "properties": "Names of properties, separated by commas, or `*` for every property the portal defines.",
    "propertiesWithHistory": "Names of properties to send with their former values.",
    "associations": "Object types whose associated ids are sent with each record.",
    "archived": "`true`: the archived records instead of the others.",
}
"""Every parameter there is, with a line for people."""


@dataclass(frozen=True, slots=True)
class Options:
    """One pull's wishes.

    Attributes:
        since_ms: Milliseconds since 1970, None for a full pull.
        limit: The most entities wanted, None for all.
    """

    since_ms: int | None = None
    limit: int | None = None
    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()
    archived: bool = False


def parse_options(query: Mapping[str, Sequence[str]], *, known: Sequence[str] = tuple(PARAMETERS)) -> Options:
    """Read the parameters of a route.

    Raises:
        BadRequestError: A parameter is unknown, given twice, or has a value that cannot be meant.
    """
    unknown = [name for name in query if name not in known]
    if unknown:
        raise BadRequestError(
            f"Unknown parameter {unknown[0][:60]!r}. Known here: {', '.join(known)}.", parameter=unknown[0][:60]
        )
    return Options(
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
        raise BadRequestError(f"{name} is given {len(values)} times; expected once.", parameter=name)
    return name, values[0] if values else ""


def _since(parameter: tuple[str, str]) -> int | None:
    name, text = parameter
    if not text:
        return None  # a pipe that never ran has no offset
    try:
        return since_to_ms(text)
    except ValueError as error:
        raise BadRequestError(f"{name}: {error}", parameter=name) from None


def _limit(parameter: tuple[str, str]) -> int | None:
    name, text = parameter
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:18]) >= 1 and len(text) <= 18):
        raise BadRequestError(f"{name}: expected a whole number from 1, got {text[:40]!r}.", parameter=name)
    return int(text)


def _names(query: Mapping[str, Sequence[str]], parameter: str, *, wildcard: bool = False) -> tuple[str, ...]:
    """Both forms HubSpot takes: separated by commas, and repeated."""
    names = tuple(dict.fromkeys(name.strip() for value in query.get(parameter, ()) for name in value.split(",")))
    if names in ((), ("",)):
        return ()
    if wildcard and names == EVERY_PROPERTY:
        return EVERY_PROPERTY
    for name in names:
        if not name or not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
            raise BadRequestError(f"{parameter}: {name[:60]!r} cannot be a name.", parameter=parameter)
    return names


def _boolean(parameter: tuple[str, str]) -> bool:
    name, text = parameter
    if text.lower() not in ("", "true", "false"):
        raise BadRequestError(f"{name}: expected true or false, got {text[:40]!r}.", parameter=name)
    return text.lower() == "true"
