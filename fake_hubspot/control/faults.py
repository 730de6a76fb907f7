"""The faults of a portal: which are set, which there are."""

from typing import Any

import msgspec

from fake_hubspot.control.bodies import read_body
from fake_hubspot.exchange import Exchange, Reply, Route
from fake_hubspot.faults import ArmedFault, Plan, catalogue, faults_of

__all__ = ["routes"]

PATH = "/_fake/faults"


def routes() -> list[Route]:
    """`/_fake/faults`, for the default portal or the one that `?portal=` names."""
    one = f"{PATH}/{{faultId}}"
    return [
        Route("control.faults.read", "GET", PATH, read_faults, access="control", summary="The faults that are set"),
        Route("control.faults.set", "POST", PATH, set_fault, access="control", summary="Set a fault"),
        Route("control.faults.clear", "DELETE", PATH, clear_faults, access="control", summary="Take every fault away"),
        Route("control.faults.readOne", "GET", one, read_fault, access="control", summary="One fault that is set"),
        Route("control.faults.remove", "DELETE", one, remove_fault, access="control", summary="Take a fault away"),
        Route(
            "control.faults.catalogue",
            "GET",
            f"{PATH}/catalogue",
            read_catalogue,
            access="control",
            summary="Every fault there is",
        ),
    ]


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


def set_fault(exchange: Exchange) -> Reply:
    """Shape: `{fault, [params], [where], [times], [probability], [seed]}` in, the fault out with status 201."""
    armed = faults_of(exchange.tenant).arm(read_body(exchange, Plan))
    return Reply.of(to_wire(armed), status=201)


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
    return Reply.of({"faults": [msgspec.to_builtins(card) for card in catalogue()]})
