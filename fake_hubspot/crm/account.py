"""Details of the account and its API usage."""

from functools import partial
from typing import TypedDict

from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.time_zone import TIME_ZONE, day_of, offset_ms

__all__ = ["UsageResponse", "routes", "usage_of", "utc_offset"]


class AccountResponse(TypedDict):
    """The account."""

    portalId: int
    accountType: str
    timeZone: str
    companyCurrency: str
    additionalCurrencies: list[str]
    utcOffset: str
    utcOffsetMilliseconds: int
    uiDomain: str
    dataHostingLocation: str


class UsageResponse(TypedDict):
    """How many requests were used today."""

    name: str
    usageLimit: int | None
    currentUsage: int
    collectedAt: str
    fetchStatus: str
    resetsAt: str


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    found = []
    for prefix in PATHS["account"]:
        details, usage = f"{prefix}/details", f"{prefix}/api-usage/daily/private-apps"
        reading, counting = Operation(response=AccountResponse), Operation(response=dict)
        found += [
            route("account.details", "GET", details, read_details, summary="Read the account", operation=reading),
            route("account.usage", "GET", usage, read_usage, summary="Read the API usage", operation=counting),
        ]
    return found


def read_details(context: RequestContext) -> Response:
    """Return the account's details.

    Source: recording (Nango, 2026-03).
    """
    portal = context.portal
    minutes = offset_ms(portal.clock.now_ms()) // 60_000
    answer: AccountResponse = {
        "portalId": portal.id,
        "accountType": "STANDARD",
        "timeZone": TIME_ZONE,
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": utc_offset(minutes),
        "utcOffsetMilliseconds": minutes * 60_000,
        "uiDomain": portal.ui_domain,
        "dataHostingLocation": portal.config.data_center,
    }
    return Response.of(answer)


def utc_offset(minutes: int) -> str:
    """Return how far local time is ahead of UTC, as `-05:00`."""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def read_usage(context: RequestContext) -> Response:
    """Return how many requests were used today.

    Source: docs for the route; the names in the response are assumed.
    """
    return Response.of({"results": [usage_of(context)]})


def usage_of(context: RequestContext) -> UsageResponse:
    """Return how many requests the account has used today."""
    portal = context.portal
    now = portal.clock.now_ms()
    return {
        "name": "private-apps-api-calls-daily",
        "usageLimit": portal.limits.tier.daily,
        "currentUsage": portal.limits.used_today,
        "collectedAt": format_time(now),
        "fetchStatus": "SUCCESS",
        "resetsAt": format_time((day_of(now) + 1) * DAY_MS - offset_ms(now)),
    }
