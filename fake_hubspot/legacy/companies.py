"""The companies API of version 2: companies page by page, the recent ones, one company, its contacts, by domain."""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.legacy.bodies import PropertiesBody
from fake_hubspot.legacy.contacts import contact_type
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.links import connect, disconnect, linked_ids
from fake_hubspot.legacy.pages import Dialect, offset_of, recent_page, records_by_id, rows_per_page
from fake_hubspot.legacy.records import BatchUpdate, create_record, update_batch, update_record
from fake_hubspot.legacy.row import Row
from fake_hubspot.legacy.values import asked_names, known_names, old_text, with_versions
from fake_hubspot.paging import hand_out
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.search import Filter
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

READ, WRITE = "crm.objects.companies.read", "crm.objects.companies.write"
PREFIX = "/companies/v2/companies"
ONE = f"{PREFIX}/{{companyId}}"
# Source: docs (100 by default and at most 250; recent ones: at most 100).
PAGED = Dialect(default=100, maximum=250, more="has-more")
RECENT = Dialect(rows="count", default=20, maximum=100)
CONTACTS = Dialect(rows="count", default=20, maximum=100)
DOMAIN_MAX = 100
# What a contact of a company shows. Source: docs.
CONTACT_PROPERTIES = ("lastmodifieddate", "lastname", "firstname", "email", "company")


class DomainOffset(msgspec.Struct, frozen=True, rename="camel"):
    """Where a page of companies with a domain begins."""

    company_id: int | None = None
    is_primary: bool = True


class DomainOptions(msgspec.Struct, frozen=True):
    """Which properties to return."""

    properties: list[str] = []


class DomainSearch(msgspec.Struct, frozen=True, rename="camel"):
    """Which companies with a domain to return."""

    limit: int = 1
    request_options: DomainOptions = msgspec.field(default_factory=DomainOptions)
    offset: DomainOffset = msgspec.field(default_factory=DomainOffset)


def _kind(context: RequestContext) -> ObjectType:
    return context.portal.types["companies"]


def _wire(portal: Portal, record: Record, properties: dict[str, Any]) -> dict[str, Any]:
    """Render one company.

    Source: recording (2022-08).
    """
    return {
        "portalId": portal.id,
        "companyId": record.id,
        "isDeleted": False,
        "properties": properties,
        "additionalDomains": [],
        "stateChanges": [],
        "mergeAudits": [],
    }


def _full(portal: Portal, record: Record) -> dict[str, Any]:
    kind = portal.types["companies"]
    names = known_names(portal, kind, record, None)
    return _wire(portal, record, with_versions(portal, kind, record, names, histories=names))


def _selected(context: RequestContext, record: Record, asked: list[str], histories: list[str]) -> dict[str, Any]:
    portal, kind = context.portal, _kind(context)
    names = known_names(portal, kind, record, [*asked, *histories])
    return _wire(portal, record, with_versions(portal, kind, record, names, histories=histories))


def list_paged(context: RequestContext) -> Response:
    """Return one page of companies, with the properties that were asked for.

    Source: recording (2022-08); `propertiesWithHistory`: docs.
    """
    request = context.request
    asked = asked_names(request.all("properties")), asked_names(request.all("propertiesWithHistory"))
    records, members = records_by_id(context, _kind(context), PAGED)
    return Response.of(members | {"companies": [_selected(context, record, *asked) for record in records]})


def _recent(context: RequestContext, *, created: bool) -> Response:
    page, members = recent_page(context, [_kind(context)], RECENT, created=created)
    return Response.of({"results": [_full(context.portal, record) for _, record in page], **members})


def list_modified(context: RequestContext) -> Response:
    """Return one page of the companies that changed last. Source: docs for the paging; recording for a row."""
    return _recent(context, created=False)


def list_created(context: RequestContext) -> Response:
    """Return one page of the companies that were created last. Source: docs for the paging; recording for a row."""
    return _recent(context, created=True)


def _find(context: RequestContext) -> Record | None:
    return context.portal.records.find(_kind(context), parse_id(context.params["companyId"]))


def _to_write(context: RequestContext) -> Record:
    """Return the company in the path.

    Raises:
        LegacyError: 404. Source: recording (2022-08).
    """
    record = _find(context)
    if record is not None:
        return record
    text = context.params["companyId"]
    raise LegacyError(
        404,
        f"Couldn't find a company with the ID '{text}' in portal '{context.portal.id}'",
        tail={
            "errors": [{"message": f"This company {text} does not exist."}],
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "COMPANY_NOT_FOUND",
        },
    )


def read_one(context: RequestContext) -> Response:
    """Return one company with its past values. Source: recording (2022-08)."""
    record = _find(context)
    if record is None:
        raise LegacyError(404, "resource not found")
    return Response.of(_full(context.portal, record))


def create(context: RequestContext) -> Response:
    """Create a company. Source: recording (2022-08: 200)."""
    record = create_record(context, _kind(context), read_body(context, PropertiesBody).properties)
    return Response.of(_full(context.portal, record))


def update(context: RequestContext) -> Response:
    """Change a company. Source: recording (2022-08)."""
    record, given = _to_write(context), read_body(context, PropertiesBody)
    changed = update_record(context, _kind(context), record, given.properties)
    return Response.of(_full(context.portal, changed))


def update_many(context: RequestContext) -> Response:
    """Change several companies. Source: docs (202)."""
    return update_batch(context, _kind(context))


def delete(context: RequestContext) -> Response:
    """Move a company to the recycle bin. Source: recording (2022-08)."""
    record = _to_write(context)
    context.portal.records.archive(_kind(context), record)
    return Response.of({"companyId": record.id, "deleted": True})


