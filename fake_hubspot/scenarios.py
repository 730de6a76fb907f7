"""Scenarios: named bundles of what a portal holds and how it misbehaves, switched while the fake runs."""

from collections.abc import Callable
from dataclasses import dataclass

from fake_hubspot.errors import UnknownScenarioError
from fake_hubspot.exchange import Interventions, NoInterventions, Tenant
from fake_hubspot.faults.scripted import ScriptedError
from fake_hubspot.seeds import seed_contacts

__all__ = ["SCENARIOS", "Scenario", "apply_scenario"]

SEVERAL_PAGES = 250


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named bundle. `at_least_contacts` are generated where the portal holds fewer."""

    name: str
    summary: str
    interventions: Callable[[], Interventions] = NoInterventions
    at_least_contacts: int = 0


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("success", "Everything works."),
        Scenario("server-error", "Every call answers 500.", ScriptedError),
        Scenario("paging", "Enough contacts for several pages of 100, nothing fails.", at_least_contacts=SEVERAL_PAGES),
        Scenario(
            "error-on-page-2",
            "Page 1 of a list is good, page 2 answers 500, each time.",
            lambda: ScriptedError(page=2),
            at_least_contacts=SEVERAL_PAGES,
        ),
    )
}


def apply_scenario(tenant: Tenant, name: str) -> None:
    """Switch a portal to a scenario. Records that are there stay; missing ones are generated.

    Raises: UnknownScenarioError.
    """
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise UnknownScenarioError(name, known=SCENARIOS)
    if tenant.portal.store.count("0-1") < scenario.at_least_contacts:
        seed_contacts(tenant.portal, scenario.at_least_contacts)
    tenant.interventions = scenario.interventions()
    tenant.scenario = name
