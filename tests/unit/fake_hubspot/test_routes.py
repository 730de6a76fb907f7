"""What a route declares: its scope, its rate class and who may use it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from bench_core.access import AccessPolicy
from fake_hubspot.app import App
from fake_hubspot.console import console_routes
from fake_hubspot.context import ANY_SCOPE, Access, RateClass, RequestContext, Response, Route
from fake_hubspot.control.health import health_routes
from fake_hubspot.control.table import control_routes
from fake_hubspot.crm import crm_routes
from fake_hubspot.crm.families import family_routes
from fake_hubspot.legacy import legacy_routes
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal_registry import PortalRegistry
from fake_hubspot.scopes import RECORDS_READ
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake

FIND = "/crm/v3/finders/{objectType}"
CONTACTS = "/crm/v3/objects/contacts"


def find(_: RequestContext) -> Response:
    """A handler without a family."""
    return Response.of({})


@pytest.fixture
def finders() -> Iterator[Fake]:
    """A fake whose only HubSpot route is a new one with a name unlike all others."""
    made = Fake(Settings())
    made.app.portals.close()
    route = Route("finders.find", "GET", FIND, find, scope=RECORDS_READ, rate_class=RateClass.SEARCH)
    portals = PortalRegistry(PortalConfig())
    policy = AccessPolicy(allowed=["api.test"])
    made.app = App(portals, [route, *control_routes(portals, lambda: [route])], policy=policy)
    yield made
    portals.close()


@pytest.mark.parametrize("missing", ["scope", "rate_class"])
def test_a_route_cannot_forget_its_scope_and_its_rate_class(missing: str) -> None:
    """Neither has a default."""
    fields: dict[str, Any] = {"scope": ANY_SCOPE, "rate_class": RateClass.GENERAL}
    del fields[missing]

    with pytest.raises(TypeError, match=missing):
        Route("finders.find", "GET", FIND, find, **fields)


def test_a_route_is_limited_as_its_rate_class_says(finders: Fake) -> None:
    """Five searches per second, and no rate-limit headers but those about the day."""
    finders.request("PUT", "/_fake/clock", {"freeze": True})
    finders.request("PUT", "/_fake/limits", {"enforced": True})

    answers = [finders.get("/crm/v3/finders/contacts") for _ in range(6)]

    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["policyName"] == "SECONDLY"
    told = [name for name in answers[0].headers if "ratelimit" in name]
    assert told == ["x-hubspot-ratelimit-daily", "x-hubspot-ratelimit-daily-remaining"]


@pytest.mark.parametrize(("scope", "status"), [("contacts", 200), ("companies", 403)])
def test_a_route_needs_the_scope_that_it_says(finders: Fake, scope: str, status: int) -> None:
    """For the object type in the path."""
    token = finders.post("/_fake/tokens", {"scopes": [f"crm.objects.{scope}.read"]}).json()["token"]

    answer = finders.get("/crm/v3/finders/contacts", headers={"authorization": f"Bearer {token}"})

    assert answer.status == status


def test_routes_of_the_fake_itself_need_no_scope_and_count_in_no_limit(fake: Fake) -> None:
    """They are not in the journal either, including the OpenAPI document."""
    own = [route for route in fake.app.router.routes if route.template.startswith(("/_fake/", "/health"))]
    fake.get("/_fake/openapi.json")
    fake.get("/health")

    assert len(own) > 20
    assert {(route.scope, route.rate_class) for route in own} == {(ANY_SCOPE, RateClass.NONE)}
    assert Access.TOKEN not in {route.access for route in own}
    assert fake.get("/_fake/journal").json()["entries"] == []


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", CONTACTS, "crm.objects.contacts.read"),
        ("POST", CONTACTS, "crm.objects.contacts.write"),
        ("POST", f"{CONTACTS}/search", "crm.objects.contacts.read"),
        ("POST", f"{CONTACTS}/batch/read", "crm.objects.contacts.read"),
        ("POST", f"{CONTACTS}/batch/update", "crm.objects.contacts.write"),
        ("POST", f"{CONTACTS}/merge", "crm.objects.contacts.write"),
        ("POST", "/crm/v3/objects/deals", "crm.objects.deals.write"),
        ("GET", "/crm/v3/owners", "crm.objects.owners.read"),
    ],
)
def test_a_token_without_the_scope_is_told_which_one(fake: Fake, method: str, path: str, scope: str) -> None:
    """403 with the name of the scope."""
    token = fake.post("/_fake/tokens", {"scopes": ["oauth"]}).json()["token"]

    answer = fake.request(method, path, {}, headers={"authorization": f"Bearer {token}"})

    assert answer.status == 403
    assert answer.json()["errors"][0]["context"] == {"requiredGranularScopes": [scope]}


def test_no_later_route_shares_a_path_with_an_early_one(fake: Fake) -> None:
    """A request that an early route answers does not load the later ones, so they could not take precedence."""
    early = [*crm_routes(), *health_routes(), *console_routes(fake.app.console)]
    later = [*family_routes(), *legacy_routes(), *control_routes(fake.app.portals, list)]
    places = defaultdict(set)
    for route in early:
        places[_place(route.template)].add(route.template)

    shared = [
        (one.template, other)
        for one in later
        for other in places[_place(one.template)]
        if _have_a_common_path(one.template, other)
    ]

    assert len(early) + len(later) == len(fake.app.router.routes)
    assert not any(route.template.startswith("/{") for route in (*early, *later))
    assert shared == []


def _place(template: str) -> tuple[str, int]:
    """What templates with a common path have in common."""
    return template.split("/")[1], template.count("/")


def _have_a_common_path(one: str, other: str) -> bool:
    pairs = zip(one.split("/"), other.split("/"), strict=True)
    return all(mine == theirs or "{" in (mine[:1], theirs[:1]) for mine, theirs in pairs)
