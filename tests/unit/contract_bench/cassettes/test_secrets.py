"""Finding secrets."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_bench.cassettes.redaction.secrets import REDACTED, find_secrets, is_secret_key, scrub_secrets

# Made up; the zeros keep every scanner from taking them for real ones.
PAT = "pat-na1-00000000-1111-4222-8333-444444444444"
JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', b'{"sub":"1234"}', b"sig")
)
OAUTH = "CPa0Bc1De2Fg3Hi4Jk5Lm6No7Pq8Rs9TuVwXyZ0AbCdEfGhIjKlMnOp"
BASIC = base64.b64encode(b"user:password").decode()
UUID = "00000000-aaaa-4bbb-8ccc-dddddddddddd"

SECRETS = {
    "private app token": PAT,
    "percent-encoded token": PAT.replace("-", "%2D"),
    "bearer": f"Authorization: Bearer {OAUTH[:20]}9",
    "basic": f"Basic {BASIC}",
    "JWT": JWT,
    "OAuth token": OAUTH,
    "hapikey": f"https://api.hubapi.com/x?hapikey={UUID}",
    "access token in JSON": f'{{"access_token": "{UUID}"}}',
    "escaped JSON": f'{{\\"refresh_token\\":\\"{UUID}\\"}}',
    "client secret in a form": f"grant_type=refresh_token&client_secret={UUID}",
    "cookie": "__cf_bm=abc.def-123; path=/",
    "tracking cookie": "hubspotutk=0123456789abcdef",
    "password in a URL": "https://user:pa55@proxy.example.com/",
    "token in a path": f"/oauth/v1/access-tokens/{UUID}",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    "cloud key": "AKIA" + "0" * 16,
}
HARMLESS = [
    "status message correlationId 019dab0b-6a7c-7027-be99-1b61f6cd4513",
    "https://api.hubapi.com/crm/v3/objects/contacts?limit=100&after=713492963560&properties=email,firstname",
    "checksum: sha256:4c76c3f290f186a2548626f05d265a7f6c96e8cc3a597c4f9896a9cfaca31323",
    "Authentication credentials not found. This API supports OAuth 2.0 authentication",
    "Cannot deserialize value of type `java.lang.String` from Object value (token `JsonToken.START_OBJECT`)",
    "token_type bearer",
    "the bearer has basic information",
    "hs_v2_cumulative_time_in_lead_0123456789_and_more_words_here",
    "MC0yLTc1MDI%3D",
    f"authorization: {REDACTED}",
    "NTI1Cg%3D%3D",
]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_and_scrubbed(kind: str) -> None:
    """Every kind. After scrubbing, no secret is found."""
    found: list[str] = []

    scrubbed = scrub_secrets(f"before {SECRETS[kind]} after", found.append)

    assert found
    assert find_secrets(scrubbed) == []
    assert scrubbed.startswith("before ")


@pytest.mark.parametrize("text", HARMLESS)
def test_text_without_secrets_is_kept(text: str) -> None:
    """False alarms would make people ignore lint."""
    assert find_secrets(text) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("access_token", True), ("X-HubSpot-Signature", True), ("clientSecret", True), ("hapikey", True),
        ("password", True), ("token_type", False), ("id", False), ("hs_object_id", False), ("description", False),
    ],
)  # fmt: skip
def test_a_secret_is_recognised_by_its_key(name: str, expected: bool) -> None:
    """In any spelling."""
    assert is_secret_key(name) is expected


@given(st.text(max_size=40), st.sampled_from(sorted(SECRETS)), st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_scrubbing_is_idempotent(before: str, kind: str, after: str) -> None:
    """The text around the secret does not matter."""
    once = scrub_secrets(f"{before} {SECRETS[kind]} {after}", lambda _: None)

    assert scrub_secrets(once, lambda _: None) == once
