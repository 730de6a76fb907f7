"""Faults with another status: the status, the body and the headers that distinguish them."""

import re
from typing import Any

import pytest

from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

ENCODINGS = pytest.mark.parametrize("encoding", ["identity", "gzip"])
RATE_HEADERS = {
    b"x-hubspot-ratelimit-interval-milliseconds",
    b"x-hubspot-ratelimit-max",
    b"x-hubspot-ratelimit-remaining",
    b"x-hubspot-ratelimit-secondly",
    b"x-hubspot-ratelimit-secondly-remaining",
}


def fire(bench: Bench, fault: str, encoding: str = "identity", **params: Any) -> Seen:
    """Return page 2 with the fault."""
    bench.arm(fault, page=2, **params)
    return bench.page(2, encoding=encoding)


@ENCODINGS
@pytest.mark.parametrize(
    ("fault", "params", "status", "expected"),
    [
        ("server-error", {}, 500, {"message": "internal error"}),
        ("status", {"status": 503, "message": "busy", "category": "X"}, 503, {"message": "busy", "category": "X"}),
        (
            "bad-request",
            {},
            400,
            {"message": "validation error", "errors": ["query param userId may not be null"]},
        ),
        ("not-found", {"body": "json"}, 404, {"message": "resource not found"}),
        (
            "conflict",
            {"existing_id": "7"},
            409,
            {"message": "Contact already exists. Existing ID: 7", "category": "CONFLICT"},
        ),
        ("locked", {}, 423, {"message": "Locked"}),
        ("migration", {}, 477, {"message": "Migration in progress"}),
        (
            "token-expired",
            {},
            401,
            {
                "message": "The OAuth token used to make this call expired 0 second(s) ago.",
                "category": "EXPIRED_AUTHENTICATION",
                "context": {"expire time": ["2026-09-21T14:13:20Z"]},
            },
        ),
    ],
)
def test_an_error_has_hubspots_envelope(
    bench: Bench, encoding: str, fault: str, params: dict[str, Any], status: int, expected: dict[str, Any]
) -> None:
    """`status`, `message`, the correlation id of the header, and the fields of the error."""
    seen = fire(bench, fault, encoding, **params)

    correlation_id = seen.headers[b"x-hubspot-correlation-id"].decode()
    assert seen.status == status
    assert seen.json == {"status": "error", "correlationId": correlation_id, **expected}
    assert seen.declared == len(seen.body)


def test_missing_scopes_names_them(bench: Bench) -> None:
    """In the `context` of the error."""
    seen = fire(bench, "missing-scopes", scope="crm.objects.deals.read")

    assert seen.status == 403
    assert seen.json["category"] == "MISSING_SCOPES"
    assert seen.json["errors"][0]["context"] == {"requiredGranularScopes": ["crm.objects.deals.read"]}


def test_an_unknown_token_has_a_header_of_its_own(bench: Bench) -> None:
    """401 without rate-limit headers."""
    seen = fire(bench, "unauthorized")

    assert seen.status == 401
    assert seen.headers[b"x-hubspot-auth-failure"] == b"401 Unauthorized"
    assert seen.json["category"] == "INVALID_AUTHENTICATION"
    assert not RATE_HEADERS & set(seen.headers)


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        ("not-found", 404, "Error 404 Not Found"),
        ("method-not-allowed", 405, "Error 405 Method Not Allowed"),
        ("unsupported-media-type", 415, "Error 415 Unsupported Media Type"),
        ("uri-too-long", 414, "414 Request-URI Too Large"),
        ("bad-gateway", 502, "502 Bad Gateway"),
        ("service-unavailable", 503, "503 Service Temporarily Unavailable"),
        ("gateway-timeout", 504, "504 Gateway Time-out"),
        ("cloudflare-error", 520, "520: Web server is returning an unknown error"),
    ],
)
def test_an_html_error_is_html(bench: Bench, fault: str, status: int, title: str) -> None:
    """Jetty's page, or that of a proxy."""
    seen = fire(bench, fault)

    assert seen.status == status
    assert seen.headers[b"content-type"].startswith(b"text/html")
    assert f"<title>{title}</title>".encode() in seen.body


@pytest.mark.parametrize("status", [520, 521, 522, 523, 524, 525, 526, 530])
def test_a_proxy_responds_without_hubspots_headers(bench: Bench, status: int) -> None:
    """There is no correlation id either."""
    seen = fire(bench, "cloudflare-error", status=status)

    assert seen.status == status
    assert not [name for name in seen.headers if name.startswith(b"x-hubspot-")]