def _contact_ids(context: RequestContext) -> tuple[list[int], dict[str, Any]]:
    """Return a page of the ids of a company's contacts, and its members about paging.

    Source: recording (2022-08): the offset is the last id.
    """
    portal, offset = context.portal, offset_of(context.request, "vidOffset")
    record = _to_write(context)
    ids = [one for one in linked_ids(portal, _kind(context), record.id, contact_type(portal)) if one > offset]
    page = ids[: rows_per_page(context.request, CONTACTS)]
    last, has_more = page[-1] if page else offset, len(page) < len(ids)
    if has_more:
        hand_out(context, str(last))
    return page, {"vidOffset": last, "hasMore": has_more}


def list_vids(context: RequestContext) -> Response:
    """Return one page of the ids of a company's contacts. Source: recording (2022-08)."""
    ids, members = _contact_ids(context)
    return Response.of({"vids": ids, **members})


def list_contacts(context: RequestContext) -> Response:
    """Return one page of a company's contacts. Source: docs."""
    ids, members = _contact_ids(context)
    portal = context.portal
    records = portal.store.get_many("0-1", ids)
    return Response.of({"contacts": [_contact(portal, record) for record in records], **members})


def _contact(portal: Portal, record: Record) -> dict[str, Any]:
    kind = contact_type(portal)
    names = known_names(portal, kind, record, CONTACT_PROPERTIES)
    email = record.properties.get("email")
    identity = [{"value": email, "type": "EMAIL", "timestamp": record.created_ms, "isPrimary": True}] if email else []
    return {
        "identities": [{"vid": record.id, "identity": identity, "linkedVid": []}],
        "properties": [
            {"name": name, "value": old_text(portal, kind, name, record.properties[name]), "sourceVid": []}
            for name in names
        ],
        "formSubmissions": [],
        "listMembership": [],
        "vid": record.id,
        "portalId": portal.id,
        "isContact": True,
        "vids": [],
        "imports": [],
        "publicToken": "",
        "canonicalVid": record.id,
        "mergeAudit": [],
        "mergedVids": [],
        "campaigns": [],
        "stateChanges": [],
    }


def add_contact(context: RequestContext) -> Response:
    """Link a contact to a company. Source: docs; that the company is returned too."""
    record, portal = _to_write(context), context.portal
    connect(portal, _kind(context), record.id, contact_type(portal), [parse_id(context.params["vid"]) or 0])
    return Response.of(_full(portal, record))


def remove_contact(context: RequestContext) -> Response:
    """Remove the link between a contact and a company. Source: docs (204)."""
    record, portal = _to_write(context), context.portal
    disconnect(portal, _kind(context), record.id, contact_type(portal), [parse_id(context.params["vid"]) or 0])
    return Response.empty()


def _with_domain(context: RequestContext) -> list[Record]:
    filters = [[Filter("domain", "EQ", context.params["domain"])]]
    found = context.portal.search.find(_kind(context), filters, limit=10_000).records
    return sorted(found, key=lambda one: one.id)


def search_domain(context: RequestContext) -> Response:
    """Return one page of the companies with a domain.

    Source: recording (2022-08); that the next page begins after the company in the offset: docs.
    """
    wanted = read_body(context, DomainSearch)
    begin = wanted.offset.company_id or 0
    found = [record for record in _with_domain(context) if record.id > begin]
    page = found[: min(max(wanted.limit, 1), DOMAIN_MAX)]
    rows = [_selected(context, record, wanted.request_options.properties, []) for record in page]
    offset = {"companyId": page[-1].id if page else begin, "isPrimary": True}
    return Response.of({"results": rows, "hasMore": len(page) < len(found), "offset": offset})


def list_domain(context: RequestContext) -> Response:
    """Return every company with a domain. Source: docs (the endpoint before the search)."""
    return Response.of([_full(context.portal, record) for record in _with_domain(context)])


ROWS = (
    Row(
        "companies.paged",
        "GET",
        f"{PREFIX}/paged",
        list_paged,
        ("limit", "offset", "properties", "propertiesWithHistory", "includeMergeAudits"),
        pages=True,
        scope=READ,
    ),
    *(
        Row(f"companies.recent-{name}", "GET", f"{PREFIX}/recent/{name}", handler, query, pages=True, scope=READ)
        for name, handler in (("modified", list_modified), ("created", list_created))
        for query in [("count", "offset", "since")]
    ),
    Row("companies.create", "POST", PREFIX, create, body=PropertiesBody, scope=WRITE),
    Row("companies.read", "GET", ONE, read_one, scope=READ),
    Row("companies.update", "PUT", ONE, update, body=PropertiesBody, scope=WRITE),
    Row("companies.delete", "DELETE", ONE, delete, scope=WRITE),
    Row(
        "companies.update-batch",
        "POST",
        "/companies/v1/batch-async/update",
        update_many,
        body=list[BatchUpdate],
        scope=WRITE,
        statuses=(202,),
    ),
    Row("companies.vids", "GET", f"{ONE}/vids", list_vids, ("count", "vidOffset"), pages=True, scope=READ),
    Row(
        "companies.contacts",
        "GET",
        f"{ONE}/contacts",
        list_contacts,
        ("count", "vidOffset"),
        pages=True,
        scope=READ,
        object_type="contacts",
    ),
    Row("companies.add-contact", "PUT", f"{ONE}/contacts/{{vid}}", add_contact, scope=WRITE),
    Row("companies.remove-contact", "DELETE", f"{ONE}/contacts/{{vid}}", remove_contact, scope=WRITE, statuses=(204,)),
    Row("companies.domain", "GET", f"{PREFIX}/domain/{{domain}}", list_domain, scope=READ),
    Row(
        "companies.search-domain",
        "POST",
        "/companies/v2/domains/{domain}/companies",
        search_domain,
        body=DomainSearch,
        scope=READ,
    ),
)
