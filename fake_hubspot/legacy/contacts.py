"""The contacts API of version 1: one contact by id, address or cookie, several at once, search, merge.

Source: recording (hubspot-api-ruby 2015 to 2026); that these endpoints stay after the sunset of contact lists v1: docs.
"""

from typing import Any

import msgspec

from fake_hubspot.context import Body, Request, RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.legacy.bodies import NamedValue, PropertiesBody, as_properties
from fake_hubspot.legacy.errors import LegacyError, Taken, legacy_errors, nested_error
from fake_hubspot.legacy.pages import Dialect, rows_at
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.legacy.values import SOURCE_ID, known_names, old_text, past_values
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.errors import DuplicateValueError
from fake_hubspot.portal.history import PastValue
from fake_hubspot.portal.identity import uuid_of
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Candidates, Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS", "contact_type", "list_memberships", "to_wire"]

READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"
# What a contact in a list shows besides the properties that were asked for. Source: recording (2015 to 2022).
DEFAULTS = ("firstname", "lastname", "company", "lastmodifieddate")
SEARCH = Dialect(rows="count", default=20, maximum=100, more="has-more")
BATCH_MAX = 100
SHOWN = ("property", "propertyMode", "formSubmissionMode", "showListMemberships")
BATCH = "/contacts/v1/contact"


class Merge(msgspec.Struct, frozen=True, rename="camel"):
    """The contact that is merged into the one in the path."""

    vid_to_merge: int


class BatchRow(msgspec.Struct, frozen=True):
    """One contact to write in a batch, by its id or address."""

    properties: list[NamedValue] = []
    vid: int | None = None
    email: str | None = None


def contact_type(portal: Portal) -> ObjectType:
    """Return the type of contacts."""
    return portal.types["contacts"]


def _merged_ids(record: Record) -> list[int]:
    ids = map(parse_id, record.properties.get("hs_merged_object_ids", "").split(";"))
    return [one for one in ids if one is not None]


def to_wire(portal: Portal, record: Record, properties: dict[str, Any]) -> dict[str, Any]:
    """Render one contact with properties that are rendered already.

    Source: recording (2022-08 and 2026-04).
    """
    return {
        "vid": record.id,
        "canonical-vid": record.id,
        "merged-vids": _merged_ids(record),
        "portal-id": portal.id,
        "is-contact": True,
        "profile-token": f"AO_T-{record.id}",
        "profile-url": f"https://{portal.ui_domain}/contacts/{portal.id}/contact/{record.id}",
        "properties": properties,
        "form-submissions": [],
        "identity-profiles": [_identity(record)],
        "merge-audits": [],
    }


def _identity(record: Record) -> dict[str, Any]:
    return {
        "vid": record.id,
        "saved-at-timestamp": record.created_ms,
        "deleted-changed-timestamp": 0,
        "identities": _identities(record, primary="is-primary"),
    }


def _identities(record: Record, *, primary: str) -> list[dict[str, Any]]:
    email = record.properties.get("email")
    found: list[dict[str, Any]] = []
    if email:
        found.append({"type": "EMAIL", "value": email, "timestamp": record.created_ms, primary: True})
    found.append({"type": "LEAD_GUID", "value": user_token(record.id), "timestamp": record.created_ms})
    return found


def user_token(record_id: int) -> str:
    """Return the cookie (`hubspotutk`) under which a contact is known. Source: the value is assumed."""
    return uuid_of(f"{record_id:032x}", variant="8")


def list_memberships(portal: Portal, record: Record) -> list[dict[str, Any]]:
    """Render the lists of a contact.

    Source: docs.
    """
    return [
        {
            "static-list-id": known.list_id,
            "internal-list-id": known.list_id,
            "timestamp": at_ms,
            "vid": record.id,
            "is-member": True,
        }
        for known, at_ms in portal.lists.of_record("0-1", record.id)
    ]


def _full(portal: Portal, record: Record, request: Request) -> dict[str, Any]:
    """Render one contact as a profile: with every property that has a value, or those asked for, and its lists.

    Source: recording (2022-08: past values and no `profile-url` besides what is here); docs for the parameters.
    """
    kind = contact_type(portal)
    names = known_names(portal, kind, record, request.all("property") or None)
    mode = request.first("propertyMode") or "value_and_history"
    wire = to_wire(portal, record, properties_of(portal, record, names, mode))
    if (request.first("showListMemberships") or "true").lower() != "false":
        wire["list-memberships"] = list_memberships(portal, record)
    return wire


def properties_of(portal: Portal, record: Record, names: list[str], mode: str) -> dict[str, Any]:
    """Render properties: with their past values if the mode is `value_and_history`."""
    kind = contact_type(portal)
    if mode == "value_and_history":
        return {name: _with_history(portal, kind, record, name) for name in names}
    return {name: {"value": old_text(portal, kind, name, record.properties[name])} for name in names}


def _with_history(portal: Portal, kind: ObjectType, record: Record, name: str) -> dict[str, Any]:
    past = past_values(portal, kind, record, name, whole=True)
    versions = [_version(portal, kind, name, one) for one in past]
    return {"value": versions[0]["value"], "versions": versions}


