"""Which scenario a portal plays."""

import msgspec

from fake_hubspot.control.bodies import read_body
from fake_hubspot.exchange import Exchange, Reply, Route
from fake_hubspot.scenarios import SCENARIOS, apply_scenario

__all__ = ["routes"]


class ScenarioChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`{"name": "server-error"}`."""

    name: str


def routes() -> list[Route]:
    """`GET` and `PUT /_fake/scenario`, for the default portal."""
    path = "/_fake/scenario"
    return [
        Route("control.scenario.read", "GET", path, read_scenario, access="control", summary="The scenario"),
        Route("control.scenario.set", "PUT", path, set_scenario, access="control", summary="Switch the scenario"),
    ]


def read_scenario(exchange: Exchange) -> Reply:
    """Shape: `{name, summary, known: [name]}`."""
    chosen = SCENARIOS[exchange.tenant.scenario]
    return Reply.of({"name": chosen.name, "summary": chosen.summary, "known": sorted(SCENARIOS)})


def set_scenario(exchange: Exchange) -> Reply:
    """Shape: `{name}` in, as `GET` out."""
    apply_scenario(exchange.tenant, read_body(exchange, ScenarioChoice).name)
    return read_scenario(exchange)
