"""Which scenario a portal plays."""

import msgspec

from fake_hubspot.context import RequestContext, Response, Route, control_route
from fake_hubspot.control.bodies import read_body
from fake_hubspot.scenarios import SCENARIOS, apply_scenario

__all__ = ["routes"]


class ScenarioChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`{"name": "server-error"}`."""

    name: str


def routes() -> list[Route]:
    """`GET` and `PUT /_fake/scenario`, for the default portal."""
    path = "/_fake/scenario"
    return [
        control_route("scenario.read", "GET", path, read_scenario, summary="The scenario"),
        control_route("scenario.set", "PUT", path, set_scenario, summary="Switch the scenario"),
    ]


def read_scenario(context: RequestContext) -> Response:
    """Shape: `{name, summary, known: [name]}`."""
    chosen = SCENARIOS[context.tenant.scenario]
    return Response.of({"name": chosen.name, "summary": chosen.summary, "known": sorted(SCENARIOS)})


def set_scenario(context: RequestContext) -> Response:
    """Shape: `{name}` in, as `GET` out."""
    apply_scenario(context.tenant, read_body(context, ScenarioChoice).name)
    return read_scenario(context)
