"""Signatures as HubSpot makes them: its own published examples, and what a receiver must refuse."""

import base64
import hashlib
import hmac

import pytest

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.signatures import LIFE_MS, SIGNATURES, sign_request, verify_signature
from tests.support.cases import for_each

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URI = "https://www.example.com/webhook_uri"
NOW_MS = 1_564_113_600_000
# Source: docs ("v1 request validation": body and hash).
BODY = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",'
    b'"changeFlag":"NEW","appId":54321}]'
)


def signed(version: str, body: bytes = BODY, *, uri: str = URI, at_ms: int = NOW_MS) -> dict[str, str]:
    return sign_request(version, secret=SECRET, method="POST", uri=uri, body=body, timestamp_ms=at_ms)


def test_hashes_are_those_of_hubspots_documentation() -> None:
    v1 = signed("v1")
    v2 = sign_request("v2", secret=SECRET, method="GET", uri=URI, body=b"", timestamp_ms=0)

    assert v1["X-HubSpot-Signature"] == "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    assert v2["X-HubSpot-Signature"] == "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"


def test_version_3_signs_the_decoded_address() -> None:
    encoded = "https://www.example.com/a%2Fb%3a?q=%28x%29%20y"
    decoded = "https://www.example.com/a/b:?q=(x)%20y"

    assert signed("v3", uri=encoded) == signed("v3", uri=decoded)
    assert signed("v2", uri=encoded) != signed("v2", uri=decoded)


@for_each("version", SIGNATURES)
def test_what_was_changed_on_its_way_is_refused(version: str) -> None:
    headers = signed(version)

    def verdict(body: bytes = BODY, uri: str = URI, secret: str = SECRET, method: str = "POST") -> str | None:
        return verify_signature(headers, body, secret=secret, uri=uri, now_ms=NOW_MS, method=method)

    assert verdict() is None
    assert "wrong" in str(verdict(body=BODY + b" "))
    assert "wrong" in str(verdict(secret="another"))
    assert (verdict(uri=URI + "/") is None) is (version == "v1")
    assert (verdict(method="PUT") is None) is (version == "v1")


def test_headers_count_in_any_case_and_all_of_them_must_be_right() -> None:
    headers = {name.lower(): value for name, value in (signed("v3") | signed("v1")).items()}

    assert verify_signature(headers, BODY, secret=SECRET, uri=URI, now_ms=NOW_MS) is None
    for name in ("x-hubspot-signature", "x-hubspot-signature-v3"):
        problem = verify_signature(headers | {name: "x"}, BODY, secret=SECRET, uri=URI, now_ms=NOW_MS)
        assert "wrong" in str(problem), name


def test_an_old_or_odd_timestamp_is_refused() -> None:
    headers = signed("v3")
    cases = {
        "replay": (headers, NOW_MS + LIFE_MS + 1),
        "replay ": (headers, NOW_MS - LIFE_MS - 1),
        "milliseconds": (headers | {"X-HubSpot-Request-Timestamp": "soon"}, NOW_MS),
        "milliseconds ": ({"X-HubSpot-Signature-v3": headers["X-HubSpot-Signature-v3"]}, NOW_MS),
        "not signed": ({}, NOW_MS),
        "v1 or v2": (signed("v1") | {"X-HubSpot-Signature-Version": "v9"}, NOW_MS),
    }
    for expected, (sent, now_ms) in cases.items():
        problem = verify_signature(sent, BODY, secret=SECRET, uri=URI, now_ms=now_ms)
        assert expected.strip() in str(problem), (expected, problem)
    assert verify_signature(headers, BODY, secret=SECRET, uri=URI, now_ms=NOW_MS + LIFE_MS) is None


def test_an_empty_secret_verifies_nothing() -> None:
    with pytest.raises(UsageError, match="anybody could sign"):
        verify_signature(signed("v3"), BODY, secret="", uri=URI, now_ms=NOW_MS)


def test_version_3_is_an_hmac_of_the_decoded_request() -> None:
    """Of the method, the address, the body and the time, as the documentation says; other escapes stay."""
    text = f"POST{URI}?a=%58%20/:?@!$'()*,;{BODY.decode()}{NOW_MS}"
    expected = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()

    found = signed("v3", uri=f"{URI}?a=%58%20%2F%3a%3F%40%21%24%27%28%29%2A%2C%3B")

    assert found == {"X-HubSpot-Signature-v3": expected, "X-HubSpot-Request-Timestamp": str(NOW_MS)}
    assert (SIGNATURES, LIFE_MS) == (("v1", "v2", "v3"), 300_000)


def test_a_signature_without_a_version_is_of_the_first_one() -> None:
    headers = {"X-HubSpot-Signature": signed("v1")["X-HubSpot-Signature"]}

    assert verify_signature(headers, BODY, secret=SECRET, uri=URI, now_ms=NOW_MS) is None
    of_v2 = {"X-HubSpot-Signature": signed("v2")["X-HubSpot-Signature"]}
    assert "the v1 signature" in str(verify_signature(of_v2, BODY, secret=SECRET, uri=URI, now_ms=NOW_MS))
