import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest

from service.errors import MismatchError
from service.settings import Settings
from service.upstream.auth import Anonymous, RefreshedToken, credentials_for
from service.upstream.messages import Request, Response
from tests.support.cases import for_each

SETTINGS = Settings(
    auth="oauth",
    hubspot_base_url="http://hubspot",
    client_id="the id",
    client_secret="the secret",
    refresh_token="the refresh token",
)


class TokenEndpoint:
    """Issues `token-1`, `token-2`, ... and counts the requests."""

    def __init__(self, *, expires_in: float = 1800) -> None:
        self.expires_in = expires_in
        self.requests: list[Request] = []
        self.now = 1_000.0

    def fetch(self, request: Request) -> Response:
        """Issue a token."""
        self.requests.append(request)
        body = f'{{"access_token":"token-{len(self.requests)}","expires_in":{self.expires_in}}}'
        return Response(200, {}, body.encode())

    def token(self) -> RefreshedToken:
        """Create credentials that use this endpoint and its clock."""
        return RefreshedToken(SETTINGS, self.fetch, clock=lambda: self.now)


def bearer(number: int) -> dict[str, str]:
    """Return the header with a token of the endpoint."""
    return {"Authorization": f"Bearer token-{number}"}


def test_a_token_is_requested_with_the_refresh_token() -> None:
    endpoint = TokenEndpoint()

    headers = endpoint.token().headers()

    [request] = endpoint.requests
    assert headers == bearer(1)
    assert (request.method, request.target) == ("POST", "/oauth/v1/token")
    assert request.content_type == "application/x-www-form-urlencoded"
    assert parse_qs((request.body or b"").decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["the id"],
        "client_secret": ["the secret"],
        "refresh_token": ["the refresh token"],
    }


@for_each(("expires_in", "used_s"), [(1800, 1740), (180, 120), (121, 61), (120, 60), (100, 50), (60, 30), (1, 0.5)])
def test_a_token_is_used_until_a_minute_before_its_end_or_half_of_its_time(expires_in: float, used_s: float) -> None:
    """Whichever is later, so that a token of a minute is not fetched for every request."""
    endpoint = TokenEndpoint(expires_in=expires_in)
    token = endpoint.token()
    token.headers()

    endpoint.now += used_s - 0.25
    assert token.headers() == bearer(1)
    endpoint.now += 0.25
    assert token.headers() == bearer(2)
    assert token.headers() == bearer(2)
    assert len(endpoint.requests) == 2


def test_a_rejected_token_is_replaced_once_for_all_pulls() -> None:
    """Several pulls had the same one. Only the first renews it."""
    endpoint = TokenEndpoint()
    token = endpoint.token()
    rejected = token.headers()

    assert token.renew(rejected)
    assert token.headers() == bearer(2)
    assert token.renew(rejected)
    assert token.headers() == bearer(2)
    assert len(endpoint.requests) == 2


def test_pulls_that_need_a_token_at_the_same_time_fetch_one() -> None:
    endpoint, together = TokenEndpoint(), threading.Barrier(8)
    token = endpoint.token()

    def headers() -> dict[str, str]:
        together.wait(timeout=20)
        return token.headers()

    with ThreadPoolExecutor(8) as pool:
        found = [pending.result() for pending in [pool.submit(headers) for _ in range(8)]]

    assert found == [bearer(1)] * 8
    assert len(endpoint.requests) == 1


def test_a_failure_to_fetch_a_token_is_not_remembered() -> None:
    answers = [Response(200, {}, b"{}"), Response(200, {}, b'{"access_token":"token-1","expires_in":1800}')]
    token = RefreshedToken(SETTINGS, lambda _request: answers.pop(0), clock=lambda: 0.0)

    with pytest.raises(MismatchError, match="without `access_token` and `expires_in`"):
        token.headers()

    assert token.headers() == bearer(1)


def test_every_secret_is_kept_out_of_messages() -> None:
    """The token too, as soon as there is one."""
    token = TokenEndpoint().token()
    assert set(token.secrets()) == {"the secret", "the refresh token"}

    token.headers()

    assert set(token.secrets()) == {"the secret", "the refresh token", "token-1"}


@for_each(
    ("auth", "headers", "query"),
    [("bearer", {"Authorization": "Bearer k&y"}, ""), ("hapikey", {}, "hapikey=k%26y"), ("oauth", bearer(1), "")],
)
def test_each_kind_of_credentials_is_sent_in_its_place(auth: str, headers: dict[str, str], query: str) -> None:
    """Twice the same. Only OAuth has others after a 401."""
    settings = Settings(hubspot_api_key="k&y", hubspot_base_url="http://hubspot", auth=auth, client_secret="s")
    credentials = credentials_for(settings, TokenEndpoint().fetch)

    for _ in range(2):
        assert (credentials.headers(), credentials.query()) == (headers, query)
    assert credentials.renew(credentials.headers()) is (auth == "oauth")
    assert ("k&y" in credentials.secrets()) is (auth != "oauth")


def test_the_token_endpoint_gets_no_credentials_but_knows_all_secrets() -> None:
    anonymous = Anonymous(SETTINGS)

    assert (anonymous.headers(), anonymous.query(), anonymous.renew({})) == ({}, "", False)
    assert set(anonymous.secrets()) == {"the secret", "the refresh token"}
