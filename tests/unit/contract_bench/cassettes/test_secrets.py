"""Finding secrets."""

import base64

from hypothesis import given, settings
from hypothesis import strategies as st

from contract_bench.cassettes.redaction.secrets import (
    _PATTERNS,
    REDACTED,
    find_secrets,
    is_secret_key,
    scrub_secrets,
)
from tests.support.cases import for_each

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
    f"access_token={REDACTED}&hapikey={REDACTED}",
    f"Bearer {REDACTED}123456",
    "ABC123" * 7,
    "aBc" * 14,
    "NTI1Cg%3D%3D",
]


@for_each("kind", SECRETS)
def test_a_secret_is_found_and_scrubbed(kind: str) -> None:
    """Every kind. After scrubbing, no secret is found."""
    found: list[str] = []

    scrubbed = scrub_secrets(f"before {SECRETS[kind]} after", found.append)

    assert found
    assert find_secrets(scrubbed) == []
    assert scrubbed.startswith("before ")


@for_each("text", HARMLESS)
def test_text_without_secrets_is_kept(text: str) -> None:
    """False alarms would make people ignore lint."""
    assert find_secrets(text) == []


@for_each(
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


# What is replaced in each of the texts above, and how it is counted.
FOUND = {
    "private app token": ("private app token", PAT),
    "percent-encoded token": ("private app token", PAT.replace("-", "%2D")),
    "bearer": ("authorization header", f"{OAUTH[:20]}9"),
    "basic": ("authorization header", BASIC),
    "JWT": ("JWT", JWT),
    "OAuth token": ("opaque token", OAUTH),
    "hapikey": ("named secret", UUID),
    "access token in JSON": ("named secret", UUID),
    "escaped JSON": ("named secret", UUID),
    "client secret in a form": ("named secret", UUID),
    "cookie": ("cookie", "abc.def-123"),
    "tracking cookie": ("cookie", "0123456789abcdef"),
    "password in a URL": ("password in a URL", "pa55"),
    "token in a path": ("token in a path", UUID),
    "private key": ("private key", SECRETS["private key"]),
    "cloud key": ("cloud or forge key", SECRETS["cloud key"]),
}


@for_each("name", SECRETS)
def test_exactly_the_secret_is_found(name: str) -> None:
    """What is around it stays, so that a reader sees what was there."""
    text = f"before {SECRETS[name]} after"
    kind, value = FOUND[name]

    (secret,) = find_secrets(text)

    assert (secret.kind, text[secret.start : secret.end]) == (kind, value)
    assert scrub_secrets(text, lambda _: None) == text.replace(value, REDACTED)


@for_each(
    ("text", "kind", "value"),
    [
        (f"access_token={PAT}", "private app token", PAT),
        (f"Authorization: Bearer {JWT}", "JWT", JWT),
        (f"token: {OAUTH}", "named secret", OAUTH),
        ("gho_" + "a1" * 15, "cloud or forge key", "gho_" + "a1" * 15),
        ("xoxb-0123456789", "cloud or forge key", "xoxb-0123456789"),
        ("csrf.app=abc", "cookie", "abc"),
        ("my_session_id=abc", "cookie", "abc"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "private key", "-----BEGIN PRIVATE KEY-----\nMIIE"),
        ("/refresh-tokens/abc/x", "token in a path", "abc"),
        ("password%3Dabcdef", "named secret", "abcdef"),
        ("Bearer abcdefg1", "authorization header", "abcdefg1"),
        ("bearer%20abcdefg1", "authorization header", "abcdefg1"),
        ("basic+" + base64.b64encode(b"us:pas").decode(), "authorization header", base64.b64encode(b"us:pas").decode()),
    ],
)
def test_one_secret_is_found_once_as_what_it_is(text: str, kind: str, value: str) -> None:
    (secret,) = find_secrets(text)

    assert (secret.kind, text[secret.start : secret.end]) == (kind, value)


@for_each(
    "text",
    [
        "Bearer abcdefgh",  # no digit: a word
        "Bearer abcdef1",  # too short
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic abcdefghi",  # no base64
        "Basic !!!!!!!!",
        "password=abcde",
        "xtoken-type: abcdefgh",
        "eyJabc.eyJabcdef.x",
        "aB1" * 2 + "c" * 40,  # two of upper case and of digits
        "aB1" * 13,  # 39 characters
        "AKIA" + "0" * 15,
        "http://user@host/",
    ],
)
def test_what_only_looks_a_little_like_a_secret_is_kept(text: str) -> None:
    assert find_secrets(text) == []


def test_opaque_token_has_three_of_each_sort_and_forty_characters() -> None:
    assert len(find_secrets("aB1" * 3 + "c" * 31)) == 1
    assert find_secrets("aB1" * 3 + "c" * 30) == []


def test_secrets_that_touch_are_both_found() -> None:
    key = SECRETS["private key"]

    assert scrub_secrets(f"{PAT}{key}", lambda _: None) == REDACTED * 2
    assert scrub_secrets(f"{key}{PAT}", lambda _: None) == REDACTED * 2


def test_every_secret_of_a_text_is_counted() -> None:
    found: list[str] = []

    scrubbed = scrub_secrets(f"{PAT}, {UUID}, {PAT} and password={UUID}", found.append)

    assert scrubbed == f"{REDACTED}, {UUID}, {REDACTED} and password={REDACTED}"
    assert sorted(found) == ["named secret", "private app token", "private app token"]


@for_each(
    "name",
    [
        "authorization", "Cookie", "Set-Cookie", "credentials", "jwt", "private_key", "hubspotutk", "refresh_token",
        "token", "client-secret", "secret", "password", "user_passwd", "apikey", "x-api-key", "hapikey", "session_id",
        "JSESSIONID", "signature", "X-HubSpot-Signature",
    ],
)  # fmt: skip
def test_name_of_a_secret(name: str) -> None:
    assert is_secret_key(name)
    assert is_secret_key(name.upper())


@for_each("name", ["cookies_accepted", "token_count", "secretary", "jwt_size", "passwords", "a", "", "åpikey"])
def test_name_that_only_contains_the_word(name: str) -> None:
    assert not is_secret_key(name)


# What each pattern of secrets can begin with or hold, in all its spellings.
MATCHES = [
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----abc-----END OPENSSH PRIVATE KEY-----",
    PAT.upper(),
    PAT.replace("-", "%2d"),
    "pat-eu1-0abcde",
    "PAT-EU1-0abcde",
    "eyJabcdef.eyJabcdef.",
    "BEARER+abcdefg1",
    "bearer%20abcdefg1",
    f"BASIC+{BASIC}",
    "__cf_bm=a",
    "my.session-x=a",
    "hubspotapi-csrf=a",
    "ftp://a:b@",
    *(
        f"{name}=abcdef"
        for name in ("hapikey", "developer-api_key", "APIKEY", "access_token", "ID-TOKEN", "csrf-token")
    ),
    *(f"{name}%3Dabcdef" for name in ("token", "client-secret", "SECRET", "Password", "passwd")),
    "/refresh-tokens/a",
    "AKIA" + "0" * 16,
    "AIza" + "a" * 30,
    "ghp_" + "a" * 30,
    "github_pat_" + "a" * 20,
    "glpat-" + "a" * 15,
    "xoxb-" + "a" * 10,
    "sk_live_aaaaaaaa",
    "whsec_aaaaaaaa",
    "SG.aaaaaaaaaa.aaaaaaaaaa",
    "npm_" + "a" * 30,
    "pypi-" + "a" * 20,
    "hooks.slack.com/services/" + "a" * 10,
    "ya29.aaaaaaaaaa",
    *(f"{word} is abc1" for word in ("PASSWORD", "passwd", "passord", "passwort", "kennwort", "mot de passe", "Pin")),
    *(f"{word} er abc1" for word in ("contrase\xf1a", "l\xf6senord", "adgangskode", "wachtwoord")),
    "ba\u017fic " + BASIC,  # matches in spite of its long s
    "api\u212aey=abcdef",  # the sign for kelvin
    "0" * 32,
    "ABCabc123" + "a" * 31,
]


def test_a_text_is_searched_for_every_secret_that_it_can_hold() -> None:
    """A pattern is passed over only where it cannot match. Each has an example here, some the shortest match."""
    matched = set()
    assert [text for text in MATCHES if not find_secrets(text)] == []
    for text in (*MATCHES, *SECRETS.values(), *HARMLESS):
        for pattern in _PATTERNS:
            if pattern.regex.search(text):
                matched.add(pattern)
                assert pattern.is_possible_in(text, text.lower() if text.isascii() else ""), (pattern.kind, text)

    assert matched == set(_PATTERNS)
