"""The faults of a portal: which are set, which there are."""

from collections.abc import Callable, Collection
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any, TypedDict

import msgspec

from fake_hubspot.control.bodies import read_body
from fake_hubspot.errors import UsageError
from fake_hubspot.exchange import Doc, Exchange, Reply, Route
from fake_hubspot.faults import ArmedFault, FaultCard, Plan, Selector, faults_of

__all__ = ["routes"]

PATH = "/_fake/faults"


class FaultAnswer(TypedDict):
    """A fault that is set: its plan, how many requests it was meant for and how many it struck."""

    id: str
    fault: str
    params: dict[str, Any]
    where: Selector
    times: int | str
    probability: float
    seed: int
    matched: int
    fired: int
    spent: bool


class FaultList(TypedDict):
    """The faults that are set, in the order in which they strike."""

    faults: list[FaultAnswer]


class Catalogue(TypedDict):
    """Every fault there is."""

    faults: list[FaultCard]


def routes(known: Collection[str]) -> list[Route]:
    """`/_fake/faults`, for the default portal or the one that `?portal=` names; `known` are the routes to strike."""

    def set_fault(exchange: Exchange) -> Reply:
        """Shape: `{fault, [params], [where], [times], [probability], [seed]}` in, the fault out with status 201."""
        plan = read_body(exchange, Plan)
        _check_route(plan.where.route, known)
        return Reply.of(to_wire(faults_of(exchange.tenant).arm(plan)), status=201)

    one = f"{PATH}/{{faultId}}"
    gone = Doc(statuses=(204,))
    return [
        _route("read", "GET", PATH, read_faults, summary="The faults that are set", doc=Doc(answer=FaultList)),
        _route(
            "set",
            "POST",
            PATH,
            set_fault,
            summary="Set a fault",
            doc=Doc(body=Plan, answer=FaultAnswer, statuses=(201,)),
        ),
        _route("clear", "DELETE", PATH, clear_faults, summary="Take every fault away", doc=gone),
        _route("readOne", "GET", one, read_fault, summary="One fault that is set", doc=Doc(answer=FaultAnswer)),
        _route("remove", "DELETE", one, remove_fault, summary="Take a fault away", doc=gone),
        _route(
            "catalogue", "GET", f"{PATH}/catalogue", read_catalogue, summary="Every fault", doc=Doc(answer=Catalogue)
        ),
    ]


def _route(name: str, method: str, path: str, handler: Callable[[Exchange], Reply], *, summary: str, doc: Doc) -> Route:
    return Route(f"control.faults.{name}", method, path, handler, access="control", summary=summary, doc=doc)


def to_wire(armed: ArmedFault) -> dict[str, Any]:
    """Shape: `{id, fault, params, where, times, probability, seed, matched, fired, spent}`."""
    plan: dict[str, Any] = msgspec.to_builtins(armed.plan)
    return {
        "id": armed.id,
        **plan,
        "fault": armed.fault.name,
        "params": msgspec.to_builtins(armed.fault),
        "matched": armed.matched,
        "fired": armed.fired,
        "spent": armed.is_spent,
    }


def read_faults(exchange: Exchange) -> Reply:
    """Shape: `{faults: [fault]}`, in the order in which they strike."""
    return Reply.of({"faults": [to_wire(armed) for armed in faults_of(exchange.tenant)]})


def read_fault(exchange: Exchange) -> Reply:
    """One fault."""
    return Reply.of(to_wire(faults_of(exchange.tenant).find(exchange.params["faultId"])))


def _check_route(pattern: str, known: Collection[str]) -> None:
    """Raises: UsageError for a pattern that no route has, with the nearest one: the fault would never strike."""
    if any(fnmatchcase(name, pattern) for name in known):
        return
    nearest = max(sorted(known), key=lambda name: SequenceMatcher(None, pattern, name).ratio())
    raise UsageError(f"where.route is {pattern!r}, which no route is called; the nearest is {nearest!r}")


def clear_faults(exchange: Exchange) -> Reply:
    """Answers 204."""
    faults_of(exchange.tenant).clear()
    return Reply.empty()


def remove_fault(exchange: Exchange) -> Reply:
    """Answers 204."""
    faults_of(exchange.tenant).disarm(exchange.params["faultId"])
    return Reply.empty()


def read_catalogue(exchange: Exchange) -> Reply:
    """Shape: `{faults: [{name, group, aliases, summary, source, evidence, params, examples, ...}]}`.

    `params` holds each parameter's JSON schema with its default.
    """
    del exchange
    from fake_hubspot.faults import catalogue  # late: it brings all faults

    return Reply.of({"faults": [msgspec.to_builtins(card) for card in catalogue()]})
