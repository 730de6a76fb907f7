"""The paths of each family in each version, written down once more, and tokens that are checked and revoked."""

from typing import Any
from urllib.parse import urlencode

import pytest

from fake_hubspot.crm.versions import PATHS
from tests.unit.fake_hubspot.inprocess import Fake

SPELLED = {
    "objects": ("/crm/v3/objects", "/crm/objects/v3", "/crm/objects/2025-09", "/crm/v4/objects"),
    "properties": ("/crm/v3/properties", "/crm/properties/v3"),
    "owners": ("/crm/v3/owners", "/crm/owners/v3"),
    "webhooks": ("/webhooks/v3",),
    "pipelines": ("/crm/v3/pipelines", "/crm/pipelines/v3"),
    "lists": ("/crm/v3/lists", "/crm/lists/v3"),
    "schemas": ("/crm/v3/schemas", "/crm-object-schemas/v3/schemas"),
    "account": ("/account-info/v3",),
    "users": ("/settings/v3/users", "/settings/users/v3"),
    "associations": ("/crm/v4/associations", "/crm/associations/v4", "/crm/associations/2025-09"),
    "links": ("/crm/v4/objects", "/crm/objects/2025-09"),
    "associations-v3": ("/crm/v3/associations", "/crm/associations/v3"),
    "tokens": ("/oauth/v1/token", "/oauth/v3/token"),
    "token-checks": ("/oauth/v3/token",),
}
DATED = {
    "objects": "/crm/objects/{}",
    "properties": "/crm/properties/{}",
    "owners": "/crm/owners/{}",
    "pipelines": "/crm/pipelines/{}",
    "lists": "/crm/lists/{}",
    "schemas": "/crm-object-schemas/{}/schemas",
    "account": "/account-info/{}",
    "users": "/settings/users/{}",
    "associations": "/crm/associations/{}",
    "links": "/crm/objects/{}",
    "webhooks": "/webhooks/{}",
    "tokens": "/oauth/{}/token",
    "token-checks": "/oauth/{}/token",
}
# One GET below the path of each family.
READS = {
    "objects": "/leads",
    "properties": "/quotes",
    "owners": "",
    "pipelines": "/orders",
    "schemas": "",
    "account": "/details",
    "users": "",
    "associations": "/deals/contacts/labels",
    "links": "/contacts/{contact}/associations/companies",
}


# Operations that came with the latest date.
NEWER = {"lists": {("POST", "/all")}}


def test_every_family_has_every_version_that_hubspot_publishes() -> None:
    """Both spellings of the numbered version, and the dates since 2026-03."""
    expected = {
        family: {*spelled, *(DATED[family].format(date) for date in ("2026-03", "2026-09") if family in DATED)}
        for family, spelled in SPELLED.items()
    }

    assert {family: set(paths) for family, paths in PATHS.items()} == expected


def test_no_family_lacks_an_operation_in_one_of_its_versions(fake: Fake) -> None:
    """The routes below each path of a family are the same, apart from what two families share a path with."""
    routes = {(route.method, route.template) for route in fake.app.router.routes}

    for family, paths in PATHS.items():
        below = [
            {(method, template.removeprefix(path)) for method, template in routes if template.startswith(path)}
            for path in paths
        ]
        common = set.intersection(*below)
        assert common, family
        if family in ("properties", "owners", "pipelines", "lists", "schemas", "account", "users", "associations-v3"):
            assert all(each - NEWER.get(family, set()) == common for each in below), family


@pytest.mark.parametrize(("family", "path"), [(family, path) for family in READS for path in PATHS[family]])
def test_a_request_in_each_version_is_answered(fake: Fake, family: str, path: str) -> None:
    """With a page or an object, never as an unknown path."""
    contact = fake.get("/crm/v3/objects/contacts?limit=1").json()["results"][0]["id"]

    answer = fake.get(path + READS[family].format(contact=contact))

    assert answer.status == 200
    assert "x-fake-hubspot-unmatched" not in answer.headers


def form(fake: Fake, path: str, fields: dict[str, str]) -> Any:
    """Send a form, as OAuth has it."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return fake.request("POST", path, urlencode(fields).encode(), headers=headers)


@pytest.mark.parametrize("path", PATHS["token-checks"])
def test_a_token_is_checked_and_revoked(fake: Fake, path: str) -> None:
    """An app can check its tokens; a revoked one opens nothing. A private app's token is not its own."""
    app = fake.post("/_fake/grants", {}).json()
    owner = {"client_id": app["clientId"], "client_secret": app["clientSecret"]}
    refresh = {"grant_type": "refresh_token", "refresh_token": app["refreshToken"]}
    issued = form(fake, path, owner | refresh).json()["access_token"]
    private = fake.app.portals.default.token

    def active(token: str) -> bool:
        answer: bool = form(fake, f"{path}/introspect", owner | {"token": token}).json()["active"]
        return answer

    assert (active(issued), active(app["refreshToken"]), active("nothing"), active(private)) == (
        True,
        True,
        False,
        False,
    )
    for token in (issued, private, "nothing"):
        assert (form(fake, f"{path}/revoke", owner | {"token": token})).status == 200
    assert not active(issued)
    assert fake.get("/crm/v3/objects/contacts").status == 200
    assert form(fake, f"{path}/introspect", owner | {"client_secret": "wrong", "token": issued}).status == 400
    assert form(fake, f"{path}/revoke", owner | {"token": app["refreshToken"]}).status == 200
    assert form(fake, path, owner | refresh).json()["status"] == "BAD_CLIENT_ID"
