"""Which headers a cassette keeps."""

import pytest

from contract_bench.cassettes.redaction import is_allowed_request_header, is_allowed_response_header
from tests.support.cases import for_each

RESPONSE = [
    "Access-Control-Allow-Credentials", "Allow", "Cache-Control", "CF-Cache-Status", "Content-Type", "Date",
    "Deprecation", "Location", "Retry-After", "Server", "Strict-Transport-Security", "Sunset", "Vary",
    "WWW-Authenticate", "X-Content-Type-Options", "X-HubSpot-Auth-Failure", "X-HubSpot-Correlation-Id",
    "X-HubSpot-NotFound", "X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Remaining",
]  # fmt: skip
NEITHER = [
    "Authorization", "Cookie", "Set-Cookie", "X-Forwarded-For", "CF-RAY", "Content-Length", "Content-Encoding",
    "Transfer-Encoding", "Connection", "X-Trace", "X-HubSpot-Anything", "Content-Type-Options", "",
]  # fmt: skip


@for_each("name", RESPONSE)
def test_header_that_a_reader_of_the_api_needs_is_kept(name: str) -> None:
    """In any spelling."""
    assert all(map(is_allowed_response_header, (name, name.lower(), name.upper())))


@pytest.mark.parametrize("name", ["Accept", "Content-Type"])
def test_header_of_a_request_is_kept(name: str) -> None:
    assert all(map(is_allowed_request_header, (name, name.lower(), name.upper())))


@for_each("name", NEITHER)
def test_every_other_header_is_dropped(name: str) -> None:
    assert not is_allowed_request_header(name)
    assert not is_allowed_response_header(name)


@for_each("name", [name for name in RESPONSE if name != "Content-Type"])
def test_header_of_a_response_is_not_kept_in_a_request(name: str) -> None:
    assert not is_allowed_request_header(name)
