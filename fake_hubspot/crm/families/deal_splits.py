"""Deal splits: who shares a deal. Each part is a record of the type `deal_splits`, linked with its deal.

Source: reader (the models of HubSpot's clients: a part is returned as a record) and docs (deal splits, 2026-03: the
percentages add up to 1, and new parts replace the old ones); which properties a part has is assumed.
"""

from decimal import Context, Decimal
from typing import Annotated

import msgspec

from fake_hubspot.context import Operation, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, completed, row_routes
from fake_hubspot.crm.render import render_created
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record

__all__ = ["routes"]

DEALS, SPLITS = "0-3", "0-72"
MOST_DEALS = 100
# Source: reader (a percentage has up to 8 decimal places).
PLACES = Decimal("0.00000001")
# Amounts have up to 309 digits before the decimal point; the default precision is 28 digits.
EXACT = Context(prec=400)


class Part(msgspec.Struct, rename="camel"):
    """One owner's part, from 0 to 1."""

    owner_id: int
    percentage: Annotated[float, msgspec.Meta(ge=0, le=1)]


class Split(msgspec.Struct):
    """How one deal is split."""

    id: int
    splits: list[Part]


class Splits(msgspec.Struct):
    """How deals are split."""

    inputs: Annotated[list[Split], msgspec.Meta(max_length=MOST_DEALS)]


class DealId(msgspec.Struct):
    """One deal."""

    id: str | int


class DealIds(msgspec.Struct):
    """Deals by id."""

    inputs: Annotated[list[DealId], msgspec.Meta(max_length=MOST_DEALS)]


def routes() -> list[Route]:
    """Return the routes of this family."""
    reading, writing = Operation(body=DealIds, response=dict), Operation(body=Splits, response=dict)
    rows = []
    for path in FAMILY_PATHS["splits"]:
        rows.append(Row("splits.read", "POST", f"{path}/batch/read", read_splits, reading, "Read splits of deals"))
        rows.append(Row("splits.upsert", "POST", f"{path}/batch/upsert", write_splits, writing, "Set splits of deals"))
    return row_routes(rows, scope="crm.objects.deals.read")


def _deal(portal: Portal, text: str) -> Record:
    found = portal.records.find(portal.types[DEALS], parse_id(text))
    if found is None:
        raise HubSpotError(404, f"There is no deal {text[:50]}", category="OBJECT_NOT_FOUND")
    return found


def read_splits(context: RequestContext) -> Response:
    """Return the parts of deals."""
    portal = context.portal
    deals = [_deal(portal, str(one.id)) for one in read_body(context, DealIds).inputs]
    return _batch(context, deals)


def write_splits(context: RequestContext) -> Response:
    """Set the parts of all these deals or of none; the parts that a deal had are archived."""
    portal, inputs = context.portal, read_body(context, Splits).inputs
    deals = [_deal(portal, str(one.id)) for one in inputs]
    for one in inputs:
        _check(portal, one)
    with portal.db.transaction():
        for deal, one in zip(deals, inputs, strict=True):
            _replace(portal, deal, one)
    return _batch(context, deals)


def _check(portal: Portal, given: Split) -> None:
    total = sum((Decimal(str(part.percentage)) for part in given.splits), Decimal(0))
    unknown = [one for one in given.splits if portal.owners.find(one.owner_id, by_user=False, archived=False) is None]
    problem = ""
    if total != 1:
        problem = f"The percentages of deal {given.id} add up to {total}, and must add up to 1"
    elif unknown:
        problem = f"There is no owner {unknown[0].owner_id}"
    if problem:
        raise HubSpotError(400, problem, category="VALIDATION_ERROR")


def _replace(portal: Portal, deal: Record, given: Split) -> None:
    deals, splits = portal.types[DEALS], portal.types[SPLITS]
    for old in _parts(portal, deal):
        portal.records.archive(splits, old)
    for part in given.splits:
        values = {
            "hs_deal_id": str(deal.id),
            "hs_deal_split_percentage": f"{part.percentage:.8f}".rstrip("0").rstrip("."),
            "hubspot_owner_id": str(part.owner_id),
            **_amount(deal, part),
        }
        made = portal.records.create(splits, values)
        portal.associations.connect(splits, made.id, deals, deal.id)


def _amount(deal: Record, part: Part) -> dict[str, str]:
    try:
        amount = EXACT.multiply(Decimal(deal.properties.get("amount") or ""), Decimal(str(part.percentage)))
        rounded = amount.quantize(PLACES, context=EXACT).normalize(EXACT)
    except ArithmeticError:  # the deal has no amount, or one from a seed that is not a number
        return {}
    return {"hs_deal_split_amount": f"{rounded:f}"} if rounded.is_finite() else {}


def _parts(portal: Portal, deal: Record) -> list[Record]:
    deals, splits = portal.types[DEALS], portal.types[SPLITS]
    ids = dict.fromkeys(link.to_id for link in portal.associations.of(deals, deal.id, splits))
    found = portal.store.get_many(splits.type_id, list(ids))
    return [one for one in found if one.archived_ms is None]


def _batch(context: RequestContext, deals: list[Record]) -> Response:
    portal, splits = context.portal, context.portal.types[SPLITS]
    results = [
        {"id": str(deal.id), "splits": [render_created(portal, splits, one) for one in _parts(portal, deal)]}
        for deal in deals
    ]
    return completed(context, results)
