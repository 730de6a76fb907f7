"""One record: its properties, their history, its links, its JSON, and what can be done with it."""

from typing import Any

import msgspec

from bench_core.pages import PageResponse, Said
from bench_core.pages.words import counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.inner_api import ApiRefusedError
from fake_hubspot.console.property_forms import BEFORE, PROPERTY, changed_values, property_field
from fake_hubspot.console.record_words import (
    is_editable,
    label_of,
    names_of,
    plural_of,
    record_path,
    singular_of,
    title_of,
)
from fake_hubspot.control.state import named_type
from fake_hubspot.crm.render import render, select
from fake_hubspot.errors import NotFoundError, UsageError
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["change", "show"]

TABS = ("properties", "history", "associations", "json")
MOST_LINKS = 200
MOST_PAST = 500


def show(call: PageCall) -> PageResponse:
    """Show a record."""
    kind = call.kind()
    return _page(call, kind, _record(call, kind))


def _record(call: PageCall, kind: ObjectType) -> Record:
    text = call.params["objectId"]
    records, number = call.portal.records, parse_id(text)
    found = records.find(kind, number) or records.find(kind, number, archived=True)
    if found is None:
        raise NotFoundError(
            f"There is no {singular_of(kind)} with the id {text[:40]}; it may have been erased or merged."
        )
    return found


def _page(
    call: PageCall, kind: ObjectType, record: Record, *, status: int = 200, said: Said | None = None, form: Any = None
) -> PageResponse:
    asked = call.request.values.get("tab", "properties")
    tab = asked if asked in TABS and status == 200 else "properties"
    return call.page(
        "record.html.jinja",
        title=title_of(kind, record),
        current="Records",
        status=status,
        said=said,
        kind=kind,
        one=singular_of(kind),
        many=plural_of(kind),
        record=record,
        path=record_path(kind, record.id),
        up=record_path(kind),
        is_archived=record.archived_ms is not None,
        created=call.moment(record.created_ms),
        changed=call.moment(record.updated_ms),
        archived=None if record.archived_ms is None else call.moment(record.archived_ms),
        merged=[each for each in record.properties.get("hs_merged_object_ids", "").split(";") if each],
        tab=tab,
        tabs=TABS,
        **_content(call, kind, record, tab, form or {}),
    )


def _content(call: PageCall, kind: ObjectType, record: Record, tab: str, form: dict[str, str]) -> dict[str, Any]:
    if tab == "history":
        return {"past": _history(call, kind, record)}
    if tab == "associations":
        return {"linked": _links(call, kind, record), "types": sorted(one.wire_name for one in call.portal.types.all())}
    if tab == "json":
        return {"json": _json(call, kind, record)}
    return _properties(call, kind, record, form)


