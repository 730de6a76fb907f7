"""CRM records, up to a hundred at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.batches import FOLDED, MAX_INPUTS, batch_response, batch_statuses, check_size, missing_objects
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.domain_errors import as_hubspot_error, duplicate_message
from fake_hubspot.crm.links import make_links
from fake_hubspot.crm.objects import PREFIXES, written_names
from fake_hubspot.crm.parameters import object_type, parse_bool
from fake_hubspot.crm.render import render, render_created, render_written, select
from fake_hubspot.crm.shapes import CreateInput, IdInput, RecordBatchResponse
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import page_of_batch
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.errors import DuplicateValueError, InvalidValue, InvalidValuesError, PortalError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue
from fake_hubspot.scopes import RECORDS_READ, RECORDS_WRITE

__all__ = ["routes"]


class BatchRead(msgspec.Struct, frozen=True, rename="camel"):
    """The records to read, and what to read of them."""

    inputs: list[IdInput]
    properties: list[str] = []
    properties_with_history: list[str] = []
    id_property: str | None = None


class BatchCreate(msgspec.Struct, frozen=True):
    """Records to create."""

    inputs: list[CreateInput]


class UpdateOne(msgspec.Struct, frozen=True, rename="camel"):
    """One record to change, or for an upsert to create."""

    id: str | int
    properties: dict[str, WireValue]
    id_property: str | None = None
    object_write_trace_id: str | None = None


class BatchUpdate(msgspec.Struct, frozen=True):
    """Records to change."""

    inputs: list[UpdateOne]


class BatchIds(msgspec.Struct, frozen=True):
    """Records by their ids."""

    inputs: list[IdInput]


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in PREFIXES for route in _routes_under(f"{prefix}/{{objectType}}/batch")]


def _routes_under(path: str) -> list[Route]:
    read_route = partial(Route, scope=RECORDS_READ, rate_class=RateClass.GENERAL)
    write_route = partial(Route, scope=RECORDS_WRITE, rate_class=RateClass.GENERAL)
    archived = (Param("archived", "boolean", "Return archived records instead of the others."),)
    reading = Operation(archived, body=BatchRead, response=RecordBatchResponse, statuses=batch_statuses(path))
    creating = Operation(body=BatchCreate, response=RecordBatchResponse, statuses=batch_statuses(path, 201))
    changing = Operation(body=BatchUpdate, response=RecordBatchResponse, statuses=batch_statuses(path))
    archiving = Operation(body=BatchIds, statuses=(204,))
    return [
        read_route(
            "objects.batch.read",
            "POST",
            f"{path}/read",
            batch_read,
            summary="Read records",
            operation=reading,
            page_of=page_of_batch,
        ),
        write_route(
            "objects.batch.create", "POST", f"{path}/create", batch_create, summary="Create records", operation=creating
        ),
        write_route(
            "objects.batch.update", "POST", f"{path}/update", batch_update, summary="Update records", operation=changing
        ),
        write_route(
            "objects.batch.upsert",
            "POST",
            f"{path}/upsert",
            batch_upsert,
            summary="Create or update records",
            operation=changing,
        ),
        write_route(
            "objects.batch.archive", "POST", f"{path}/archive", batch_archive, summary="Archive", operation=archiving
        ),
    ]


def _look_up(
    portal: Portal, kind: ObjectType, wanted: str | int, id_property: str | None, *, archived: bool = False
) -> Record | None:
    text = str(wanted)
    if id_property:
        return portal.records.find_by(kind, id_property, text, archived=archived)
    return portal.records.find(kind, parse_id(text), archived=archived)


def _look_up_all(
    portal: Portal, kind: ObjectType, ids: list[str], id_property: str | None, *, archived: bool
) -> dict[str, Record | None]:
    if id_property:
        return {text: _look_up(portal, kind, text, id_property, archived=archived) for text in ids}
    numbers = {text: parse_id(text) for text in ids}
    found = portal.records.find_many(kind, numbers.values(), archived=archived)
    return {text: found[number] for text, number in numbers.items()}


def batch_read(context: RequestContext) -> Response:
    """Read up to 100 records; missing ones make it a 207.

    Source: recording (2023-05 to 2025-11).
    """
    kind, portal = object_type(context), context.portal
    wanted = read_body(context, BatchRead)
    check_size(len(wanted.inputs), with_history=bool(wanted.properties_with_history))
    archived = parse_bool(context.request, "archived")
    ids = list(dict.fromkeys(str(one.id) for one in wanted.inputs))
    found = _look_up_all(portal, kind, ids, wanted.id_property, archived=archived)
    selection = select(portal, kind, wanted.properties, with_history=wanted.properties_with_history)
    results = [render(portal, selection, record) for record in found.values() if record is not None]
    return batch_response(context, results, _missing(kind, [text for text in ids if found[text] is None]))


def _missing(kind: ObjectType, ids: list[str]) -> list[dict[str, Any]]:
    return [missing_objects(kind.upper_name, ids)] if ids else []


def batch_create(context: RequestContext) -> Response:
    """Create up to 100 records.

    What is wrong refuses the whole batch, unless the input has a trace id; then it is an error among the results.

    Source: recording (amp-labs) for taken values; docs (multi-status errors) for wrong ones.
    """
    kind, portal = object_type(context), context.portal
    inputs = read_body(context, BatchCreate).inputs
    check_size(len(inputs))
    results, errors = [], []
    wrong: list[InvalidValue] = []
    with portal.db.transaction():
        for one in inputs:
            try:
                results.append(_created(context, kind, one))
            except InvalidValuesError as error:
                if one.object_write_trace_id is None:
                    wrong += error.problems
                else:
                    errors.append(_failed(context, error, one.object_write_trace_id))
            except DuplicateValueError as error:
                if one.object_write_trace_id is None:
                    raise HubSpotError(409, f"{error.noun} already exists", category="CONFLICT") from error
                errors.append(_conflict(error, one.object_write_trace_id))
            except PortalError as error:
                if one.object_write_trace_id is None:
                    raise
                errors.append(_failed(context, error, one.object_write_trace_id))
        _refuse(wrong, len(inputs))
    return batch_response(context, results, errors, status=201)


def _created(context: RequestContext, kind: ObjectType, one: CreateInput) -> dict[str, Any]:
    portal, is_newest = context.portal, FOLDED in context.request.path
    portal.write_rules.check(kind, one.properties, is_newest=is_newest)
    record = portal.records.create(kind, one.properties)
    make_links(portal, kind, record.id, one.associations or [], is_newest=is_newest)
    return _traced(render_created(portal, kind, record), one.object_write_trace_id)


def _refuse(wrong: list[InvalidValue], inputs: int) -> None:
    """Refuse a batch with wrong values: the message names those of every input.

    Raises:
        InvalidValuesError: There are some. Source: recording (amp-labs 2025-11, create and update: two inputs with two
            unknown properties each are four in the message, without their repetitions, and three in `errors`).
    """
    if wrong:
        raise InvalidValuesError(wrong, is_of_batch=inputs > 1)


def _failed(context: RequestContext, error: PortalError, trace_id: str) -> dict[str, Any]:
    """Return the error of one input. Source: docs (multi-status errors); the context of other rules is assumed."""
    told = as_hubspot_error(error, portal_id=context.portal.id)
    names = told.context or {}
    return {
        "status": "error",
        "category": told.category or "VALIDATION_ERROR",
        "message": told.message,
        "context": {"objectWriteTraceId": [trace_id], **names},
    }


def _conflict(error: DuplicateValueError, trace_id: str) -> dict[str, Any]:
    existing = str(error.existing_id)
    return {
        "status": "error",
        "category": "CONFLICT",
        "message": duplicate_message(error),
        "context": {"objectWriteTraceId": [trace_id], "existingId": [existing]},
    }


def _traced(wire: dict[str, Any], trace_id: str | None) -> dict[str, Any]:
    return wire if trace_id is None else wire | {"objectWriteTraceId": trace_id}


def batch_update(context: RequestContext) -> Response:
    """Change up to 100 records; missing ones make it a 207.

    Source: recording (2024-04, amp-labs 2025-11).
    """
    kind, portal = object_type(context), context.portal
    inputs = read_body(context, BatchUpdate).inputs
    check_size(len(inputs))
    _check_distinct([str(one.id) for one in inputs])
    results: list[dict[str, Any]] = []
    missing: list[UpdateOne] = []
    wrong: list[InvalidValue] = []
    with portal.db.transaction():
        for one in inputs:
            record = _look_up(portal, kind, one.id, one.id_property)
            if record is None:
                missing.append(one)
                continue
            try:
                results.append(_updated(context, kind, record, one))
            except InvalidValuesError as error:
                wrong += error.problems
        _refuse(wrong, len(inputs))
    errors = _missing(kind, [str(one.id) for one in missing])
    traces = [one.object_write_trace_id for one in missing if one.object_write_trace_id is not None]
    if errors and traces:
        errors[0]["context"]["objectWriteTraceId"] = traces
    return batch_response(context, results, errors)


def _updated(context: RequestContext, kind: ObjectType, record: Record, one: UpdateOne) -> dict[str, Any]:
    portal, is_newest = context.portal, FOLDED in context.request.path
    portal.write_rules.check(kind, one.properties, before=record.properties, is_newest=is_newest)
    changed = portal.records.update(kind, record, one.properties)
    wire = render_written(portal, kind, changed, written_names(kind, one.properties))
    return _traced(wire, one.object_write_trace_id)


def _check_distinct(ids: list[str]) -> None:
    """Check that no id occurs twice.

    Raises:
        HubSpotError: 400. Source: recording (amp-labs).
    """
    twice = [one for one in dict.fromkeys(ids) if ids.count(one) > 1]
    if twice:
        message = f"Duplicate IDs found in batch input: [{', '.join(twice)}]. IDs must be unique"
        raise HubSpotError(400, message, context={"ids": twice}, category="VALIDATION_ERROR")


def batch_upsert(context: RequestContext) -> Response:
    """Change the records that exist and create the others.

    Source: docs (`new` distinguishes them).
    """
    kind, portal = object_type(context), context.portal
    inputs = read_body(context, BatchUpdate).inputs
    check_size(len(inputs))
    _check_distinct([str(one.id) for one in inputs])
    results = []
    with portal.db.transaction():
        for one in inputs:
            results.append(_upserted(context, kind, one))
    return batch_response(context, results)


def _upserted(context: RequestContext, kind: ObjectType, one: UpdateOne) -> dict[str, Any]:
    portal = context.portal
    record = _look_up(portal, kind, one.id, one.id_property)
    if record is not None:
        return _updated(context, kind, record, one) | {"new": False}
    if not one.id_property or one.id_property == "hs_object_id":
        raise HubSpotError(
            404, f"Object not found: {one.id}", context={"id": [str(one.id)]}, category="OBJECT_NOT_FOUND"
        )
    key: Mapping[str, WireValue] = {one.id_property: str(one.id)}
    given = {**one.properties, **key}
    portal.write_rules.check(kind, given, is_newest=FOLDED in context.request.path)
    made = portal.records.create(kind, given)
    return _traced(render_created(portal, kind, made), one.object_write_trace_id) | {"new": True}


def batch_archive(context: RequestContext) -> Response:
    """Archive up to 100 records; missing ones are not an error.

    Source: docs (204).
    """
    kind, portal = object_type(context), context.portal
    inputs = read_body(context, BatchIds).inputs
    check_size(len(inputs), maximum=MAX_INPUTS)
    with portal.db.transaction():
        for one in inputs:
            record = _look_up(portal, kind, one.id, None)
            if record is not None:
                portal.records.archive(kind, record)
    return Response.empty()
