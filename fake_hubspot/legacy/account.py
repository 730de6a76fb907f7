"""Details of the account in the oldest APIs: how many requests it has used, and the outcomes of calls."""

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.account import usage_of, utc_offset
from fake_hubspot.legacy.row import Row
from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.time_zone import TIME_ZONE, offset_ms

__all__ = ["ROWS"]

# Source: docs (calls) and reader (programs that list them as those of every account).
OUTCOMES = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-463f3571cbe0": "Wrong number",
}


def read_limit(context: RequestContext) -> Response:
    """Return how many requests were used today. Source: docs (check daily API usage, 2020); the name is assumed."""
    used = usage_of(context)
    times = {name: parse_time(used[name]) for name in ("collectedAt", "resetsAt")}
    return Response.of([{**used, "name": "api-calls-daily", **times}])


def list_outcomes(_: RequestContext) -> Response:
    """Return the outcomes that a call can have. Source: docs and reader (`[{id, label, deleted}]`)."""
    return Response.of([{"id": one, "label": label, "deleted": False} for one, label in OUTCOMES.items()])


def read_me(context: RequestContext) -> Response:
    """Return the account. Source: docs (legacy account details) for the keys; their order is assumed."""
    now = context.portal.clock.now_ms()
    minutes = offset_ms(now) // 60_000
    return Response.of(
        {
            "portalId": context.portal.id,
            "timeZone": TIME_ZONE,
            "accountType": "STANDARD",
            "currency": "USD",
            "utcOffset": utc_offset(minutes),
            "utcOffsetMilliseconds": minutes * 60_000,
        }
    )


ROWS = (
    Row("account.me", "GET", "/integrations/v1/me", read_me),
    Row("account.limit", "GET", "/integrations/v1/limit/daily", read_limit),
    Row("account.outcomes", "GET", "/calling/v1/dispositions", list_outcomes),
)
