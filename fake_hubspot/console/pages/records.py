"""The records of one type: a table that is searched, sorted and paged; and the form that creates one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench_core.pages import PageResponse, Said
from bench_core.pages.words import Moment, counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.inner_api import ApiRefusedError
from fake_hubspot.console.options import UI
from fake_hubspot.console.property_forms import PROPERTY, property_field, typed_values
from fake_hubspot.console.record_words import label_of, names_of, plural_of, record_path, singular_of, title_of
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.search import SearchResult, Sort
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["ask", "create", "show"]

PATH = f"{UI}/records"
PER_PAGE = 50
MOST_COLUMNS = 12
# Sorting by a property reads every record; beyond this number only the times and the id sort, which are indexed.
SORTED_BY_PROPERTY = 10_000
ALWAYS_LISTED = ("0-1", "0-2", "0-3", "0-5")
EMPTY_ROWS = 3


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record in a table."""

    id: int
    href: str
    title: str
    cells: list[str]
    changed: Moment


def show(call: PageCall) -> PageResponse:
    """Show the records of a type that the address chooses."""
    portal, values = call.portal, call.request.values
    kind = call.kind()
    wanted, is_archived = values.get("q", "").strip(), values.get("archived") == "true"
    columns = _columns(portal, kind, values.get("columns", ""))
    total = portal.store.count(kind.type_id)
    sort = _sort(kind, values.get("sort", ""), columns if total <= SORTED_BY_PROPERTY else [])
    after = parse_id(values.get("after", "")) or 0
    keep = {"q": wanted, "columns": values.get("columns", ""), "sort": values.get("sort", "")}
    if is_archived:
        records, bound = portal.list_records(kind, after=after, limit=PER_PAGE, archived=True)
        following = None if bound is None else call.url(record_path(kind), archived="true", after=bound)
        found = SearchResult(len(records), records)
    else:
        found = portal.search.find(kind, [], query=wanted, sort=sort, offset=after, limit=PER_PAGE)
        is_more = found.total > after + PER_PAGE
        following = call.url(record_path(kind), **keep, after=after + PER_PAGE) if is_more else None
    return call.page(
        "records.html.jinja",
        title=plural_of(kind).capitalize(),
        current="Records",
        headline=_headline(kind, found.total, wanted, is_archived),
        kind=kind,
        one=singular_of(kind),
        many=plural_of(kind),
        path=record_path(kind),
        kinds=_kinds(call, kind),
        heads=_heads(call, kind, columns, sort, keep, total),
        rows=[_row(call, kind, record, columns) for record in found.records],
        wanted=wanted,
        is_archived=is_archived,
        chosen=", ".join(columns),
        known=list(names_of(portal, kind)),
        sort=values.get("sort", ""),
        first=after + 1 if not is_archived else None,
        total=found.total,
        previous=call.url(record_path(kind), **keep, after=max(after - PER_PAGE, 0) or "")
        if after and not is_archived
        else None,
        following=following,
        start=call.url(record_path(kind), archived="true" if is_archived else "") if after else None,
    )


def _headline(kind: ObjectType, total: int, wanted: str, is_archived: bool) -> str:
    one, many = singular_of(kind), plural_of(kind)
    if is_archived:
        return f"Archived {many}"
    if wanted:
        return f"{counted(total, one, many)} {'matches' if total == 1 else 'match'} “{wanted}”"
    return counted(total, one, many)


def _kinds(call: PageCall, current: ObjectType) -> list[dict[str, Any]]:
    """Return the types with records, and those that everybody has; the others are in a list of their own."""
    counts = [(kind, call.portal.store.count(kind.type_id)) for kind in call.portal.types.all()]
    return [
        {
            "name": plural_of(kind).capitalize(),
            "count": count,
            "href": call.url(record_path(kind)),
            "is_current": kind is current,
            "is_shown": bool(count) or kind.type_id in ALWAYS_LISTED or kind is current,
        }
        for kind, count in counts
    ]


def _columns(portal: Portal, kind: ObjectType, asked: str) -> list[str]:
    known = portal.definitions.names(kind.type_id)
    given = [name.strip() for name in asked.replace(" ", ",").split(",") if name.strip() in known]
    shown_anyway = {"hs_object_id", kind.modified_property}
    chosen = given or [name for name in kind.default_properties if name not in shown_anyway | {kind.created_property}]
    return list(dict.fromkeys(chosen))[:MOST_COLUMNS]


def _sort(kind: ObjectType, asked: str, columns: list[str]) -> Sort | None:
    """Return the order that the address asks for; without one the latest changes come first."""
    name, descending = asked.lstrip("-"), asked.startswith("-")
    if name in ("hs_object_id", kind.modified_property, kind.created_property, *columns):
        return Sort(name, descending)
    return Sort(kind.modified_property, descending=True)


def _heads(
    call: PageCall, kind: ObjectType, columns: list[str], sort: Sort | None, keep: Mapping[str, str], total: int
) -> list[dict[str, str]]:
    """Return the heads of the columns; those that sort are links."""
    heads = [
        ("hs_object_id", "Id", True),
        *((name, label_of(call.portal, kind, name), total <= SORTED_BY_PROPERTY) for name in columns),
    ]
    heads.append((kind.modified_property, "Changed", True))
    found = []
    for name, label, sorts in heads:
        is_current = sort is not None and sort.name == name
        goes_down = is_current and sort is not None and not sort.descending
        href = call.url(record_path(kind), **{**keep, "sort": f"-{name}" if goes_down else name}) if sorts else ""
        order = "" if not is_current or sort is None else "descending" if sort.descending else "ascending"
        found.append({"label": label, "href": href, "order": order})
    return found


def _row(call: PageCall, kind: ObjectType, record: Record, columns: list[str]) -> RecordRow:
    return RecordRow(
        record.id,
        call.url(record_path(kind, record.id)),
        title_of(kind, record),
        [record.properties.get(name, "") for name in columns],
        call.moment(record.updated_ms),
    )


def ask(call: PageCall) -> PageResponse:
    """Show the form that creates a record."""
    return _form(call, {})


def create(call: PageCall) -> PageResponse:
    """Create a record as the form says."""
    form = call.form()
    kind = call.kind()
    try:
        made = call.api("POST", f"/crm/v3/objects/{kind.type_id}", {"properties": typed_values(form)})
    except ApiRefusedError as error:
        return _form(call, form, status=400, said=Said(f"Nothing was created: {error}", "bad"))
    return call.done(form, f"Created the {singular_of(kind)} {made['id']}.", to=call.url(record_path(kind, made["id"])))


def _form(call: PageCall, given: Mapping[str, str], *, status: int = 200, said: Said | None = None) -> PageResponse:
    portal, kind = call.portal, call.kind()
    required = portal.records.required_values(kind)
    names = [*required, *(name for name in kind.default_properties if name not in (*kind.always, *required))]
    fields = [
        property_field(portal, kind, name, given.get(PROPERTY + name, str(required.get(name, "")))) for name in names
    ]
    return call.page(
        "record_new.html.jinja",
        title=f"New {singular_of(kind)}",
        current="Records",
        status=status,
        said=said,
        one=singular_of(kind),
        many=plural_of(kind),
        path=record_path(kind),
        fields=fields,
        extra=[(given.get(f"name{number}", ""), given.get(f"value{number}", "")) for number in range(EMPTY_ROWS)],
        known=list(names_of(portal, kind)),
    )
