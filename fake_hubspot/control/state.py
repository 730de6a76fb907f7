"""The contents of a portal: seed, reset, snapshots."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import msgspec

from bench_core.control.bodies import read_body
from bench_core.names import no_such
from fake_hubspot.context import Operation, Param, Pending, RequestContext, Response, Route, control_route
from fake_hubspot.errors import NotFoundError, SeedError, UsageError
from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.config import check_contact_count
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, parse_id
from fake_hubspot.portal.owners import Owner
from fake_hubspot.portal.portal import BULK_FROM, Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.scenarios import apply_scenario
from fake_hubspot.seeds import SeedFolders, parse_seed_file, seed_contacts, seed_portal
from fake_hubspot.seeds.cassette import seed_from_cassette
from fake_hubspot.seeds.export import export_account
from fake_hubspot.seeds.load import seed_from_file

if TYPE_CHECKING:
    from fake_hubspot.crm.families.collection import Collection

__all__ = ["named_type", "routes"]


class SeedRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record as it is stored: properties are not checked, unknown ones are defined."""

    id: str | int
    properties: dict[str, str | None] = {}
    archived: bool = False


class SeedOwner(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An owner as it is stored."""

    id: int
    email: str
    user_id: int
    first_name: str = ""
    last_name: str = ""


class Seed(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What to add: generated contacts, given records, given owners, the records of a cassette or of a file.

    A file is spelled FILE or TYPE=FILE, as `--seed-file` takes it. `resources` has what is no record by its family:
    email-campaigns, email-events, email-subscription-definitions, forms, emails, flows.
    """

    contacts: int | None = None
    object_type: str = "contacts"
    records: list[SeedRecord] = []
    cassette: str | None = None
    file: str | None = None
    owners: list[SeedOwner] = []
    resources: dict[str, list[dict[str, Any]]] = {}


class Seeded(TypedDict):
    """How many contacts there are that are not archived."""

    contacts: int


class SnapshotList(TypedDict):
    """The names of the snapshots."""

    snapshots: list[str]


def routes(folders: SeedFolders) -> list[Route]:
    """Return the routes `/_fake/seed`, `/_fake/reset`, `/_fake/export` and `/_fake/snapshots`."""

    def add(context: RequestContext) -> Response:
        return seed(context, folders)

    many, one = "/_fake/snapshots", "/_fake/snapshots/{name}"
    listing, gone = Operation(response=SnapshotList), Operation(statuses=(204,))
    seeding, resetting = Operation(body=Seed, response=Seeded), Operation(response=Seeded)
    return [
        control_route("seed", "POST", "/_fake/seed", add, summary="Add records", operation=seeding),
        control_route(
            "reset",
            "POST",
            "/_fake/reset",
            reset,
            summary="Reset the portal",
            operation=resetting,
        ),
        control_route(
            "export",
            "GET",
            "/_fake/export",
            export,
            summary="Export the contents",
            operation=Operation((Param("type", "string", "Only records of this type, or of several after commas."),)),
        ),
        control_route("snapshots.list", "GET", many, snapshots, summary="List snapshots", operation=listing),
        control_route("snapshots.take", "PUT", one, take, summary="Take a snapshot", operation=listing),
        control_route("snapshots.restore", "POST", f"{one}/restore", restore, operation=listing),
        control_route("snapshots.drop", "DELETE", one, drop, summary="Delete a snapshot", operation=gone),
    ]


def named_type(portal: Portal, name: str) -> ObjectType:
    """Return the object type of that name.

    Raises:
        UsageError: There is none. The message lists the known ones.
    """
    found = portal.types.find_leniently(name)
    if found is None:
        raise UsageError(no_such("object type", name, {kind.plural for kind in portal.types.all()}))
    return found


def _perhaps_long(
    work: Callable[[], Response], *, contacts: int | None = 0, has_files: bool = False, portal: Portal | None = None
) -> Response:
    """Return the response that some work computes; later if it writes or the portal has very many records, or may."""
    is_long = (contacts or 0) >= BULK_FROM or has_files or (portal is not None and portal.is_large)
    return Pending.on(work) if is_long else work()


def _contacts(context: RequestContext) -> Response:
    return Response.of({"contacts": context.portal.store.count("0-1")})


def seed(context: RequestContext, folders: SeedFolders) -> Response:
    """Add to the contents; a record with a known id replaces the old one.

    Shape: `{contacts}` out.
    """
    wanted = read_body(context, Seed)
    return _perhaps_long(
        lambda: _seed(context, wanted, folders), contacts=wanted.contacts, has_files=wanted.file is not None
    )


def _seed(context: RequestContext, wanted: Seed, folders: SeedFolders) -> Response:
    portal = context.portal
    kind = named_type(portal, wanted.object_type)
    records = [_record(portal, kind, one) for one in wanted.records]
    resources = wanted.resources.items()
    _check_families(wanted.resources)
    if wanted.contacts is not None:
        check_contact_count(wanted.contacts)
    if wanted.cassette is not None:
        seed_from_cassette(portal, folders.find(Path(wanted.cassette)))
    if wanted.file is not None:
        _seed_file(portal, wanted.file, folders)
    if wanted.contacts is not None:
        seed_contacts(portal, wanted.contacts)
    if records:
        portal.load(kind, records)
    for owner in wanted.owners:
        now = portal.clock.now_ms()
        portal.owners.put(Owner(**msgspec.structs.asdict(owner), created_ms=now, updated_ms=now))
    for family, things in resources:
        _seed_things(context, family, things)
    return _contacts(context)


def _check_families(families: Iterable[str]) -> None:
    """Check the families of resources to add.

    Raises:
        UsageError: There is no such family. The message lists the known ones.
    """
    for family in families:
        if family not in _known_families():
            raise UsageError(no_such("family", family, set(_known_families())))


@cache
def _known_families() -> "Mapping[str, Collection | None]":
    """Return the families of resources, with the collection that adds what is missing where HubSpot adds something.

    They are imported with the first resources, so that the server starts quickly.
    """
    from fake_hubspot.crm.families.simple import CAMPAIGNS, EMAILS, EVENT_DEFINITIONS, FLOWS, FORMS
    from fake_hubspot.legacy.email import SEEDED_FAMILIES

    completed = {one.name: one for one in (CAMPAIGNS, EMAILS, EVENT_DEFINITIONS, FLOWS, FORMS)}
    return dict.fromkeys(SEEDED_FAMILIES) | completed


def _seed_things(context: RequestContext, family: str, things: Iterable[dict[str, Any]]) -> None:
    collection = _known_families()[family]
    for one in things:
        fields = {name: value for name, value in one.items() if name != "id"}
        given = fields if collection is None else collection.complete(context, fields)
        resource_id = str(one["id"]) if "id" in one else None
        context.portal.resources.add(family, given, resource_id=resource_id)


def _seed_file(portal: Portal, text: str, folders: SeedFolders) -> None:
    name, path = parse_seed_file(text)
    try:
        seed_from_file(portal, folders.find(path), name)
    except SeedError:
        portal.reload()  # what was rolled back may be in memory still
        raise


def export(context: RequestContext) -> Response:
    """Return the contents as an account file, which `--seed-file` reads: all, or those of some types.

    Shape: what `fake-hubspot schema` describes.
    """
    only = [named_type(context.portal, name) for name in context.request.all("type")]
    return Response.of(msgspec.to_builtins(export_account(context.portal, only)))


def _record(portal: Portal, kind: ObjectType, wanted: SeedRecord) -> Record:
    record_id = parse_id(str(wanted.id), largest=LARGEST_EXACT_ID)
    if not record_id:
        raise UsageError(f"a record's id is a positive whole number below 2^53, not {str(wanted.id)[:50]!r}")
    for name in wanted.properties:
        portal.definitions.define(kind.type_id, name)
    values = {name: value for name, value in wanted.properties.items() if value is not None}
    for name in (kind.created_property, kind.modified_property):
        try:
            parse_time(values.get(name, "0"))
        except ValueError as error:
            raise UsageError(f"{name} is a time such as 2026-01-31T12:00:00.000Z, not {values[name]!r}") from error
    record = portal.to_record(kind, record_id, values)
    record.archived_ms = portal.clock.now_ms() if wanted.archived else None
    return record


def reset(context: RequestContext) -> Response:
    """Go back to the portal's start: its first records, the real time, no faults, an empty journal.

    Shape: `{contacts}` out.
    """
    tenant = context.tenant

    def go_back() -> Response:
        tenant.portal.clear()
        seed_portal(tenant.portal)
        apply_scenario(tenant, tenant.portal.config.scenario)
        return _contacts(context)

    config = tenant.portal.config
    return _perhaps_long(go_back, contacts=config.contacts, has_files=bool(config.seed_files), portal=tenant.portal)


def snapshots(context: RequestContext) -> Response:
    """Return the names of the snapshots.

    Shape: `{snapshots: [name]}`.
    """
    names: dict[str, Any] = {"snapshots": context.portal.snapshots.names}
    return Response.of(names)


def take(context: RequestContext) -> Response:
    """Take a snapshot of the portal."""

    def keep() -> Response:
        context.portal.snapshots.take(context.params["name"])
        return snapshots(context)

    return _perhaps_long(keep, portal=context.portal)


def restore(context: RequestContext) -> Response:
    """Restore a snapshot: records, definitions, clock, random source."""

    def go_back() -> Response:
        context.portal.snapshots.restore(context.params["name"])
        return snapshots(context)

    return _perhaps_long(go_back, portal=context.portal)


def drop(context: RequestContext) -> Response:
    """Delete a snapshot. Answers 204."""
    name = context.params["name"]
    if not context.portal.snapshots.drop(name):
        raise NotFoundError(f"there is no snapshot {name!r}")
    return Response.empty()
