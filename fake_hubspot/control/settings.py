"""A portal's clock, rate limits and assumptions."""

from typing import TypedDict

import msgspec

from fake_hubspot.control.bodies import read_body
from fake_hubspot.errors import UsageError
from fake_hubspot.exchange import Doc, Exchange, Reply, Route
from fake_hubspot.portal.assumptions import ASSUMPTIONS
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.limits import TIERS
from fake_hubspot.portal.memory import remember

__all__ = ["routes"]

# What a date can express: years 1 to 9999.
EARLIEST_MS, LATEST_MS = -62_135_596_800_000, 253_402_300_799_999


class ClockAnswer(TypedDict):
    """The portal's time."""

    now: str
    nowMs: int
    frozen: bool


class ClockChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """`freeze` stops the clock (`at` sets it, ISO-8601 or milliseconds), `advanceMs` moves it, false lets it run."""

    freeze: bool | None = None
    at: str | int | None = None
    advance_ms: int = 0


class LimitsAnswer(TypedDict):
    """The portal's rate limits."""

    tier: str
    enforced: bool
    burst: int
    daily: int | None
    searchPerSecond: int
    usedToday: int
    tiers: list[str]


class LimitsChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What to change of the rate limits."""

    tier: str | None = None
    enforced: bool | None = None
    used_today: int | None = None


class AssumptionAnswer(TypedDict):
    """One unknown and how this portal decides it."""

    name: str
    chosen: str
    choices: list[str]
    question: str


class AssumptionList(TypedDict):
    """Every unknown."""

    assumptions: list[AssumptionAnswer]


def routes() -> list[Route]:
    """`/_fake/clock`, `/_fake/limits`, `/_fake/assumptions`."""
    clock, limits, assumptions = "/_fake/clock", "/_fake/limits", "/_fake/assumptions"
    clock_doc, limits_doc = Doc(answer=ClockAnswer), Doc(answer=LimitsAnswer)
    clock_set, limits_set = Doc(body=ClockChange, answer=ClockAnswer), Doc(body=LimitsChange, answer=LimitsAnswer)
    chosen, choosing = Doc(answer=AssumptionList), Doc(body=dict[str, str], answer=AssumptionList)
    access = "control"
    return [
        Route("control.clock.read", "GET", clock, read_clock, access=access, summary="The time", doc=clock_doc),
        Route("control.clock.set", "PUT", clock, set_clock, access=access, summary="Set the time", doc=clock_set),
        Route("control.limits.read", "GET", limits, read_limits, access=access, summary="Limits", doc=limits_doc),
        Route("control.limits.set", "PUT", limits, set_limits, access=access, summary="Set limits", doc=limits_set),
        Route("control.assumptions.read", "GET", assumptions, read_choices, access=access, doc=chosen),
        Route("control.assumptions.set", "PATCH", assumptions, set_choices, access=access, doc=choosing),
    ]


def read_clock(exchange: Exchange) -> Reply:
    """Shape: `{now, nowMs, frozen}`."""
    clock = exchange.portal.clock
    now = clock.now_ms()
    return Reply.of({"now": format_time(now), "nowMs": now, "frozen": clock.is_frozen})


def set_clock(exchange: Exchange) -> Reply:
    """Freeze, set, advance or let run. Shape: `{freeze, at, advanceMs}` in, as `GET` out."""
    wanted, clock = read_body(exchange, ClockChange), exchange.portal.clock
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
    remember(exchange.portal)
    return read_clock(exchange)


def _moment(at: str | int) -> int:
    try:
        return parse_time(str(at))
    except ValueError as error:
        raise UsageError(f"`at` is a time such as 2026-01-31T12:00:00.000Z or milliseconds, not {at!r}") from error


def read_limits(exchange: Exchange) -> Reply:
    """Shape: `{tier, enforced, burst, daily, searchPerSecond, usedToday, tiers}`."""
    limits = exchange.portal.limits
    answer: LimitsAnswer = {
        "tier": limits.tier.name,
        "enforced": limits.enforced,
        "burst": limits.tier.burst,
        "daily": limits.tier.daily,
        "searchPerSecond": limits.tier.search_per_second,
        "usedToday": limits.used_today,
        "tiers": list(TIERS),
    }
    return Reply.of(answer)


def set_limits(exchange: Exchange) -> Reply:
    """Shape: `{tier, enforced, usedToday}` in, each may be left out; as `GET` out."""
    wanted, portal = read_body(exchange, LimitsChange), exchange.portal
    if wanted.tier is not None and wanted.tier not in TIERS:
        raise UsageError(f"there is no tier {wanted.tier!r}; there are: {', '.join(TIERS)}")
    if wanted.used_today is not None and not 0 <= wanted.used_today < 2**53:
        raise UsageError("usedToday is a count")
    if wanted.tier is not None:
        portal.limits.tier = TIERS[wanted.tier]
    if wanted.enforced is not None:
        portal.limits.enforced = wanted.enforced
    if wanted.used_today is not None:
        portal.limits.use(wanted.used_today, portal.clock.now_ms())
        remember(portal)
    return read_limits(exchange)


def read_choices(exchange: Exchange) -> Reply:
    """Shape: `{assumptions: [{name, chosen, choices, question}]}`."""
    chosen = exchange.portal.core.assumptions.as_dict()
    rows = [
        {"name": one.name, "chosen": chosen[one.name], "choices": list(one.choices), "question": one.question}
        for one in ASSUMPTIONS.values()
    ]
    return Reply.of({"assumptions": rows})


def set_choices(exchange: Exchange) -> Reply:
    """Shape: `{name: choice}` in, as `GET` out."""
    exchange.portal.core.assumptions.choose(read_body(exchange, dict[str, str]))
    exchange.portal.touch()
    return read_choices(exchange)
