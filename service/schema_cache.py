"""The portal's schema: property names and custom object types, fetched when a pipe needs them and then cached."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated

import msgspec

from service.decoding import Name, decode_body
from service.errors import BadRequestError, MismatchError, UpstreamError
from service.object_types import STANDARD_TYPES, ObjectType, find_type, parse_custom_types
from service.options import EVERY_PROPERTY, PullOptions
from service.upstream import endpoints
from service.upstream.client import Client

__all__ = ["SchemaCache"]

_MAX_AGE_S = 300.0


_MAX_PROPERTIES = 10_000  # HubSpot allows 1,000 custom ones for a type


class _Property(msgspec.Struct):
    name: Name


class _Properties(msgspec.Struct):
    results: Annotated[list[_Property], msgspec.Meta(max_length=_MAX_PROPERTIES)]


class SchemaCache:
    """The names that exist in an account. All pulls share it; an entry is used for five minutes."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._custom: tuple[float, tuple[ObjectType, ...]] | None = None

    def object_type(self, name: str, client: Client) -> ObjectType:
        """Find an object type by name, standard or custom.

        Raises:
            BadRequestError: There is none. The message lists those that exist.
        """
        found = find_type(name, STANDARD_TYPES)
        if found is not None:
            return found
        try:
            custom, note = self._custom_types(client), ""
        except UpstreamError as error:
            custom, note = (), f" The portal's custom object types could not be listed: {error.message}"
        found = find_type(name, custom)
        if found is None:
            raise BadRequestError(_unknown_type(name, custom) + note, parameter="object type")
        return found

    def known_types(self) -> tuple[ObjectType, ...]:
        """Return the standard types, and the custom ones if a name has needed them so far."""
        return (*STANDARD_TYPES, *(self._custom[1] if self._custom else ()))

    def resolve(self, options: PullOptions, object_type: ObjectType, client: Client) -> PullOptions:
        """Replace `*` by property names and each type of associations by its name in paths, and check that all exist.

        HubSpot itself ignores unknown properties silently.

        Raises:
            BadRequestError: A property or a type does not exist.
        """
        options = replace(options, associations=self._path_names(options.associations, client))
        if not (options.properties or options.history):
            return options
        known = self._property_names(object_type, client)
        if options.properties == EVERY_PROPERTY:
            options = replace(options, properties=known)
        for parameter, names in (("properties", options.properties), ("propertiesWithHistory", options.history)):
            _check_known(parameter, names, known, object_type)
        return options

    def _path_names(self, types: Sequence[str], client: Client) -> tuple[str, ...]:
        """Return the names of types in paths, each type once however often and in whichever form it is named."""
        try:
            return tuple(dict.fromkeys(self.object_type(name, client).path_name for name in types))
        except BadRequestError as error:
            raise BadRequestError(f"associations: {error.message}", parameter="associations") from None

    def _custom_types(self, client: Client) -> tuple[ObjectType, ...]:
        if self._custom is None or self._clock() > self._custom[0] + _MAX_AGE_S:
            self._custom = (self._clock(), parse_custom_types(client.request(endpoints.schemas()).body))
        return self._custom[1]

    def _property_names(self, object_type: ObjectType, client: Client) -> tuple[str, ...]:
        fetched_at, names = self._names.get(object_type.name, (float("-inf"), ()))
        if self._clock() > fetched_at + _MAX_AGE_S:
            names = _parse_names(client.request(endpoints.properties(object_type.path_name)).body)
            self._names[object_type.name] = (self._clock(), names)
        return names


def _unknown_type(name: str, custom: Sequence[ObjectType]) -> str:
    known = (*STANDARD_TYPES, ObjectType("owners"), *custom)
    spellings = {spelling: each.name for each in known for spelling in (each.name, *each.other_names)}
    close = dict.fromkeys(spellings[each] for each in get_close_matches(name.lower()[:60], spellings, n=3, cutoff=0.6))
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"Unknown object type {name[:60]!r}.{hint} Known: {', '.join(each.name for each in known)}."


def _parse_names(body: bytes) -> tuple[str, ...]:
    """Parse the names of a list of properties. Every type has some, such as `hs_object_id`.

    Raises:
        MismatchError: The body is not such a list, or the list is empty.

    Shape: `{"results": [{"name": "email", ...}]}`.
    """
    try:
        names = tuple(row.name for row in decode_body(body, _Properties).results)
    except ValueError as error:
        raise MismatchError(f"HubSpot's list of properties is malformed: {error}.") from None
    if not names:
        raise MismatchError("HubSpot's list of properties is empty, but every object type has some.")
    return names


def _check_known(parameter: str, names: Sequence[str], known: Sequence[str], object_type: ObjectType) -> None:
    unknown = sorted(set(names) - set(known))
    if not unknown:
        return
    close = get_close_matches(unknown[0], known, n=5, cutoff=0.5) or sorted(known)[:10]
    raise BadRequestError(
        f"{parameter}: unknown property {unknown[0][:60]!r} of {object_type.name}. "
        f"Did you mean one of these? {', '.join(close)}. ({len(known)} properties exist.)",
        parameter=parameter,
    )