def _version(portal: Portal, kind: ObjectType, name: str, past: PastValue) -> dict[str, Any]:
    """Render a past value.

    Source: recording (2022-08).
    """
    return {
        "value": old_text(portal, kind, name, past.value),
        "source-type": past.source,
        "source-id": SOURCE_ID if past.source == "INTEGRATION" else None,
        "source-label": None,
        "updated-by-user-id": None,
        "timestamp": past.at_ms,
        "selected": False,
    }


def _missing(text: str) -> HubSpotError:
    """Return the response for a missing contact.

    Source: recording (hubspot-api-ruby, 2022).
    """
    return HubSpotError(
        404,
        "contact does not exist",
        errors=[{"message": f"The contact {text} does not exist."}],
        category="OBJECT_NOT_FOUND",
    )


def _named(context: RequestContext) -> tuple[Record | None, str]:
    """Return the contact that the path names by `vid`, `email` or `utk`, and that text."""
    portal, params = context.portal, context.params
    if "email" in params:
        return portal.records.find_by(contact_type(portal), "email", params["email"]), params["email"]
    if "utk" in params:
        return _by_token(portal, params["utk"]), params["utk"]
    return portal.records.find(contact_type(portal), parse_id(params["vid"])), params["vid"]


def _by_token(portal: Portal, utk: str) -> Record | None:
    """Return the contact of a cookie: its id is in the last digits of the token that the fake made up."""
    digits = utk.replace("-", "")[-12:]
    try:
        record_id = int(digits, 16)
    except ValueError:
        return None
    found = portal.records.find(contact_type(portal), record_id)
    return found if found is not None and user_token(found.id) == utk else None


def _known(context: RequestContext) -> Record:
    record, text = _named(context)
    if record is None:
        raise _missing(text)
    return record


def read_one(context: RequestContext) -> Response:
    """Return one contact with its past values."""
    return Response.of(_full(context.portal, _known(context), context.request))


def _taken(portal: Portal, email: str) -> Taken:
    def refuse(error: DuplicateValueError) -> LegacyError:
        """Return the response to an address that another contact has.

        Source: recording (2022-08).
        """
        known = portal.records.find(contact_type(portal), error.existing_id)
        profile = {} if known is None else _short_identity(known)
        head = {
            "message": "Contact already exists",
            "identityProfile": profile,
            "errors": [{"message": f"A contact with email {email} already exists.", "in": "email"}],
        }
        tail = {"category": "OBJECT_ALREADY_EXISTS", "error": "CONTACT_EXISTS"}
        return LegacyError(409, "Contact already exists", head=head, tail=tail)

    return refuse


def _short_identity(record: Record) -> dict[str, Any]:
    return {
        "vid": record.id,
        "identity": _identities(record, primary="isPrimary"),
        "linkedVid": [],
        "isContact": True,
        "savedAtTimestamp": record.created_ms,
    }


def create(context: RequestContext) -> Response:
    """Create a contact and return it.

    Source: recording (2026-04).
    """
    portal = context.portal
    record = _create(portal, read_body(context, PropertiesBody))
    return Response.of(_full(portal, record, context.request))


def _create(portal: Portal, given: PropertiesBody, email: str | None = None) -> Record:
    values = ({} if email is None else {"email": email}) | as_properties(given.properties)
    kind = contact_type(portal)
    with legacy_errors(_taken(portal, str(values.get("email", "")))), portal.db.transaction():
        portal.write_rules.check(kind, values, is_newest=False)
        return portal.records.create(kind, values)


def _update(portal: Portal, record: Record, given: PropertiesBody) -> Record:
    values, kind = as_properties(given.properties), contact_type(portal)
    if not values:
        return record
    with legacy_errors(_taken(portal, str(values.get("email", "")))):
        portal.write_rules.check(kind, values, before=record.properties, is_newest=False)
        return portal.records.update(kind, record, values)


def update(context: RequestContext) -> Response:
    """Change a contact.

    Source: recording (2022-08: 204).
    """
    record = _known(context)
    _update(context.portal, record, read_body(context, PropertiesBody))
    return Response.empty()


def create_or_update(context: RequestContext) -> Response:
    """Change the contact of an address, or create it.

    Source: docs.
    """
    portal, given = context.portal, read_body(context, PropertiesBody)
    known, email = _named(context)
    record = _create(portal, given, email) if known is None else _update(portal, known, given)
    return Response.of({"vid": record.id, "isNew": known is None})


def write_batch(context: RequestContext) -> Response:
    """Create and change up to a hundred contacts: all or none.

    Source: docs (202, without a body; what one wrong contact does is assumed).
    """
    portal, rows = context.portal, read_body(context, list[BatchRow])
    if len(rows) > BATCH_MAX:
        raise LegacyError(400, f"A batch has at most {BATCH_MAX} contacts, not {len(rows)}")
    with portal.db.transaction():
        for row in rows:
            _write_row(portal, row)
    return Response.empty(202)


