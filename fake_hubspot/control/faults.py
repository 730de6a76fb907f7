"""The faults of a portal: which are set, and which exist."""

from collections.abc import Callable, Collection
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import Operation, RequestContext, Response, Route, control_route
from fake_hubspot.control.bodies import read_body
from fake_hubspot.errors import UsageError
from fake_hubspot.faults import ArmedFault, FaultDescription, FaultRule, Selector, catalogue, faults_of

__all__ = ["routes"]

PATH = "/_fake/faults"


class FaultResponse(TypedDict):
    """A fault that is set: its rule, how many requests matched and at how many it fired."""

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
    """The faults that are set, in the order in which they are applied."""

    faults: list[FaultResponse]


class Catalogue(TypedDict):
    """Every fault."""

    faults: list[FaultDescription]


def routes(known: Collection[str]) -> list[Route]:
    """Return the routes under `/_fake/faults`; `known` are the names of the routes to which faults apply."""

    def set_fault(context: RequestContext) -> Response:
        """Shape: `{fault, [params], [where], [times], [probability], [seed]}` in, the fault out with status 201."""
        rule = read_body(context, FaultRule)
        _check_route(rule.where.route, known)
        return Response.of(to_wire(faults_of(context.tenant).arm(rule)), status=201)

    one = f"{PATH}/{{faultId}}"
    gone = Operation(statuses=(204,))
    return [
        _route(
            "read",
            "GET",
            PATH,
            read_faults,
            summary="List the faults that are set",
            operation=Operation(response=FaultList),
        ),
        _route(
            "set",
            "POST",
            PATH,
            set_fault,
            summary="Set a fault",
            operation=Operation(body=FaultRule, response=FaultResponse, statuses=(201,)),
        ),
        _route("clear", "DELETE", PATH, clear_faults, summary="Remove all faults", operation=gone),
        _route(
            "readOne",
            "GET",
            one,
            read_fault,
            summary="Read a fault",
            operation=Operation(response=FaultResponse),
        ),
        _route("remove", "DELETE", one, remove_fault, summary="Remove a fault", operation=gone),
        _route(
            "catalogue",
            "GET",
            f"{PATH}/catalogue",
            read_catalogue,
            summary="List all faults",
            operation=Operation(response=Catalogue),
        ),
    ]


def _route(
    name: str,
    method: str,
    path: str,
    handler: Callable[[RequestContext], Response],
    *,
    summary: str,
    operation: Operation,
) -> Route:
    return control_route(f"faults.{name}", method, path, handler, summary=summary, operation=operation)


def to_wire(armed: ArmedFault) -> dict[str, Any]:
    """Render one fault.

    Shape: `{id, fault, params, where, times, probability, seed, matched, fired, spent}`.
    """
    rule: dict[str, Any] = msgspec.to_builtins(armed.rule)
    return {
        "id": armed.id,
        **rule,
        "fault": armed.fault.name,
        "params": msgspec.to_builtins(armed.fault),
        "matched": armed.matched,
        "fired": armed.fired,
        "spent": armed.is_spent,
    }


def read_faults(context: RequestContext) -> Response:
    """Return the faults that are set, in the order in which they are applied.

    Shape: `{faults: [fault]}`.
    """
    return Response.of({"faults": [to_wire(armed) for armed in faults_of(context.tenant)]})


def read_fault(context: RequestContext) -> Response:
    """Return one fault."""
    return Response.of(to_wire(faults_of(context.tenant).find(context.params["faultId"])))


def _check_route(pattern: str, known: Collection[str]) -> None:
    """Check that a pattern matches a route; otherwise the fault would never fire.

    Raises:
        UsageError: It matches none. The message names the nearest route.
    """
    if any(fnmatchcase(name, pattern) for name in known):
        return
    nearest = max(sorted(known), key=lambda name: SequenceMatcher(None, pattern, name).ratio())
    raise UsageError(f"where.route is {pattern!r}, which no route is called; the nearest is {nearest!r}")


def clear_faults(context: RequestContext) -> Response:
    """Remove every fault. Answers 204."""
    faults_of(context.tenant).clear()
    return Response.empty()


def remove_fault(context: RequestContext) -> Response:
    """Remove one fault. Answers 204."""
    faults_of(context.tenant).disarm(context.params["faultId"])
    return Response.empty()


def read_catalogue(context: RequestContext) -> Response:
    """Return every fault.

    Shape: `{faults: [{name, group, aliases, summary, source, evidence, params, examples, ...}]}`; `params` holds the
    JSON schema of each parameter with its default.
    """
    del context
    return Response.of({"faults": [msgspec.to_builtins(fault) for fault in catalogue()]})
