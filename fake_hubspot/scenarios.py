"""Scenarios: named combinations of contents and faults, which can be switched while the fake runs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from fake_hubspot.context import Tenant
from fake_hubspot.errors import UnknownScenarioError
from fake_hubspot.faults import FaultRule, FaultSet
from fake_hubspot.portal.portal import Portal
from fake_hubspot.seeds import seed_contacts

__all__ = ["SCENARIOS", "Scenario", "apply_scenario", "saved_scenario"]

SEVERAL_PAGES = 250
LISTS = "objects.list"
SCENARIO = "scenario"


class Scenario(msgspec.Struct, frozen=True):
    """A named combination of contents and faults.

    Attributes:
        faults: Set in their order, each as `POST /_fake/faults` takes it.
        at_least_contacts: Contacts are generated if the portal has fewer.
    """

    name: str
    summary: str
    faults: tuple[Mapping[str, Any], ...] = ()
    at_least_contacts: int = 0

    def rules(self) -> list[FaultRule]:
        """Return the faults, checked."""
        return [msgspec.convert(fault, FaultRule) for fault in self.faults]


def _walk(name: str, summary: str, *faults: Mapping[str, Any]) -> Scenario:
    """Make a scenario that shows only on several pages."""
    return Scenario(name, summary, faults, at_least_contacts=SEVERAL_PAGES)


def _on_lists(fault: str, *, times: int | str = "once", params: Mapping[str, Any] | None = None, **where: Any) -> Any:
    return {"fault": fault, "params": params or {}, "where": {"route": LISTS, **where}, "times": times}


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("success", "Everything works."),
        Scenario(
            "server-error", "Every request is answered with 500.", ({"fault": "server-error", "times": "forever"},)
        ),
        _walk("paging", "Enough contacts for several pages of 100; nothing fails."),
        _walk(
            "error-on-page-2",
            "Page 1 of a list succeeds; page 2 returns 500 every time.",
            _on_lists("server-error", page=2, times="forever"),
        ),
        _walk(
            "recovering-page-2",
            "Page 2 of a list returns 502 once; the retry succeeds.",
            _on_lists("bad-gateway", page=2),
        ),
        _walk(
            "flaky",
            "For each page of a list, the first request returns 503, the second succeeds, and so on in turn.",
            _on_lists("service-unavailable", per="page", nth=1, every=2, times="forever"),
        ),
        _walk(
            "rate-limited",
            "Page 2 of a list returns 429 twice without Retry-After, then succeeds.",
            _on_lists("rate-limit-ten-secondly", page=2, times=2),
        ),
        _walk(
            "rate-limited-with-retry-after",
            "Page 2 of a list returns 429 with Retry-After: 1, then succeeds.",
            _on_lists("rate-limit-ten-secondly", page=2, params={"retry_after_s": 1}),
        ),
        Scenario(
            "daily-limit",
            "Every request returns 429: the daily limit is used up.",
            ({"fault": "rate-limit-daily", "times": "forever"},),
        ),
        _walk(
            "token-expires-mid-walk",
            "From page 2 on, every page of a list returns 401: the token has expired.",
            _on_lists("token-expired", fromPage=2, times="forever"),
        ),
        Scenario(
            "missing-scopes",
            "Every request returns 403: the app lacks a scope.",
            ({"fault": "missing-scopes", "times": "forever"},),
        ),
        _walk(
            "cut-mid-body",
            "Page 2 of a list ends (FIN) in the middle of its body every time.",
            _on_lists("close-in-body", page=2, times="forever"),
        ),
        _walk(
            "reset-mid-body",
            "Page 2 of a list breaks off (RST) in the middle of its body every time.",
            _on_lists("reset-in-body", page=2, times="forever"),
        ),
        _walk(
            "endless-cursor",
            "Page 2 of a list leads to itself, endlessly.",
            _on_lists("endless-cursor", page=2, times="forever"),
        ),
        _walk(
            "backward-cursor",
            "Page 3 of a list leads back to page 2, endlessly.",
            _on_lists("backward-cursor", page=3, times="forever"),
        ),
        _walk(
            "empty-page-with-cursor",
            "Page 2 of a list is empty once, with a cursor that leads to its records.",
            _on_lists("empty-page-with-cursor", page=2),
        ),
        _walk(
            "short-page",
            "Page 2 of a list has one record and a cursor to the rest.",
            _on_lists("short-page", page=2),
        ),
        _walk(
            "duplicated-page",
            "Page 2 of a list has the records of page 1.",
            _on_lists("duplicated-page", page=2, times="forever"),
        ),
        _walk(
            "html-with-200",
            "Page 2 of a list is an HTML page with status 200.",
            _on_lists("html-with-200", page=2, times="forever"),
        ),
        _walk(
            "error-with-200",
            "Page 2 of a list is HubSpot's error object with status 200.",
            _on_lists("error-with-200", page=2, times="forever"),
        ),
        _walk(
            "truncated-json",
            "Page 2 of a list is half its JSON in a whole answer.",
            _on_lists("truncated-json", page=2, times="forever"),
        ),
        _walk(
            "merged-during-walk",
            "After page 1 of a list two of its contacts are merged; the walk meets the new id.",
            _on_lists("merged-during-walk", page=1),
        ),
        _walk(
            "changes-during-walk",
            "After page 1 of a list a contact is created, one is changed and one is archived, all ahead of the walk.",
            _on_lists("created-during-walk", page=1),
            _on_lists("changed-during-walk", page=1),
            _on_lists("archived-during-walk", page=1),
        ),
        _walk(
            "slow-page",
            "Page 2 of a list takes three seconds.",
            _on_lists("latency", page=2, params={"delay_ms": 3000}),
        ),
        _walk(
            "slow-body",
            "The body of page 2 of a list trickles in over three seconds.",
            _on_lists("dribble", page=2, params={"duration_ms": 3000, "pieces": 30}),
        ),
        _walk("stall", "The body of page 2 of a list stops halfway and never ends.", _on_lists("stall", page=2)),
        Scenario(
            "cloudflare",
            "Every request returns 521 with an HTML page: Cloudflare cannot reach HubSpot.",
            ({"fault": "cloudflare-error", "params": {"status": 521}, "times": "forever"},),
        ),
    )
}


def saved_scenario(portal: Portal) -> str:
    """Return the scenario that the portal's file names, or the one that the portal was made with."""
    return portal.notes.get(SCENARIO) or portal.config.scenario


def apply_scenario(tenant: Tenant, name: str) -> None:
    """Switch a portal to a scenario. Its faults are replaced; its records stay, and missing ones are generated.

    Raises:
        UnknownScenarioError: There is no scenario of this name.
    """
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise UnknownScenarioError(name, known=SCENARIOS)
    if tenant.portal.store.count("0-1") < scenario.at_least_contacts:
        seed_contacts(tenant.portal, scenario.at_least_contacts)
    faults = FaultSet()
    for rule in scenario.rules():
        faults.arm(rule)
    tenant.fault_hooks = faults
    tenant.scenario = name
    tenant.portal.notes.put(SCENARIO, name)
