"""A portal's clock, rate limits and assumptions."""

from typing import TypedDict

import msgspec

from bench_core.control.bodies import read_body
from bench_core.names import no_such
from fake_hubspot.context import Operation, RequestContext, Response, Route, control_route
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.assumptions import ASSUMPTIONS
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.limits import TIERS

__all__ = ["routes"]

# The years 1 to 9999, which is what dates can express.
EARLIEST_MS, LATEST_MS = -62_135_596_800_000, 253_402_300_799_999


class ClockResponse(TypedDict):
    """The portal's time."""

    now: str
    nowMs: int
    frozen: bool


class ClockChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A change of the clock: `freeze` stops it or lets it run, `at` sets it, `advanceMs` moves it.

    `at` is ISO-8601 or milliseconds since 1970.
    """

    freeze: bool | None = None
    at: str | int | None = None
    advance_ms: int = 0


class LimitsResponse(TypedDict):
    """The portal's rate limits."""

    tier: str
    enforced: bool
    burst: int
    daily: int | None
    searchPerSecond: int
    usedToday: int
    tiers: list[str]


class LimitsChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A change of the rate limits."""

    tier: str | None = None
    enforced: bool | None = None
    used_today: int | None = None


class AssumptionResponse(TypedDict):
    """One assumption and the choice of this portal."""

    name: str
    chosen: str
    choices: list[str]
    question: str


class AssumptionList(TypedDict):
    """Every assumption."""

    assumptions: list[AssumptionResponse]


def routes() -> list[Route]:
    """Return the routes `/_fake/clock`, `/_fake/limits` and `/_fake/assumptions`."""
    clock, limits, assumptions = "/_fake/clock", "/_fake/limits", "/_fake/assumptions"
    clock_operation, limits_operation = Operation(response=ClockResponse), Operation(response=LimitsResponse)
    clock_set, limits_set = (
        Operation(body=ClockChange, response=ClockResponse),
        Operation(body=LimitsChange, response=LimitsResponse),
    )
    chosen, choosing = Operation(response=AssumptionList), Operation(body=dict[str, str], response=AssumptionList)
    return [
        control_route("clock.read", "GET", clock, read_clock, summary="Read the clock", operation=clock_operation),
        control_route("clock.set", "PUT", clock, set_clock, summary="Set the clock", operation=clock_set),
        control_route(
            "limits.read",
            "GET",
            limits,
            read_limits,
            summary="Read the rate limits",
            operation=limits_operation,
        ),
        control_route("limits.set", "PUT", limits, set_limits, summary="Set the rate limits", operation=limits_set),
        control_route("assumptions.read", "GET", assumptions, read_choices, operation=chosen),
        control_route("assumptions.set", "PATCH", assumptions, set_choices, operation=choosing),
    ]


def read_clock(context: RequestContext) -> Response:
    """Return the time.

    Shape: `{now, nowMs, frozen}`.
    """
    clock = context.portal.clock
    now = clock.now_ms()
    return Response.of({"now": format_time(now), "nowMs": now, "frozen": clock.is_frozen})


def set_clock(context: RequestContext) -> Response:
    """Freeze, set, advance or resume the clock.

    Shape: `{freeze, at, advanceMs}` in, as `GET` out.
    """
    wanted, clock = read_body(context, ClockChange), context.portal.clock
    before = clock.state
    if wanted.freeze is False:
        clock.resume()
    if wanted.freeze:
        clock.freeze()
    if wanted.at is not None:
        clock.advance(_moment(wanted.at) - clock.now_ms())
    clock.advance(wanted.advance_ms)
    if not EARLIEST_MS <= clock.now_ms() <= LATEST_MS:
        clock.state = before
        raise UsageError("that is a time before the year 1 or after the year 9999")
    context.portal.save()
    return read_clock(context)


def _moment(at: str | int) -> int:
    try:
        return parse_time(str(at))
    except ValueError as error:
        raise UsageError(f"`at` is a time such as 2026-01-31T12:00:00.000Z or milliseconds, not {at!r}") from error


def read_limits(context: RequestContext) -> Response:
    """Return the rate limits.

    Shape: `{tier, enforced, burst, daily, searchPerSecond, usedToday, tiers}`.
    """
    limits = context.portal.limits
    answer: LimitsResponse = {
        "tier": limits.tier.name,
        "enforced": limits.enforced,
        "burst": limits.tier.burst,
        "daily": limits.tier.daily,
        "searchPerSecond": limits.tier.search_per_second,
        "usedToday": limits.used_today,
        "tiers": list(TIERS),
    }
    return Response.of(answer)


def set_limits(context: RequestContext) -> Response:
    """Change the rate limits.

    Shape: `{tier, enforced, usedToday}` in, each optional; as `GET` out.
    """
    wanted, portal = read_body(context, LimitsChange), context.portal
    if wanted.tier is not None and wanted.tier not in TIERS:
        raise UsageError(no_such("tier", wanted.tier, TIERS))
    if wanted.used_today is not None and not 0 <= wanted.used_today < 2**53:
        raise UsageError(f"usedToday is between 0 and 2^53, not {wanted.used_today}")
    if wanted.tier is not None:
        portal.limits.tier = TIERS[wanted.tier]
    if wanted.enforced is not None:
        portal.limits.enforced = wanted.enforced
    if wanted.used_today is not None:
        portal.limits.use(wanted.used_today, portal.clock.now_ms())
    portal.save()
    return read_limits(context)


def read_choices(context: RequestContext) -> Response:
    """Return the assumptions.

    Shape: `{assumptions: [{name, chosen, choices, question}]}`.
    """
    chosen = context.portal.assumptions.as_dict()
    rows = [
        {"name": one.name, "chosen": chosen[one.name], "choices": list(one.choices), "question": one.question}
        for one in ASSUMPTIONS.values()
    ]
    return Response.of({"assumptions": rows})


def set_choices(context: RequestContext) -> Response:
    """Set some assumptions.

    Shape: `{name: choice}` in, as `GET` out.
    """
    context.portal.assumptions.choose(read_body(context, dict[str, str]))
    context.portal.touch()
    context.portal.save()
    return read_choices(context)