def _write_row(portal: Portal, row: BatchRow) -> None:
    given = PropertiesBody(row.properties)
    kind = contact_type(portal)
    if row.vid is not None:
        record = portal.records.find(kind, row.vid)
        if record is None:
            raise _missing(str(row.vid))
        _update(portal, record, given)
        return
    email = row.email or str(as_properties(given.properties).get("email", ""))
    record = portal.records.find_by(kind, "email", email) if email else None
    if record is None:
        _create(portal, given, email or None)
    else:
        _update(portal, record, given)


def delete(context: RequestContext) -> Response:
    """Move a contact to the recycle bin.

    Source: recording (2026-04).
    """
    record = _known(context)
    context.portal.records.archive(contact_type(context.portal), record)
    return Response.of({"vid": record.id, "deleted": True, "reason": "OK"})


def read_many(context: RequestContext) -> Response:
    """Return several contacts by id, address or cookie, as an object with their ids as keys; missing ones are absent.

    Source: docs.
    """
    portal, request = context.portal, context.request
    kind = contact_type(portal)
    records = [portal.records.find(kind, parse_id(one)) for one in request.all("vid")]
    records += [portal.records.find_by(kind, "email", one) for one in request.all("email")]
    records += [_by_token(portal, one) for one in request.all("utk")]
    found = {str(one.id): _full(portal, one, request) for one in records if one is not None}
    return Response.of(found)


def search(context: RequestContext) -> Response:
    """Return the contacts in whose names, address, phone or company a text occurs.

    Source: recording (2022-08) for the shape; in which properties it looks: as the search of the CRM API.
    """
    portal, request = context.portal, context.request
    kind, query = contact_type(portal), request.first("q") or ""
    found = portal.search.find(kind, [], query=query, limit=10_000)
    page, members = rows_at(context, found.records, SEARCH)
    asked = request.all("property") or None
    rows = [
        to_wire(portal, one, properties_of(portal, one, known_names(portal, kind, one, asked), "value_only"))
        for one in page
    ]
    end, more = members["offset"], members["has-more"]
    return Response.of({"query": query, "offset": end, "has-more": more, "total": found.total, "contacts": rows})


def merge(context: RequestContext) -> Response:
    """Merge another contact into the one in the path.

    Source: recording (2022-08).
    """
    portal, kind = context.portal, contact_type(context.portal)
    primary = _known(context)
    wanted = read_body(context, Merge).vid_to_merge
    other = portal.records.find(kind, wanted)
    if other is None:
        raise _missing(str(wanted))
    if other.id == primary.id:
        raise nested_error("Cannot merge a contact with itself")
    portal.records.merge(kind, primary, other)
    return Response(200, Body(b"SUCCESS"), b"text/plain;charset=utf-8")


def statistics(context: RequestContext) -> Response:
    """Return how many contacts there are, and when the last one was created.

    Source: docs.
    """
    portal = context.portal
    newest = portal.store.candidates("0-1", Candidates(), order="created_ms DESC", limit=1)
    last = next((one.created_ms for one in newest), 0)
    return Response.of({"contacts": portal.store.count("0-1"), "last-new-contact-at": last})


def _rows() -> list[Row]:
    """Return the routes of one contact, by each name that it has."""
    rows = []
    for name in ("vid", "email", "utk"):
        path = f"{BATCH}/{name}/{{{name}}}/profile"
        rows.append(Row(f"contacts.read-by-{name}", "GET", path, read_one, SHOWN, scope=READ))
        if name != "utk":
            rows.append(
                Row(
                    f"contacts.update-by-{name}",
                    "POST",
                    path,
                    update,
                    body=PropertiesBody,
                    scope=WRITE,
                    statuses=NO_CONTENT,
                )
            )
        several = f"{BATCH}/{name}s/batch"
        rows.append(Row(f"contacts.read-{name}s", "GET", several, read_many, (name, *SHOWN), scope=READ))
    return rows


ROWS = (
    *_rows(),
    Row("contacts.create", "POST", BATCH, create, body=PropertiesBody, scope=WRITE),
    Row(
        "contacts.create-or-update",
        "POST",
        f"{BATCH}/createOrUpdate/email/{{email}}",
        create_or_update,
        body=PropertiesBody,
        scope=WRITE,
    ),
    Row(
        "contacts.write-batch", "POST", f"{BATCH}/batch", write_batch, body=list[BatchRow], scope=WRITE, statuses=(202,)
    ),
    Row("contacts.delete", "DELETE", f"{BATCH}/vid/{{vid}}", delete, scope=WRITE),
    Row("contacts.merge", "POST", f"{BATCH}/merge-vids/{{vid}}", merge, body=Merge, scope=WRITE, answers=False),
    Row(
        "contacts.search",
        "GET",
        "/contacts/v1/search/query",
        search,
        ("q", "count", "offset", "property"),
        pages=True,
        scope=READ,
    ),
    Row("contacts.statistics", "GET", "/contacts/v1/contacts/statistics", statistics, scope=READ),
)