@pytest.mark.parametrize("retry_after_s", [None, 0, 7])
@pytest.mark.parametrize(
    "fault",
    [
        *("status", "locked", "migration", "rate-limit-ten-secondly", "rate-limit-daily", "rate-limit-secondly"),
        *("cloudflare-ban", "bad-gateway", "service-unavailable", "gateway-timeout"),
    ],
)
def test_retry_after_is_a_parameter(bench: Bench, fault: str, retry_after_s: int | None) -> None:
    """Null omits the header."""
    seen = fire(bench, fault, retry_after_s=retry_after_s)

    expected = None if retry_after_s is None else str(retry_after_s).encode()
    assert seen.headers.get(b"retry-after") == expected


@pytest.mark.parametrize(
    ("fault", "params", "keys", "policy"),
    [
        (
            "rate-limit-ten-secondly",
            {},
            ["status", "message", "errorType", "correlationId", "policyName", "groupName"],
            "TEN_SECONDLY_ROLLING",
        ),
        (
            "rate-limit-daily",
            {},
            ["status", "message", "errorType", "correlationId", "policyName", "requestId"],
            "DAILY",
        ),
        ("rate-limit-secondly", {}, ["status", "message", "errorType", "correlationId", "policyName"], "SECONDLY"),
        ("rate-limit-secondly", {"form": "2022"}, ["status", "message", "correlationId", "category"], None),
    ],
)
def test_each_rate_limit_has_its_own_body(
    bench: Bench, fault: str, params: dict[str, Any], keys: list[str], policy: str | None
) -> None:
    """The keys have the recorded order."""
    seen = fire(bench, fault, **params)

    assert seen.status == 429
    assert list(seen.json) == keys
    assert seen.json.get("policyName") == policy
    assert re.fullmatch(r"You have reached your \w+ limit\.", seen.json["message"])


def test_the_search_limit_of_2022_has_its_recorded_length(bench: Bench) -> None:
    """148 bytes."""
    seen = fire(bench, "rate-limit-secondly", form="2022")

    assert len(seen.body) == 148
    assert not RATE_HEADERS & set(seen.headers)


@pytest.mark.parametrize(
    ("fault", "header"),
    [
        ("rate-limit-ten-secondly", b"x-hubspot-ratelimit-remaining"),
        ("rate-limit-daily", b"x-hubspot-ratelimit-daily-remaining"),
    ],
)
def test_an_exhausted_limit_has_nothing_remaining(bench: Bench, fault: str, header: bytes) -> None:
    """The header agrees with the body and appears once."""
    seen = fire(bench, fault)

    assert seen.headers[header] == b"0"
    assert seen.content.lower().count(header + b": ") == 1


@pytest.mark.parametrize("status", [429, 403])
def test_a_cloudflare_ban_is_plain_text(bench: Bench, status: int) -> None:
    """Neither JSON nor HTML."""
    seen = fire(bench, "cloudflare-ban", status=status)

    assert (seen.status, seen.body) == (status, b"error code: 1015")


def test_a_redirect_has_a_location(bench: Bench) -> None:
    """The body is empty."""
    seen = fire(bench, "redirect", status=307, location="https://example.com/x")

    assert (seen.status, seen.headers[b"location"], seen.body) == (307, b"https://example.com/x", b"")


def test_a_write_whose_response_is_replaced_is_not_carried_out(bench: Bench) -> None:
    """A request that would change the portal is not handled if its response is replaced."""
    bench.arm_rule({"fault": "server-error", "where": {"method": "delete"}})

    path = f"/crm/v3/objects/contacts/{bench.page(1).json['results'][0]['id']}"
    answer = bench.ask(path, method="DELETE")

    assert answer.status == 500
    assert bench.page(1).json["results"][0]["id"] in path


@pytest.mark.parametrize("fault", [None, "byte-order-mark", "chunk", "redirect"])
def test_the_names_of_headers_have_the_case_in_which_hubspot_sends_them(bench: Bench, fault: str | None) -> None:
    """On the fast path, through a changed response and from a fault that writes to the wire.

    Source: recording (hubspot-api-ruby 2026-04), reader (hubspot3 3.2.56 looks for `Content-Encoding` only).
    """
    if fault is not None:
        bench.arm("malformed-chunk" if fault == "chunk" else fault, page=2)

    seen = bench.page(2, encoding="gzip")

    names = {line.partition(b":")[0] for line in seen.content.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]}
    assert {b"Date", b"CF-Cache-Status", b"X-HubSpot-Correlation-Id", b"X-HubSpot-RateLimit-Max"} <= names
    if fault != "redirect":
        assert {b"Content-Type", b"Content-Encoding"} <= names
    assert not {name for name in names if name[:1].islower()}