def _properties(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> dict[str, Any]:
    """Return a field for each property that a person may set, and the others with their values."""
    portal = call.portal
    shown = dict.fromkeys([*kind.default_properties, *sorted(record.properties)])
    editable = [
        name for name in shown if is_editable(portal.definitions.get(kind.type_id, name)) and name not in kind.always
    ]
    fields = []
    for name in editable:
        before = record.properties.get(name, "")
        fields.append(
            (property_field(portal, kind, name, form.get(PROPERTY + name, before)), form.get(BEFORE + name, before))
        )
    fixed = [
        (name, label_of(portal, kind, name), value) for name, value in record.properties.items() if name not in editable
    ]
    return {"fields": fields, "fixed": fixed, "known": list(names_of(portal, kind))}


def _history(call: PageCall, kind: ObjectType, record: Record) -> list[dict[str, Any]]:
    """Return the values of all properties, newest first; those of the creation once."""
    portal = call.portal
    past = [
        (value.at_ms, name, value)
        for name in record.properties
        for value in portal.records.history.of(kind.type_id, record, name)
    ]
    past.sort(key=lambda one: (-one[0], one[1]))
    return [
        {"moment": call.moment(at_ms), "name": name, "value": value.value, "source": value.source}
        for at_ms, name, value in past[:MOST_PAST]
    ]


def _links(call: PageCall, kind: ObjectType, record: Record) -> list[dict[str, Any]]:
    """Return the links of a record by the type that they lead to."""
    portal, found = call.portal, []
    linked = {type_id for type_id, _ in portal.associations.neighbours(kind.type_id, record.id)}
    for target in portal.types.all():
        if target.type_id not in linked:
            continue
        names = {(one.category, one.type_id): one.label or one.name for one in portal.associations.types(kind, target)}
        links = portal.associations.of(kind, record.id, target)
        rows = [
            {
                "id": link.to_id,
                "href": call.url(record_path(target, link.to_id)),
                "title": _title(call, target, link.to_id),
                "kind": names.get((link.category, link.type_id), str(link.type_id)),
                "type": target.wire_name,
            }
            for link in links[:MOST_LINKS]
        ]
        if rows:
            found.append({"title": counted(len(links), singular_of(target), plural_of(target)), "rows": rows})
    return found


def _title(call: PageCall, kind: ObjectType, record_id: int) -> str:
    record = call.portal.store.get(kind.type_id, record_id)
    return "" if record is None else title_of(kind, record)


def _json(call: PageCall, kind: ObjectType, record: Record) -> str:
    """Return the record as the API renders it, with every property that has a value and all links."""
    portal = call.portal
    selection = select(
        portal, kind, record.properties, associations=portal.types.all(), origin=call.context.request.origin
    )
    return msgspec.json.format(msgspec.json.encode(render(portal, selection, record)), indent=2).decode()


def change(call: PageCall) -> PageResponse:
    """Do with a record what the form says."""
    form = call.form()
    kind = call.kind()
    record = _record(call, kind)
    action = ACTIONS.get(form.get("do", ""))
    if action is None:
        raise UsageError("The form does not say what to do.")
    try:
        return action(call, kind, record, dict(form))
    except ApiRefusedError as error:
        return _page(call, kind, record, status=400, said=Said(f"Nothing was changed: {error}", "bad"), form=form)


def _update(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    values = changed_values(form)
    if not values:
        return call.done(form, "Nothing was changed: all values are as before.")
    call.api("PATCH", f"/crm/v3/objects/{kind.type_id}/{record.id}", {"properties": values})
    return call.done(form, f"Saved {', '.join(values)}.")


def _archive(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    _change(call, "archive", {"ids": [str(record.id)], "objectType": kind.type_id})
    return call.done(form, f"Archived {title_of(kind, record)}. It can be restored.")


def _restore(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    _change(call, "restore", {"ids": [str(record.id)], "objectType": kind.type_id})
    return call.done(form, f"Restored {title_of(kind, record)}.")


def _erase(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    _change(call, "gdpr-delete", {"ids": [str(record.id)], "objectType": kind.type_id})
    return call.done(form, f"Erased the {singular_of(kind)} {record.id} for good.", to=call.url(record_path(kind)))


def _merge(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    other = form.get("other", "").strip()
    _change(call, "merge", {"primaryId": str(record.id), "otherId": other, "objectType": kind.type_id})
    merged = call.portal.store.follow_merge(kind.type_id, record.id)
    said = f"Merged {other} into {record.id}; the record is {merged} now."
    return call.done(form, said, to=call.url(record_path(kind, merged)))


def _link(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    target = named_type(call.portal, form.get("toType", ""))
    to_id = form.get("toId", "").strip()
    if parse_id(to_id) is None:
        raise ApiRefusedError(f"an id is a whole number, not {to_id[:40]!r}")
    path = f"/crm/v4/objects/{kind.type_id}/{record.id}/associations/default/{target.type_id}/{to_id}"
    call.api("PUT", path)
    return call.done(form, f"Linked with the {singular_of(target)} {to_id}.")


def _unlink(call: PageCall, kind: ObjectType, record: Record, form: dict[str, str]) -> PageResponse:
    target = named_type(call.portal, form.get("toType", ""))
    to_id = form.get("toId", "")
    call.api("DELETE", f"/crm/v4/objects/{kind.type_id}/{record.id}/associations/{target.type_id}/{to_id}")
    return call.done(form, f"Removed the link with the {singular_of(target)} {to_id}.")


def _change(call: PageCall, name: str, body: dict[str, Any]) -> None:
    call.api("POST", f"/_fake/changes/{name}", body)


ACTIONS = {
    "update": _update,
    "archive": _archive,
    "restore": _restore,
    "erase": _erase,
    "merge": _merge,
    "link": _link,
    "unlink": _unlink,
}
