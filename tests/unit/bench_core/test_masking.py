"""No secret is in a masked text, in whatever encoding it was sent."""

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench_core.masking import MASK, Masking
from tests.support.cases import for_each

SECRETS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=4, max_size=12)


def percent_encoded(text: str) -> str:
    """Encode every character, with digits in mixed case."""
    return "".join(f"%{byte:02x}" if byte % 2 else f"%{byte:02X}" for byte in text.encode())


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "quoted": lambda text: quote(text, safe=""),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "quoted three times": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "quoted with plus": quote_plus,
    "every character": percent_encoded,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with characters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "JSON with slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "HTML": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "HTML escaped": html.escape,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=20)
@given(secret=SECRETS)
@example(secret="p@ss/w%rd +é")
@example(secret="%25%25")
@example(secret="😀 key")
@example(secret='a"b\\c&d<e')
def test_a_known_secret_is_masked_in_every_encoding(encoding: str, secret: str) -> None:
    """Nothing before or behind it changes."""
    shown = Masking([secret])(f"-({ENCODINGS[encoding](secret)})-")

    assert shown == f"-({MASK})-"


@given(secret=SECRETS, before=st.text(max_size=5), after=st.text(max_size=5))
def test_no_secret_survives(secret: str, before: str, after: str) -> None:
    shown = Masking([secret])(f"{before}{secret}{after}")

    assert secret not in shown or secret in f"{before}{MASK}{after}"


PIECES = [
    *("k3yk", "k3y%4b", "k3y%254B", "K3Y", "\\u006b3yk", "&#107;3yk", "0a1b2c3d", "token=", "&", "\u0130"),
    *("/oauth/v1/access-tokens/", "/OAuth/v1/refreſh-tokens/", "bearer ", "BASIC+", "baſic%20", "Pat-eu1-"),
    "pat-na1-0123456789abcdef0123",
]


@given(text=st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
@example(text="BASIC+0a1b2c3d")
@example(text="/OAuth/v1/access-tokens/x")
def test_a_text_that_shows_no_sign_of_a_secret_needs_no_closer_look(text: str) -> None:
    """Whatever is looked for only after a quick test is found as if there were no quick test."""
    masking, closely = Masking(["k3yk"]), Masking(["k3yk"])

    quick = masking(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closely, "_may_hold_known", lambda _text: True)
        patch.setattr("bench_core.masking._may_show_secrets", lambda _text: True)
        thorough = closely(text)

    assert quick == thorough


@for_each("secret", ["", "abc", None, 7])
def test_a_secret_that_would_mask_ordinary_words_is_not_masked(secret: object) -> None:
    """Shorter than four characters, or no text."""
    assert Masking([secret])("abc 7 in a sentence") == "abc 7 in a sentence"


def test_the_longer_of_two_secrets_is_masked_first() -> None:
    """So that no rest of it shows."""
    assert Masking(["secret", "secret-and-more"])("x secret-and-more y secret") == "x *** y ***"


@for_each(
    ("text", "shown"),
    [
        ("hapikey=abc&limit=2", "hapikey=***&limit=2"),
        ("limit=2&HAPIKEY=abc", "limit=2&HAPIKEY=***"),
        ("access%5Ftoken=abc", "access%5Ftoken=***"),
        ("access%255Ftoken=abc&x", "access%255Ftoken=***&x"),
        ("client_secret=a%3Db&grant_type=refresh_token", "client_secret=***&grant_type=refresh_token"),
        ("code=abc", "code=***"),
        ("tokens=3&q=token", "tokens=3&q=token"),
        ("", ""),
    ],
)
def test_a_query_shows_no_value_of_a_secret_name(text: str, shown: str) -> None:
    assert Masking().query(text) == shown
    assert Masking().body(text, "application/x-www-form-urlencoded; charset=utf-8") == shown


@for_each(
    ("text", "shown"),
    [
        ("GET /oauth/v1/access-tokens/C0ffee?x=1", "GET /oauth/v1/access-tokens/***?x=1"),
        ("/oauth/v3/refresh-tokens/abc", "/oauth/v3/refresh-tokens/***"),
        ("Authorization: Bearer abc.d3f-g failed", "Authorization: Bearer *** failed"),
        ("q=bearer%20abcd3f", "q=bearer ***"),
        ("Basic dXNlcjpwYXNz=", "Basic ***"),
        ("pat-na1-00000000-0000-4000-8000-000000000000", "***"),
        ("a basic fact", "a basic fact"),
        ("expected a bearer token; got none", "expected a bearer token; got none"),
        ("/crm/v3/objects/contacts", "/crm/v3/objects/contacts"),
    ],
)
def test_tokens_are_known_by_their_form_and_place(text: str, shown: str) -> None:
    assert Masking()(text) == shown


@for_each("name", ["Authorization", "cookie", "Set-Cookie", "X-Fake-HubSpot-Control-Token", "X-API-Key"])
def test_a_secret_header_is_masked_whole(name: str) -> None:
    assert Masking().header(name, "anything at all") == MASK
    assert Masking(["hidden"]).header("Referer", "http://x/?k=hidden") == "http://x/?k=***"


@for_each(
    ("text", "shown"),
    [
        ('{"access_token": "a\\"b", "expires_in": 1800}', '{"access_token": "***", "expires_in": 1800}'),
        ('{"refreshToken":"abc"}', '{"refreshToken":"***"}'),
        ('{"client_secret": "never closed', '{"client_secret": "***"'),
        ('{"code": "OBJECT_NOT_FOUND"}', '{"code": "OBJECT_NOT_FOUND"}'),
    ],
)
def test_a_body_shows_no_value_of_a_secret_name(text: str, shown: str) -> None:
    assert Masking().body(text, "application/json") == shown
