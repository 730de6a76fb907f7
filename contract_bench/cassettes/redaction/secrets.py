"""Finds tokens, keys, cookies and passwords in any text."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["REDACTED", "Secret", "find_secrets", "is_secret_key", "scrub_secrets"]

REDACTED = "REDACTED"
SECRET_KEYS = frozenset({"authorization", "cookie", "setcookie", "credentials", "jwt", "privatekey", "hubspotutk"})
SECRET_KEY_ENDINGS = ("token", "secret", "password", "passwd", "apikey", "sessionid", "signature")


@dataclass(frozen=True, slots=True)
class Secret:
    """The position of a secret in a text. It does not contain the secret.

    Attributes:
        kind: The kind of secret, for example `private app token`.
    """

    kind: str
    start: int
    end: int


def _always(_: str) -> bool:
    return True


def _has_digit(value: str) -> bool:
    return any(letter.isdigit() for letter in value)


def _is_basic(value: str) -> bool:
    try:
        return b":" in base64.b64decode(value)
    except ValueError:
        return False


def _looks_random(value: str) -> bool:
    """Whether upper case, lower case and digits are mixed, unlike in identifiers, checksums and words."""
    return min(sum(map(test, value)) for test in (str.isupper, str.islower, str.isdigit)) >= 3


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    regex: re.Pattern[str]
    accepts: Callable[[str], bool] = _always


# If a pattern has a group, the group is the secret. Earlier patterns take precedence.
_PATTERNS = (
    _Pattern(
        "private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL)
    ),
    _Pattern(
        "private app token",
        re.compile(
            r"pat(?:-|%2D)[a-z]{2,4}\d(?:-|%2D)[0-9a-f]{8}(?:(?:-|%2D)?[0-9a-f]{4}){3}(?:-|%2D)?[0-9a-f]{12}", re.I
        ),
    ),
    _Pattern("JWT", re.compile(r"eyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]*")),
    _Pattern("authorization header", re.compile(r"\bbearer(?:\s|%20|\+)+([\w.~+/=-]{8,})", re.I), _has_digit),
    _Pattern("authorization header", re.compile(r"\bbasic(?:\s|%20|\+)+([A-Za-z0-9+/]{8,}=*)", re.I), _is_basic),
    _Pattern(
        "cookie",
        re.compile(
            r"\b(?:__cf_bm|__cfruid|_cfuvid|hubspotutk|__hstc|__hssc|csrf\.app|hubspotapi[\w.-]*|[\w.-]*session[\w.-]*)"
            r"=([^;\s\"'\\&]+)"
        ),
    ),
    _Pattern("password in a URL", re.compile(r"://[^/\s:@\"]+:([^/\s@\"]+)@")),
    _Pattern(
        "named secret",
        re.compile(
            r"(?<![\w-])(?:hapikey|(?:developer)?[-_]?api[-_]?key|(?:access|refresh|id|auth|bearer|csrf)[-_]?token|token"
            r"|client[-_]?secret|secret|password|passwd)[\"'\\]*\s*(?:=|:|%3D)\s*[\"'\\]*([^\s\"'&<>,;}\\]{6,})",
            re.I,
        ),
    ),
    _Pattern("token in a path", re.compile(r"/(?:access|refresh)-tokens/([^/?\s\"'\\]+)")),
    _Pattern("cloud or forge key", re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,})")),
    _Pattern("opaque token", re.compile(r"(?<![\w-])[\w-]{40,}(?![\w-])"), _looks_random),
)


def find_secrets(text: str) -> list[Secret]:
    """Return the secrets in a text, ordered by the precedence of the patterns. They do not overlap."""
    found: list[Secret] = []
    for secret in _matches(text):
        if not any(secret.start < other.end and other.start < secret.end for other in found):
            found.append(secret)
    return found


def _matches(text: str) -> Iterator[Secret]:
    for pattern in _PATTERNS:
        for match in pattern.regex.finditer(text):
            group = 1 if pattern.regex.groups else 0
            value = match.group(group)
            if not value.startswith(REDACTED) and pattern.accepts(value):
                yield Secret(pattern.kind, *match.span(group))


def scrub_secrets(text: str, on_found: Callable[[str], None]) -> str:
    """Replace every secret in a text; `on_found` is called with the kind of each."""
    for secret in sorted(find_secrets(text), key=lambda one: one.start, reverse=True):
        on_found(secret.kind)
        text = f"{text[: secret.start]}{REDACTED}{text[secret.end :]}"
    return text


def is_secret_key(name: str) -> bool:
    """Whether the value of a JSON key, form field or query parameter of this name is a secret."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return plain in SECRET_KEYS or plain.endswith(SECRET_KEY_ENDINGS)
