"""Loads seed files: tables of records, and whole accounts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from bench_core.names import no_such
from fake_hubspot.errors import SeedError, UsageError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.definitions import Option, PropertyDefinition, PropertyGroup
from fake_hubspot.portal.errors import UnknownAssociationTypeError
from fake_hubspot.portal.owners import Owner
from fake_hubspot.portal.pipelines import Pipeline, Stage
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType, custom_type
from fake_hubspot.seeds.account import (
    Account,
    AccountGroup,
    AccountLabel,
    AccountLink,
    AccountOption,
    AccountOwner,
    AccountPipeline,
    AccountProperty,
    AccountRecord,
    AccountStage,
    AccountType,
    TypeLabels,
)
from fake_hubspot.seeds.files import read_seed_file
from fake_hubspot.seeds.people import ignore_record
from fake_hubspot.seeds.positions import line_and_column, position_of
from fake_hubspot.seeds.tables import Row, RowReader, decode_json, seed_text
from fake_hubspot.seeds.writing import write_row

__all__ = ["load_account", "seed_from_file"]

STEP = re.compile(r"\[(\d+)\]|\.(\$?\w+)")
UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(?P<name>.*)`")

JsonPath = tuple[str | int, ...]
# The kinds of the parts of an account, by their keys.
LISTS: Mapping[str, type[msgspec.Struct]] = {
    "owners": AccountOwner,
    "types": AccountType,
    "labels": AccountLabel,
    "associations": AccountLink,
}
MAPPINGS: Mapping[str, type[msgspec.Struct]] = {
    "groups": AccountGroup,
    "properties": AccountProperty,
    "pipelines": AccountPipeline,
    "records": AccountRecord,
}
NESTED: Mapping[str | int, type[msgspec.Struct]] = {
    "stages": AccountStage,
    "options": AccountOption,
    "labels": TypeLabels,
}


def seed_from_file(
    portal: Portal, path: Path, type_name: str | None = None, on_record: Callable[[], None] = ignore_record
) -> int:
    """Load the records in a CSV, JSON or NDJSON file, or a whole account in a JSON file; everything or nothing.

    Args:
        portal: Where they are added.
        path: The file.
        type_name: The type of its records; without one, the name of the file says it.
        on_record: Called for each record.

    Returns:
        How many records were loaded.

    Raises:
        SeedError: The file cannot be used. The message says the line and the column.
    """
    text = seed_text(path, read_seed_file(path))
    with portal.db.transaction():
        if type_name is None and path.suffix.lower() == ".json" and is_account(text):
            return load_account(portal, path, text, on_record)
        kind = _type_of(portal, path, type_name)
        reader = RowReader(path, kind, portal.definitions)
        count = 0
        for row in reader.read(text):
            write_row(portal, kind, row, reader)
            on_record()
            count += 1
    if not count:
        reader.refuse("", "it has no record", "Add one, or leave the file out")
    return count


def is_account(text: str) -> bool:
    """Return whether a JSON text is an account, not a list of records or a response of HubSpot with one."""
    return text.lstrip().startswith("{") and re.search(r'"results"\s*:\s*\[', text[:2000]) is None


def _type_of(portal: Portal, path: Path, name: str | None) -> ObjectType:
    wanted = path.stem if name is None else name
    found = portal.types.find_leniently(wanted)
    if found is None:
        known = {kind.plural for kind in portal.types.all()}
        remedy = "" if name is not None else f" Say with TYPE={path} which records it has"
        raise SeedError(str(path), problem=no_such("object type", wanted, known).rstrip("."), remedy=remedy.strip())
    return found


def load_account(portal: Portal, path: Path, text: str, on_record: Callable[[], None] = ignore_record) -> int:
    """Load a whole account; returns how many records it has. `on_record` is called for each.

    Raises:
        SeedError: Something in it is wrong. The message says the line and the column.
    """
    return _Loader(portal, path, text, on_record).load()


class _Loader:
    """Loads one account file: the parts on which others depend come first."""

    def __init__(self, portal: Portal, path: Path, text: str, on_record: Callable[[], None]) -> None:
        self._portal = portal
        self._path = path
        self._text = text
        self._on_record = on_record

    def load(self) -> int:
        account = self._decoded()
        for number, owner in enumerate(account.owners):
            self._add_owner(owner, ("owners", number))
        for number, one in enumerate(account.types):
            self._add_type(one, ("types", number))
        for name, groups in account.groups.items():
            kind = self._type(name, ("groups", name))
            for group in groups:
                made = PropertyGroup(
                    name=group.name, label=group.label or group.name, display_order=group.display_order
                )
                self._portal.definitions.put_group(kind.type_id, made)
        for name, properties in account.properties.items():
            self._add_properties(self._type(name, ("properties", name)), properties)
        self._check_types(account.types)
        for name, pipelines in account.pipelines.items():
            self._add_pipelines(self._type(name, ("pipelines", name)), pipelines)
        for number, label in enumerate(account.labels):
            self._add_label(label, ("labels", number))
        return self._add_records(account)

    def _decoded(self) -> Account:
        content = decode_json(self._path, self._text)
        try:
            return msgspec.convert(content, Account)
        except msgspec.ValidationError as error:
            for path, part, kind in _parts(content):
                self._check_part(path, part, kind)
            self._refuse_invalid((), error, Account)

    def _check_part(self, path: JsonPath, part: Any, kind: type[msgspec.Struct]) -> None:
        """Find the part of an account that is wrong: msgspec does not say which key of a mapping it is in."""
        try:
            msgspec.convert(part, kind)
        except msgspec.ValidationError as error:
            self._refuse_invalid(path, error, kind)

    def _refuse_invalid(self, prefix: JsonPath, error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> NoReturn:
        said, _, where = str(error).partition(" - at `$")
        inner = tuple(int(index) if index else key for index, key in STEP.findall(where))
        path: JsonPath = (*prefix, *inner)
        unknown = UNKNOWN_FIELD.fullmatch(said)
        if unknown is None:
            self._refuse(path, said[:1].lower() + said[1:])
        holder = next((NESTED[step] for step in reversed(inner) if step in NESTED), kind)
        known = [field.encode_name for field in msgspec.structs.fields(holder)]
        self._refuse((*path, unknown["name"]), no_such("key", unknown["name"][:100], known).rstrip("."))

    def _refuse(self, path: JsonPath, problem: str, remedy: str = "Correct the file") -> NoReturn:
        line, column = line_and_column(self._text, position_of(self._text, path))
        raise SeedError(str(self._path), problem=f"line {line}, column {column}: {problem}", remedy=remedy)

    def _type(self, name: str, path: JsonPath) -> ObjectType:
        found = self._portal.types.find_leniently(name)
        if found is None:
            known = {kind.plural for kind in self._portal.types.all()}
            self._refuse(path, no_such("object type", name, known).rstrip("."))
        return found

    def _add_owner(self, given: AccountOwner, path: JsonPath) -> None:
        now = self._portal.clock.now_ms()
        known = self._portal.owners.stored.get(str(given.id))
        user_id = given.id + 1 if given.user_id is None else given.user_id
        taken = next((one for one in self._portal.owners.stored if one.user_id == user_id and one.id != given.id), None)
        if taken is not None:
            self._refuse(path, f"owner {taken.id} has the user id {user_id} already")
        self._portal.owners.put(
            Owner(
                id=given.id,
                email=given.email,
                user_id=user_id,
                first_name=given.first_name,
                last_name=given.last_name,
                created_ms=known.created_ms if known else now,
                updated_ms=known.updated_ms if known else now,
                archived_ms=now if given.archived else None,
            )
        )

    def _add_type(self, given: AccountType, path: JsonPath) -> None:
        portal, now = self._portal, self._portal.clock.now_ms()
        kind = custom_type(
            given.object_type_id or portal.new_type_id(),
            given.name,
            (given.labels.singular, given.labels.plural),
            display_property=given.primary_display_property,
            required_properties=tuple(given.required_properties),
            searchable_properties=None if given.searchable_properties is None else tuple(given.searchable_properties),
            secondary_properties=tuple(given.secondary_display_properties),
            description=given.description,
            created_ms=now,
            updated_ms=now,
        )
        if kind.plural == kind.singular:
            self._refuse((*path, "labels"), "the plural label must differ from the name")
        if portal.types.find(kind.type_id) is not None:
            self._refuse((*path, "objectTypeId"), f"there is an object type {kind.type_id} already")
        try:
            portal.add_type(kind)
        except UsageError as error:
            self._refuse((*path, "name"), str(error))

    def _check_types(self, given: Iterable[AccountType]) -> None:
        """Link the types with each other, and check the properties that they name, once all are defined."""
        for number, one in enumerate(given):
            path = ("types", number)
            kind = self._type(one.name, path)
            others = [self._type(name, (*path, "associatedObjects")).type_id for name in one.associated_objects]
            if others:
                self._portal.change_type(msgspec.structs.replace(kind, associated_types=tuple(others)))
            known = self._portal.definitions.names(kind.type_id)
            named = [one.primary_display_property, *one.required_properties, *one.secondary_display_properties]
            for name in [*named, *(one.searchable_properties or ())]:
                if name not in known:
                    problem = f"{one.name} has no property {name!r}"
                    self._refuse(path, problem, f"Define it under `properties`, {one.name!r}")

    def _add_properties(self, kind: ObjectType, properties: Iterable[AccountProperty]) -> None:
        groups = self._portal.definitions.groups(kind.type_id)
        for given in properties:
            fields = {
                name: getattr(given, name) for name in given.__struct_fields__ if name not in ("archived", "options")
            }
            options = tuple(Option(**msgspec.structs.asdict(one)) for one in given.options)
            known = self._portal.definitions.get(kind.type_id, given.name)
            fields["label"] = given.label or (known.label if known else given.name.replace("_", " ").capitalize())
            fields["group_name"] = given.group_name or (groups[0].name if groups else "information")
            archived_ms = self._portal.clock.now_ms() if given.archived else None
            made = (
                msgspec.structs.replace(known, **fields, options=options, archived_ms=archived_ms)
                if known
                else PropertyDefinition(**fields, options=options, archived_ms=archived_ms)
            )
            self._portal.definitions.put(kind.type_id, made)

    def _add_pipelines(self, kind: ObjectType, pipelines: Iterable[AccountPipeline]) -> None:
        now = self._portal.clock.now_ms()
        for given in pipelines:
            stages = tuple(Stage(**msgspec.structs.asdict(one), created_ms=now, updated_ms=now) for one in given.stages)
            fields = msgspec.structs.asdict(given) | {"stages": stages, "created_ms": now, "updated_ms": now}
            self._portal.pipelines.put(kind.type_id, Pipeline(**fields))

    def _add_label(self, given: AccountLabel, path: JsonPath) -> None:
        source, target = self._type(given.source, (*path, "from")), self._type(given.target, (*path, "to"))
        if given.type_id is not None and self._portal.associations.own_type(given.type_id) is not None:
            self._refuse((*path, "typeId"), f"there is a type of link {given.type_id} already")
        self._portal.associations.define(
            source,
            target,
            name=given.name,
            label=given.label,
            inverse_label=given.inverse_label,
            number=given.type_id,
        )

    def _add_records(self, account: Account) -> int:
        count = 0
        for name, records in account.records.items():
            kind = self._type(name, ("records", name))
            if account.check:
                reader = RowReader(self._path, kind, self._portal.definitions)
                for number, record in enumerate(records):
                    write_row(self._portal, kind, self._row(reader, record, ("records", name, number)), reader)
            else:
                self._portal.load(
                    kind, [self._stored(kind, one, ("records", name, at)) for at, one in enumerate(records)]
                )
            count += len(records)
        self._add_links(account)
        return count

    def _row(self, reader: RowReader, record: AccountRecord, path: JsonPath) -> Row:
        self._on_record()
        places = reader.places_in(self._text, path)
        values = reader.values_of(record.properties, places)
        values.pop("hs_object_id", None)
        record_id = None if record.id is None else int(record.id)
        is_archived = record.archived or record.archived_at is not None
        return Row(record_id, values, places(""), places, archived=is_archived)

    def _stored(self, kind: ObjectType, given: AccountRecord, path: JsonPath) -> Record:
        self._on_record()
        if given.id is None:
            self._refuse(path, "without checks (`check`: false) each record has an id")
        values = {name: str(value) for name, value in given.properties.items() if value is not None}
        try:
            record = self._portal.to_record(kind, int(given.id), values)
            if given.archived or given.archived_at is not None:
                at = given.archived_at or format_time(self._portal.clock.now_ms())
                record.archived_ms = parse_time(at)
        except (ValueError, OverflowError) as error:
            self._refuse(path, f"expected times such as 2026-01-31T12:00:00.000Z ({error})")
        return record

    def _add_links(self, account: Account) -> None:
        rows = []
        for number, link in enumerate(account.associations):
            path = ("associations", number)
            source, from_id = self._end(link.source, (*path, "from"))
            target, to_id = self._end(link.target, (*path, "to"))
            kind = self._kind_of_link(source, target, link, path)
            if account.check:
                self._portal.associations.connect(source, from_id, target, to_id, kind=kind)
            else:
                rows.append((kind or self._portal.associations.types(source, target)[0], from_id, to_id))
        self._portal.associations.load(rows)

    def _end(self, text: str, path: JsonPath) -> tuple[ObjectType, int]:
        name, _, record_id = text.rpartition("/")
        kind = self._type(name, path)
        if self._portal.store.get(kind.type_id, int(record_id)) is None:
            self._refuse(path, f"there is no record {text}")
        return kind, int(record_id)

    def _kind_of_link(
        self, source: ObjectType, target: ObjectType, link: AccountLink, path: JsonPath
    ) -> AssociationType | None:
        if link.type is None:
            return None
        try:
            return self._portal.associations.type_by_name(source, target, link.type)
        except UnknownAssociationTypeError:
            known = [one.name for one in self._portal.associations.types(source, target)]
            self._refuse((*path, "type"), no_such("type of link", link.type, known).rstrip("."))


def _parts(content: Any) -> Iterator[tuple[JsonPath, Any, type[msgspec.Struct]]]:
    """Yield the parts of an account that can be checked by themselves, with their kinds."""
    for name, section in content.items() if isinstance(content, dict) else ():
        if name in LISTS and isinstance(section, list):
            yield from (((name, number), part, LISTS[name]) for number, part in enumerate(section))
        elif name in MAPPINGS and isinstance(section, dict):
            for key, parts in section.items():
                for number, part in enumerate(parts if isinstance(parts, list) else ()):
                    yield (name, key, number), part, MAPPINGS[name]
