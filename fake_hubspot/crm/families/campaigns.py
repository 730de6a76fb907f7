"""Batches of campaigns, and what campaigns cost.

Source: docs (campaigns, 2026-03).
"""

import re
from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.batches import batch_response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, row_routes, with_times
from fake_hubspot.crm.families.simple import CAMPAIGNS
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.resources import Resource

__all__ = ["routes"]

MAX_INPUTS = 100
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


class Input(msgspec.Struct):
    """One campaign: its id, its properties, or both."""

    id: str = ""
    properties: dict[str, Any] = {}


class Inputs(msgspec.Struct):
    """Up to a hundred campaigns."""

    inputs: list[Input]


def routes() -> list[Route]:
    """Return the routes of batches."""
    rows = []
    for path in FAMILY_PATHS["campaigns"]:
        batch, query = f"{path}/batch", (Param("properties"),)
        reading = Operation(query, body=Inputs, response=dict)
        making, gone = Operation(body=Inputs, response=dict, statuses=(201,)), Operation(body=Inputs, statuses=(204,))
        rows += [
            Row("campaigns.batch_create", "POST", f"{batch}/create", batch_create, making, "Make campaigns"),
            Row("campaigns.batch_read", "POST", f"{batch}/read", batch_read, reading, "Read campaigns"),
            Row("campaigns.batch_update", "POST", f"{batch}/update", batch_update, reading, "Change campaigns"),
            Row("campaigns.batch_archive", "POST", f"{batch}/archive", batch_archive, gone, "Archive campaigns"),
        ]
    totals = [
        Row("campaigns.totals", "GET", f"{path}/{{campaignGuid}}/budget/totals", read_totals, Operation(response=dict))
        for path in FAMILY_PATHS["campaigns"]
    ]
    return [*row_routes(rows), *row_routes(totals, is_shallow=True)]


def _inputs(context: RequestContext) -> list[Input]:
    inputs = read_body(context, Inputs).inputs
    if len(inputs) > MAX_INPUTS:
        raise HubSpotError(400, f"There may be {MAX_INPUTS} inputs, not {len(inputs)}", category="VALIDATION_ERROR")
    return inputs


def _found(context: RequestContext) -> list[tuple[Input, Resource | None]]:
    resources = context.portal.resources
    pairs = [(one, resources.find(CAMPAIGNS.name, one.id)) for one in _inputs(context)]
    return [(one, None if known is None or known.is_archived else known) for one, known in pairs]


def _answer(
    context: RequestContext,
    found: list[Resource],
    *,
    missing: list[str] | None = None,
    status: int = 200,
    has_assets: bool = False,
) -> Response:
    rows = [CAMPAIGNS.render(context, one) | ({"assets": {}} if has_assets else {}) for one in found]
    malformed = [one for one in missing or () if UUID.fullmatch(one) is None]
    errors = [_malformed(one) for one in malformed]
    if unknown := [one for one in missing or () if one not in malformed]:
        error = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some campaigns"}
        errors.append({**error, "context": {"ids": unknown}})
    return batch_response(context, rows, errors, status=status)


def _malformed(campaign_id: str) -> dict[str, Any]:
    """Return the error for an id that is no UUID. Source: recording (amp-labs 2026-05)."""
    reason = f"Invalid campaign GUID format: {campaign_id}"
    return {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "subCategory": "CampaignApiError.INVALID_REQUEST",
        "message": f"Invalid request: '{reason}'",
        "context": {"message": [reason]},
    }


def batch_create(context: RequestContext) -> Response:
    """Make campaigns."""
    resources, inputs = context.portal.resources, _inputs(context)
    made = [
        resources.add(CAMPAIGNS.name, {"properties": one.properties}, resource_id=resources.new_uuid())
        for one in inputs
    ]
    return _answer(context, made, status=201)


def batch_read(context: RequestContext) -> Response:
    """Return campaigns; those that there are not make it a 207."""
    pairs = _found(context)
    missing = [one.id for one, known in pairs if known is None]
    return _answer(context, [known for _, known in pairs if known is not None], missing=missing, has_assets=True)


def batch_update(context: RequestContext) -> Response:
    """Change campaigns; those that there are not make it a 207."""
    pairs, changed = _found(context), []
    for one, known in pairs:
        if known is not None:
            properties = known.fields.get("properties", {}) | one.properties
            changed.append(context.portal.resources.change(CAMPAIGNS.name, known, {"properties": properties}))
    return _answer(context, changed, missing=[one.id for one, known in pairs if known is None])


def batch_archive(context: RequestContext) -> Response:
    """Archive campaigns; those that there are not are no error."""
    for _, known in _found(context):
        if known is not None:
            context.portal.resources.archive(CAMPAIGNS.name, known)
    return Response.empty()


def read_totals(context: RequestContext) -> Response:
    """Return what a campaign may cost and what it has cost."""
    wire: dict[str, Any] = {"currencyCode": "USD"}
    sums = {}
    for name in ("budget", "spend"):
        living = context.portal.resources.living(f"campaigns.{name}/{context.params['campaignGuid']}")
        amounts = [one.fields["amount"] for one in living if isinstance(one.fields.get("amount"), int | float)]
        sums[name] = sum(amounts)
        wire[f"{name}Items"] = [with_times(context, one) for one in living]
        wire[f"{name}Total"] = sums[name]
    return Response.of(wire | {"remainingBudget": sums["budget"] - sums["spend"]})
