"""The contents of a portal as the file that a seed reads back."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.definitions import PropertyDefinition
from fake_hubspot.portal.owners import Owner
from fake_hubspot.portal.pipelines import Pipeline
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType
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

__all__ = ["MAX_EXPORTED", "export_account", "export_csv", "export_ndjson"]

MAX_EXPORTED = 200_000

Part = TypeVar("Part")


def export_account(portal: Portal, only: Iterable[ObjectType] = ()) -> Account:
    """Return a portal's owners, types, properties, pipelines, labels, records and links.

    Lists, rules, tokens and the histories of records are not in it.

    Args:
        portal: Whose contents.
        only: The types whose records and links are exported; all of them if there is none.

    Raises:
        UsageError: There are too many records for one file.
    """
    kinds = list(only) or portal.types.all()
    count = sum(portal.store.count(kind.type_id) for kind in kinds)
    if count > MAX_EXPORTED:
        raise UsageError(
            f"an export has at most {MAX_EXPORTED} records, and there are {count}; keep the account with --db"
        )
    known = {kind.type_id: kind for kind in kinds}
    return Account(
        check=False,
        owners=[_owner(one) for one in portal.owners.stored],
        types=[_type(portal, kind) for kind in portal.custom_types],
        groups=_filled({kind.plural: _groups(portal, kind) for kind in portal.types.all()}),
        properties=_filled({kind.plural: _properties(portal, kind) for kind in portal.types.all()}),
        pipelines=_filled({kind.plural: _pipelines(portal, kind) for kind in portal.types.all()}),
        labels=_labels(portal),
        records=_filled({kind.plural: list(_records(portal, kind)) for kind in kinds}),
        associations=list(_links(portal, known)),
    )


def _filled(parts: Mapping[str, list[Part]]) -> dict[str, list[Part]]:
    return {name: part for name, part in parts.items() if part}


def _owner(one: Owner) -> AccountOwner:
    return AccountOwner(
        id=one.id,
        email=one.email,
        user_id=one.user_id,
        first_name=one.first_name,
        last_name=one.last_name,
        archived=one.archived_ms is not None,
    )


def _type(portal: Portal, kind: ObjectType) -> AccountType:
    singular, plural = kind.labels or (kind.singular, kind.plural)
    searchable = kind.searchable_properties
    return AccountType(
        name=kind.singular,
        labels=TypeLabels(singular=singular, plural=plural),
        object_type_id=kind.type_id,
        primary_display_property=kind.display_property,
        required_properties=list(kind.required_properties),
        searchable_properties=None if searchable is None else list(searchable),
        secondary_display_properties=list(kind.secondary_properties),
        associated_objects=[portal.types[one].plural for one in kind.associated_types],
        description=kind.description,
    )


def _groups(portal: Portal, kind: ObjectType) -> list[AccountGroup]:
    found = portal.definitions.own_groups(kind.type_id)
    return [
        AccountGroup(name=one.name, label=one.label, display_order=one.display_order)
        for one in found
        if not one.archived
    ]


def _properties(portal: Portal, kind: ObjectType) -> list[AccountProperty]:
    return [_property(one) for one in portal.definitions.own(kind.type_id)]


def _property(one: PropertyDefinition) -> AccountProperty:
    options = [AccountOption(**msgspec.structs.asdict(option)) for option in one.options]
    names = {"archived", "options"}
    fields = {name: getattr(one, name) for name in AccountProperty.__struct_fields__ if name not in names}
    return AccountProperty(**fields, options=options, archived=one.archived_ms is not None)


def _pipelines(portal: Portal, kind: ObjectType) -> list[AccountPipeline]:
    """Return the pipelines that the account has made or changed: HubSpot's own ones are of 1970."""
    return [_pipeline(one) for one in portal.pipelines.all_of(kind.type_id) if one.updated_ms or one.archived]


def _pipeline(one: Pipeline) -> AccountPipeline:
    stages = [
        AccountStage(**{name: getattr(stage, name) for name in AccountStage.__struct_fields__}) for stage in one.stages
    ]
    return AccountPipeline(
        id=one.id, label=one.label, display_order=one.display_order, stages=stages, archived=one.archived
    )


def _labels(portal: Portal) -> list[AccountLabel]:
    own = {one.type_id: one for one in portal.associations.own_types()}
    return [_label(portal, one, own[one.inverse_id]) for one in own.values() if one.type_id < one.inverse_id]


def _label(portal: Portal, one: AssociationType, back: AssociationType) -> AccountLabel:
    return AccountLabel(
        source=portal.types[one.from_type].plural,
        target=portal.types[one.to_type].plural,
        name=one.name,
        label=one.label or one.name,
        inverse_label=None if back.label == one.label else back.label,
        type_id=one.type_id,
    )


def _records(portal: Portal, kind: ObjectType) -> Iterator[AccountRecord]:
    for is_archived in (False, True):
        for one in portal.store.page(kind.type_id, from_id=0, limit=-1, archived=is_archived):
            archived_at = None if one.archived_ms is None else format_time(one.archived_ms)
            yield AccountRecord(
                id=one.id, properties=dict(one.properties), archived=is_archived, archived_at=archived_at
            )


def _links(portal: Portal, known: Mapping[str, ObjectType]) -> Iterator[AccountLink]:
    names: dict[tuple[str, str], dict[tuple[str, int], str]] = {}
    for from_type, from_id, to_type, to_id, category, type_id in portal.associations.all_links():
        source, target = known.get(from_type), known.get(to_type)
        if source is None or target is None:
            continue
        pair = from_type, to_type
        if pair not in names:
            kinds = portal.associations.types(source, target)
            names[pair] = {(one.category, one.type_id): one.name for one in kinds}
        name = names[pair].get((category, type_id))
        if name is not None:
            yield AccountLink(source=f"{source.plural}/{from_id}", target=f"{target.plural}/{to_id}", type=name)


def export_ndjson(account: Account) -> Iterator[str]:
    """Yield a line for each record of an account, without its end."""
    for records in account.records.values():
        for one in records:
            row = {"id": str(one.id), "properties": one.properties}
            yield msgspec.json.encode(row | ({"archived": True} if one.archived else {})).decode()


def export_csv(account: Account) -> str:
    """Return the records that are not archived as a CSV file, with a column for each property that has a value."""
    records = [one for each in account.records.values() for one in each if not one.archived]
    names = sorted(
        {name for one in records for name, value in one.properties.items() if value != ""} - {"hs_object_id"}
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", *names])
    for one in records:
        writer.writerow([one.id, *(one.properties.get(name, "") for name in names)])
    return text.getvalue()
