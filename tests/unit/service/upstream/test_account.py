"""What an account passes on to its connections: every setting, and what all pulls share."""

import ssl
from typing import Any

import pytest

from service.downstream import PatientDownstreamClient
from service.settings import Settings
from service.upstream import account as account_module
from service.upstream.account import HubSpotAccount
from service.upstream.auth import Anonymous
from service.upstream.client import Client
from service.upstream.large_bodies import LargeBodies
from service.upstream.messages import Response

SETTINGS = Settings(
    hubspot_api_key="pat-x",
    hubspot_base_url="https://hubspot.example",
    read_timeout_s=7,
    transfer_timeout_s=8,
    max_body_mb=3,
    https_proxy="http://proxy:3128",
    retries=4,
    retry_budget_s=77,
    auth="oauth",
    client_id="id",
    client_secret="secret",
    refresh_token="refresh",
)


class Made:
    """Replaces a class, and notes with what it was made."""

    def __init__(self) -> None:
        self.given: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self.closed = 0

    def __call__(self, *positional: Any, **named: Any) -> "Made":
        """Make an object."""
        self.given.append((positional, named))
        return self

    def close(self) -> None:
        """Close it."""
        self.closed += 1


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Made:
    made = Made()
    monkeypatch.setattr(account_module, "Connection", made)
    return made


def clock() -> float:
    return 5.0


def test_a_connection_has_the_settings_and_shares_the_tls_context(connections: Made) -> None:
    account = HubSpotAccount(SETTINGS, clock=clock)

    account.pull_clients(PatientDownstreamClient())
    account.hasty_client(limit_s=100)
    account.hasty_client(limit_s=7.5)
    account.hasty_client(limit_s=2)

    shared = connections.given[0][1]
    tls = shared["tls"]
    expected = {
        "timeout_s": 7,
        "transfer_timeout_s": 8,
        "max_body_bytes": 3 * 2**20,
        "large_bodies": shared["large_bodies"],
        "proxy": SETTINGS.proxy,
        "tls": tls,
        "clock": clock,
    }
    limits = [(7, 8), (7, 8), (7, 8), (7, 7.5), (2, 2)]
    assert connections.given == [
        (("https://hubspot.example",), expected | {"timeout_s": timeout_s, "transfer_timeout_s": transfer_timeout_s})
        for timeout_s, transfer_timeout_s in limits
    ]
    assert isinstance(shared["large_bodies"], LargeBodies)
    assert isinstance(tls(), ssl.SSLContext)
    assert tls() is tls()


def test_the_clients_of_a_pull_share_its_retries_and_everything_of_the_account(
    connections: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = Made()
    monkeypatch.setattr(account_module, "Client", clients)
    metrics: Any = Made()
    metrics.request_retried = lambda _kind: None
    downstream = PatientDownstreamClient()
    account = HubSpotAccount(SETTINGS, metrics=metrics, clock=clock, default_downstream=lambda: downstream)

    pull = account.pull_clients()
    account.pull_clients(downstream)
    account.hasty_client(limit_s=5)
    account.hasty_client(limit_s=500)

    primary, secondary, other, _, single, patient = (named for _, named in clients.given)
    assert primary == secondary
    assert [one["retry_policy"] is primary["retry_policy"] for one in (secondary, other, single)] == [
        True,
        False,
        False,
    ]
    for name in ("credentials", "quota", "metrics", "downstream", "clock"):
        assert all(one[name] is primary[name] for one in (secondary, other, single)), name
    assert (primary["metrics"], primary["downstream"], primary["clock"]) == (metrics, downstream, clock)
    policies = [primary["retry_policy"], single["retry_policy"], patient["retry_policy"]]
    assert [(one._retries, one._budget_s) for one in policies] == [(4, 77), (0, 5), (0, 77)]
    for one in (primary, single):
        assert one["retry_policy"]._on_retry is metrics.request_retried
    pull.close()
    assert clients.closed == 2


def test_a_token_is_fetched_without_retries_over_a_connection_that_is_closed(
    connections: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: list[Client] = []

    def answer(self: Client, _request: object) -> Response:
        clients.append(self)
        return Response(200, {}, b'{"access_token":"token","expires_in":1800}')

    monkeypatch.setattr(Client, "request", answer)
    account = HubSpotAccount(SETTINGS, clock=clock)

    assert account._credentials.headers() == {"Authorization": "Bearer token"}
    assert account._credentials.headers() == {"Authorization": "Bearer token"}

    (client,) = clients
    assert isinstance(client._credentials, Anonymous)
    assert client._retry_policy._retries == 0
    assert connections.closed == 1
