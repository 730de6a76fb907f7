"""The properties of object types, and what may be written to them.

A property that is not defined is left out of responses; one without a value is null.
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from fake_hubspot.portal.database import Database
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.types import ObjectType

__all__ = ["Definitions", "Option", "PropertyDefinition", "PropertyGroup"]


class Option(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One allowed value of an enumeration."""

    label: str
    value: str
    display_order: int = -1
    hidden: bool = False
    description: str | None = None


class PropertyDefinition(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A property of an object type.

    Attributes:
        type: string, number, date, datetime, enumeration, bool, phone_number, object_coordinates or json.
        shows_archived: Whether responses have `archived` although it is false: those of a portal's own properties do.
        archivable, read_only_definition, read_only_options: What HubSpot lets a user change. The second one is None
            where it follows from `hubspot_defined`; the third one is left out of responses if it is None.

    Units: `_ms` are milliseconds since 1970; None if HubSpot does not give a time.
    """

    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    description: str = ""
    options: tuple[Option, ...] = ()
    display_order: int = -1
    calculated: bool = False
    external_options: bool = False
    has_unique_value: bool = False
    hidden: bool = False
    hubspot_defined: bool = False
    form_field: bool = False
    read_only_value: bool = False
    data_sensitivity: str = "non_sensitive"
    created_ms: int | None = None
    updated_ms: int | None = None
    archived_ms: int | None = None
    created_user_id: str | None = None
    updated_user_id: str | None = None
    referenced_object_type: str | None = None
    show_currency_symbol: bool | None = None
    calculation_formula: str | None = None
    date_display_hint: str | None = None
    shows_archived: bool = False
    archivable: bool = True
    read_only_definition: bool | None = None
    read_only_options: bool | None = None


class PropertyGroup(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A heading under which HubSpot shows properties."""

    name: str
    label: str
    display_order: int = -1
    archived: bool = False


# The properties and the property groups of a type, by name.
Standard = tuple[dict[str, PropertyDefinition], dict[str, PropertyGroup]]


class Definitions:
    """The properties and groups of every type: HubSpot's own from code, the portal's from its database."""

    def __init__(self, db: Database, *, on_change: Callable[[], None]) -> None:
        self._standard: dict[str, dict[str, PropertyDefinition]] = {}
        self._standard_groups: dict[str, dict[str, PropertyGroup]] = {}
        # Makes what the two above do not have yet: an account uses few of its types.
        self._later: dict[str, Callable[[], Standard]] = {}
        self._stages_later: dict[str, list[Callable[[], Mapping[str, PropertyDefinition]]]] = {}
        self._own = KeyValueStore(db, "properties", PropertyDefinition, on_change=on_change)
        self._groups = KeyValueStore(db, "property_groups", PropertyGroup, on_change=on_change)
        self._names: dict[str, frozenset[str]] = {}
        self._unique: dict[str, tuple[str, ...]] = {}

    def add_standard(self, type_id: str, make: Callable[[], Standard]) -> None:
        """Add the properties that HubSpot defines for a type. They are made when they are first needed."""
        self._later[type_id] = make
        self._stages_later.pop(type_id, None)
        self._names.clear()

    def add_of_stages(self, type_id: str, make: Callable[[], Mapping[str, PropertyDefinition]]) -> None:
        """Add the properties that HubSpot defines for stages; those that are known stay as they are."""
        self._stages_later.setdefault(type_id, []).append(make)
        if type_id not in self._later:
            self._make_of_stages(type_id)

    def _make_of_stages(self, type_id: str) -> None:
        for make in self._stages_later.pop(type_id, ()):
            known = self._standard.get(type_id, {})
            if new := {name: one for name, one in make().items() if name not in known}:
                self._standard[type_id] = known | new
                self._names.pop(type_id, None)

    def _of_hubspot(self, type_id: str) -> dict[str, PropertyDefinition]:
        self._make(type_id)
        return self._standard.get(type_id, {})

    def _groups_of_hubspot(self, type_id: str) -> dict[str, PropertyGroup]:
        self._make(type_id)
        return self._standard_groups.get(type_id, {})

    def _make(self, type_id: str) -> None:
        make = self._later.pop(type_id, None)
        if make is not None:
            self._standard[type_id], self._standard_groups[type_id] = make()
            self._make_of_stages(type_id)

    def get(self, type_id: str, name: str) -> PropertyDefinition | None:
        """Return the definition of a property, archived or not."""
        return self._own.get(f"{type_id}/{name}") or self._of_hubspot(type_id).get(name)

    def of(self, type_id: str, *, archived: bool = False) -> Iterator[PropertyDefinition]:
        """Iterate over the properties of a type in the order of their names."""
        found = self._of_hubspot(type_id) | self._own_of(type_id)
        for name in sorted(found):
            if (found[name].archived_ms is not None) == archived:
                yield found[name]

    def names(self, type_id: str) -> frozenset[str]:
        """Return the names of the properties of a type that are not archived."""
        known = self._names.get(type_id)
        if known is None:
            known = self._names[type_id] = frozenset(one.name for one in self.of(type_id))
        return known

    def unique_names(self, object_type: ObjectType) -> tuple[str, ...]:
        """Return the properties in which no two records have the same value.

        HubSpot's own ones that are marked as unique are no ids, except those of the type. Source: assumed.
        """
        known = self._unique.get(object_type.type_id)
        if known is None:
            own = (one.name for one in self.of(object_type.type_id) if one.has_unique_value and not one.hubspot_defined)
            known = self._unique[object_type.type_id] = tuple(dict.fromkeys((*object_type.unique_properties, *own)))
        return known

    def put(self, type_id: str, definition: PropertyDefinition) -> PropertyDefinition:
        """Define or change a property."""
        self._names.pop(type_id, None)
        self._unique.pop(type_id, None)
        return self._own.put(f"{type_id}/{definition.name}", definition)

    def own(self, type_id: str) -> list[PropertyDefinition]:
        """Return the properties of a type that the portal has defined or changed, archived or not."""
        return [one for key, one in self._own.items() if key.startswith(f"{type_id}/")]

    def own_groups(self, type_id: str) -> list[PropertyGroup]:
        """Return the property groups of a type that the portal has defined or changed."""
        return [one for key, one in self._groups.items() if key.startswith(f"{type_id}/")]

    def define(self, type_id: str, name: str) -> None:
        """Define a property as plain text if it is not defined yet: seeds may bring any property."""
        if self.get(type_id, name) is None:
            label = name.replace("_", " ").capitalize()
            group = next(iter(self._groups_of_hubspot(type_id)), "information")
            self.put(
                type_id,
                PropertyDefinition(name=name, label=label, type="string", field_type="text", group_name=group),
            )

    def groups(self, type_id: str) -> list[PropertyGroup]:
        """Return the property groups of a type that are not archived."""
        found = dict(self._groups_of_hubspot(type_id))
        found |= {group.name: group for key, group in self._groups.items() if key.startswith(f"{type_id}/")}
        return [group for group in found.values() if not group.archived]

    def put_group(self, type_id: str, group: PropertyGroup) -> PropertyGroup:
        """Create or change a property group."""
        return self._groups.put(f"{type_id}/{group.name}", group)

    def _own_of(self, type_id: str) -> dict[str, PropertyDefinition]:
        prefix = f"{type_id}/"
        return {key.removeprefix(prefix): one for key, one in self._own.items() if key.startswith(prefix)}
