"""Every value of every setting that a pull depends on: each pull, made twice, gives the same records."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from service import Settings, create_app
from service.downstream import PatientDownstreamClient
from service.settings import SETTINGS
from service.upstream.account import HubSpotAccount
from tests.contract.hubspot_account import Account, Connector

VALUES: dict[str, tuple[str, ...]] = {
    "auth": ("bearer", "oauth", "hapikey"),
    "page_size": ("1", "5", "6", "7", "100"),
    "connections": ("1", "2", "8"),
    "read_timeout_s": ("5", "600"),
    "retries": ("0", "1", "20"),
    "retry_jitter": ("0", "1"),
    "retry_budget_s": ("0", "1500"),
    "searches_per_s": ("0.1", "4", "1000"),
    "quota_percent": ("10", "100"),
    "max_body_mb": ("1", "8", "64"),
    "since_field": ("lastmodifieddate", "hs_lastmodifieddate"),
    "since_operator": ("GT", "GTE"),
    "since_overlap_s": ("0", "1", "86400"),
    "tilde_strings": ("escape", "keep"),
}
# How the service is reached, protected and logged. The tests of the process and of the application try these.
NOT_FOR_PULLS = {"hubspot_api_key", "hubspot_base_url", "client_id", "client_secret", "refresh_token"} | {
    "username", "password", "grace_s", "log_format", "log_level", "host", "port", "threads",
    "request_timeout_s", "response_timeout_s", "transfer_timeout_s",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
}  # fmt: skip
# Each step of a pull is in one of them: the list, the search, reading records one by one, what is associated.
QUERIES = (
    "",
    "?properties=*&since=2020-01-01",
    "?propertiesWithHistory=firstname&associations=companies&since=2020-01-01",
)
MORE_QUERIES = (
    "?since=2020-01-01",
    "?limit=5",
    "?properties=*",
    "?propertiesWithHistory=firstname&associations=companies",
    "?archived=true",
)
EACH_VALUE = [(name, value) for name, values in VALUES.items() for value in values]


class ImpatientDownstreamClient(PatientDownstreamClient):
    """A downstream client for which waiting takes no time."""

    def wait(self, seconds: float) -> None:
        """Return at once."""


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """A portal with 12 contacts, one of them archived and one with an association and a former value."""
    with Server(HubSpotSettings(contacts=11)) as server:
        account = Account(server)
        server.portal.assumptions.choose({"hapikey": "accept"})
        contact = account.create("contacts", email="one@example.com", firstname="~t2026-03-09")
        account.update("contacts", contact, firstname="~true")
        account.associate("contacts", contact, "companies", [account.create("companies", name="A company")])
        account.archive("contacts", account.create("contacts", email="gone@example.com"))
        server.portal.clock.advance(3_600_000)
        yield account


Entities = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def expected(account: Account) -> dict[str, Entities]:
    """What each query gives with the defaults."""
    connector = connector_with(account)
    return {query: sent(connector.pull(f"/get_contacts{query}")) for query in (*QUERIES, *MORE_QUERIES)}


def connector_with(account: Account, **values: str) -> Connector:
    """Return a connector with these settings, read as from the environment."""
    server, grant = account.server, account.server.portal.access.grant()
    environ = {
        "HUBSPOT_API_KEY": server.token,
        "HUBSPOT_BASE_URL": server.url,
        "HUBSPOT_CLIENT_ID": grant.client_id,
        "HUBSPOT_CLIENT_SECRET": grant.client_secret,
        "HUBSPOT_REFRESH_TOKEN": grant.refresh_token,
        **{SETTINGS[name].names[-1]: value for name, value in values.items()},
    }
    settings = Settings.from_env(environ)
    hubspot = HubSpotAccount(settings, default_downstream=ImpatientDownstreamClient)
    return Connector(create_app(settings, account=hubspot).test_client())


def words_of(name: str) -> set[str]:
    """Return the words that a setting accepts, from its own message; none if it is a number or a text."""
    try:
        SETTINGS[name].parse("no such value")
    except ValueError as error:
        words = str(error).removeprefix("expected ").partition(", got")[0].split(" or ")
        return set() if re.search("number|URL|token", " ".join(words)) else set(words)
    return set()


def test_every_setting_and_every_word_is_tried() -> None:
    """A new one is added here."""
    assert set(VALUES) | NOT_FOR_PULLS == set(SETTINGS)
    for name, values in VALUES.items():
        assert words_of(name) <= set(values)
    assert words_of("auth") == set(VALUES["auth"])


@pytest.mark.parametrize("queries", [QUERIES, pytest.param(MORE_QUERIES, marks=pytest.mark.proof)], ids=len)
@pytest.mark.parametrize(("name", "value"), EACH_VALUE)
def test_every_pull_gives_the_same_twice_with_every_value_of_a_setting(
    account: Account, expected: dict[str, Entities], name: str, value: str, queries: tuple[str, ...]
) -> None:
    account.server.portal.limits.reset()  # a private app of OAuth has a quota of its own
    connector = connector_with(account, **{name: value})

    for query in queries:
        first, second = (sent(connector.pull(f"/get_contacts{query}")) for _ in range(2))

        assert first == second
        assert first.keys() == expected[query].keys()
        assert first == expected[query] or (name, value) == ("tilde_strings", "keep")
        assert first


def sent(entities: list[dict[str, Any]]) -> Entities:
    """Return entities by id, without the time: no token is later than the beginning of its pull. None comes twice."""
    by_id = {entity["_id"]: {key: value for key, value in entity.items() if key != "_updated"} for entity in entities}
    assert len(by_id) == len(entities)
    return by_id
