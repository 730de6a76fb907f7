"""What a portal defines: properties and object types of its own. Asked for when a pipe names them, then remembered."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches

import msgspec

from service.errors import BadRequestError, MismatchError, UpstreamError
from service.object_types import STANDARD_TYPES, ObjectType, custom_types, find_type
from service.options import EVERY_PROPERTY, Options
from service.upstream import endpoints
from service.upstream.client import Client

__all__ = ["SchemaCache"]

_REMEMBERED_S = 300.0


class _Property(msgspec.Struct):
    name: str


class _Properties(msgspec.Struct):
    results: list[_Property]


class SchemaCache:
    """Names that exist in the account."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._custom: tuple[float, tuple[ObjectType, ...]] | None = None

    def object_type(self, name: str, client: Client) -> ObjectType:
        """The object type of that name, standard or the portal's own.

        Raises:
            BadRequestError: There is none; the message lists those there are.
        """
        found = find_type(name, STANDARD_TYPES)
        if found is not None:
            return found
        try:
            custom, note = self._custom_types(client), ""
        except UpstreamError as error:
            custom, note = (), f" The portal's own types could not be listed: {error.message}"
        found = find_type(name, custom)
        if found is None:
            names = ", ".join(known.name for known in (*STANDARD_TYPES, ObjectType("owners"), *custom))
            raise BadRequestError(f"Unknown object type {name[:60]!r}. Known: {names}.{note}", parameter="object type")
        return found

    def resolve(self, options: Options, object_type: ObjectType, client: Client) -> Options:
        """The options with `*` replaced by names, all of which exist. HubSpot itself leaves out unknown ones silently.

        Raises:
            BadRequestError: The portal defines no such property.
        """
        if not (options.properties or options.history):
            return options
        known = self._property_names(object_type, client)
        if options.properties == EVERY_PROPERTY:
            options = replace(options, properties=known)
        for parameter, names in (("properties", options.properties), ("propertiesWithHistory", options.history)):
            _check_known(parameter, names, known, object_type)
        return options

    def _custom_types(self, client: Client) -> tuple[ObjectType, ...]:
        if self._custom is None or self._clock() > self._custom[0] + _REMEMBERED_S:
            self._custom = (self._clock(), custom_types(client.ask(endpoints.schemas()).body))
        return self._custom[1]

    def _property_names(self, object_type: ObjectType, client: Client) -> tuple[str, ...]:
        asked_at, names = self._names.get(object_type.name, (float("-inf"), ()))
        if self._clock() > asked_at + _REMEMBERED_S:
            names = _names(client.ask(endpoints.properties(object_type.in_paths)).body)
            self._names[object_type.name] = (self._clock(), names)
        return names


def _names(body: bytes) -> tuple[str, ...]:
    """Shape: `{"results": [{"name": "email", ...}]}`."""
    try:
        return tuple(row.name for row in msgspec.json.decode(body, type=_Properties).results)
    except ValueError as error:
        raise MismatchError(f"HubSpot's list of properties cannot be read: {error}.") from None


def _check_known(parameter: str, names: Sequence[str], known: Sequence[str], object_type: ObjectType) -> None:
    unknown = sorted(set(names) - set(known))
    if not unknown:
        return
    close = get_close_matches(unknown[0], known, n=5, cutoff=0.5) or sorted(known)[:10]
    raise BadRequestError(
        f"{parameter}: the portal defines no property {unknown[0][:60]!r} for {object_type.name}. "
        f"Near it: {', '.join(close)}; {len(known)} are defined in all.",
        parameter=parameter,
    )
