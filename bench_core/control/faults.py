"""The faults of a server: which are set, and which exist."""

from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from typing import Any, TypedDict

import msgspec

from bench_core.control.bodies import read_body
from bench_core.control.operations import ControlOperation
from bench_core.errors import UsageError
from bench_core.exchange import Operation, Response
from bench_core.faults.definition import FaultDescription
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.faults.rule import FaultRule, Selector
from bench_core.names import most_similar

__all__ = ["fault_operations", "to_wire"]

PATH = "/_fake/faults"
# What a rule can say of the lists of an API, which a server that knows no routes does not have.
OF_LISTS = ("objectType", "page", "fromPage", "cursor", "lastPage")


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


def fault_operations(
    faults_of: Callable[[Any], FaultSet], known: Callable[[], Collection[str]] | None = None
) -> list[ControlOperation]:
    """Return the operations under `/_fake/faults`.

    Args:
        faults_of: Returns the faults that a request is about.
        known: Returns the names of the routes to which faults apply; None for a server that knows no routes.
    """

    def read_all(context: Any) -> Response:
        """Shape: `{faults: [fault]}`, in the order in which they are applied."""
        return Response.of({"faults": [to_wire(armed) for armed in faults_of(context)]})

    def set_fault(context: Any) -> Response:
        """Shape: `{fault, [params], [where], [times], [probability], [seed]}` in, the fault out with status 201."""
        rule = read_body(context, FaultRule)
        if known is not None:
            _check_route(rule.where.route, known())
        else:
            _check_lists(rule.where)
        return Response.of(to_wire(faults_of(context).arm(rule)), status=201)

    def clear(context: Any) -> Response:
        faults_of(context).clear()
        return Response.empty()

    def read_one(context: Any) -> Response:
        return Response.of(to_wire(faults_of(context).find(context.params["faultId"])))

    def remove(context: Any) -> Response:
        faults_of(context).disarm(context.params["faultId"])
        return Response.empty()

    def read_catalogue(context: Any) -> Response:
        """Shape: `{faults: [{name, group, aliases, summary, source, evidence, params, examples, ...}]}`.

        `params` holds the JSON schema of each parameter with its default.
        """
        found = faults_of(context).registry.catalogue()
        return Response.of({"faults": [msgspec.to_builtins(fault) for fault in found]})

    one, every = f"{PATH}/{{faultId}}", f"{PATH}/catalogue"
    setting = Operation(body=FaultRule, response=FaultResponse, statuses=(201,))
    gone, reading = Operation(statuses=(204,)), Operation(response=FaultList)
    catalogue, single = Operation(response=Catalogue), Operation(response=FaultResponse)
    return [
        ControlOperation("faults.read", "GET", PATH, read_all, "List the faults that are set", reading),
        ControlOperation("faults.set", "POST", PATH, set_fault, "Set a fault", setting),
        ControlOperation("faults.clear", "DELETE", PATH, clear, "Remove all faults", gone),
        ControlOperation("faults.readOne", "GET", one, read_one, "Read a fault", single),
        ControlOperation("faults.remove", "DELETE", one, remove, "Remove a fault", gone),
        ControlOperation("faults.catalogue", "GET", every, read_catalogue, "List all faults", catalogue),
    ]


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


def _check_route(pattern: str, known: Collection[str]) -> None:
    """Check that a pattern matches a route; otherwise the fault would never fire.

    Raises:
        UsageError: It matches none. The message names the nearest route.
    """
    if any(fnmatchcase(name, pattern) for name in known):
        return
    nearest = most_similar(pattern, sorted(known))
    raise UsageError(f"where.route is {pattern!r}, which no route is called; the nearest is {nearest!r}")


def _check_lists(where: Selector) -> None:
    """Check that a rule says nothing about lists, of which this server knows nothing: the fault would never fire.

    Raises:
        UsageError: It does. The message names what finds a request instead.
    """
    given = [name for name in OF_LISTS if name in msgspec.to_builtins(where)]
    if given:
        raise UsageError(
            f"this server does not know the lists of the API, so it expects no where.{given[0]}; select requests by "
            "route, method, path, query, nth, every or afterRequest"
        )
