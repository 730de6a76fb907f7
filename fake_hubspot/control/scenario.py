"""The scenario that a portal is in."""

import msgspec

from bench_core.control.bodies import read_body
from fake_hubspot.context import RequestContext, Response, Route, control_route
from fake_hubspot.scenarios import SCENARIOS, apply_scenario

__all__ = ["routes"]


class ScenarioChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scenario to switch to: `{"name": "server-error"}`."""

    name: str


def routes() -> list[Route]:
    """Return the routes `GET` and `PUT /_fake/scenario`."""
    path = "/_fake/scenario"
    return [
        control_route("scenario.read", "GET", path, read_scenario, summary="Read the scenario"),
        control_route("scenario.set", "PUT", path, set_scenario, summary="Switch the scenario"),
    ]


def read_scenario(context: RequestContext) -> Response:
    """Return the current scenario.

    Shape: `{name, summary, known: [name]}`.
    """
    chosen = SCENARIOS[context.tenant.scenario]
    return Response.of({"name": chosen.name, "summary": chosen.summary, "known": sorted(SCENARIOS)})


def set_scenario(context: RequestContext) -> Response:
    """Switch to a scenario.

    Shape: `{name}` in, as `GET` out.
    """
    apply_scenario(context.tenant, read_body(context, ScenarioChoice).name)
    return read_scenario(context)
