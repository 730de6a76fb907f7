"""Finds tokens, keys, cookies and passwords in any text."""

import base64
import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from contract_bench.cassettes.redaction.paging import is_page_token

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
    """A kind of secret.

    Attributes:
        words: In small letters; a text in ASCII without any of them cannot match, so it is not searched. The empty word
            is in every text.
        accepts: Whether a match is one.
        shortest: The number of characters of the shortest match.
    """

    kind: str
    regex: re.Pattern[str]
    words: tuple[str, ...]
    accepts: Callable[[str], bool] = _always
    shortest: int = 1

    def is_possible_in(self, text: str, small: str) -> bool:
        """Whether a text can match. `small` is the text in small letters, empty if it is not ASCII."""
        if len(text) < self.shortest:
            return False
        return not small or any(word in small for word in self.words)


# What redaction itself writes, where a secret could be.
_REPLACED = re.compile(r"REDACTED.*|(?:Text|First|Last|Place)[0-9a-f]{10}|999[0-9]{4,}|key_[0-9a-f]{10}", re.DOTALL)


# If a pattern has a group, the group is the secret. Earlier patterns take precedence. Each is linear: what can be
# repeated begins only where nothing of its kind stands before it, and gives nothing back (`++`).
_PATTERNS = (
    _Pattern(
        "private key",
        re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}-----|\Z)", re.DOTALL),
        ("private key-----",),
    ),
    _Pattern(
        "private app token",
        re.compile(
            r"pat(?:-|%2D)[a-z]{2,4}\d(?:-|%2D)[0-9a-f]{8}(?:(?:-|%2D)?[0-9a-f]{4}){3}(?:-|%2D)?[0-9a-f]{12}", re.I
        ),
        ("pat-", "pat%2d"),
    ),
    _Pattern("JWT", re.compile(r"(?<![\w-])eyJ[\w-]{6,}+\.eyJ[\w-]{6,}+\.[\w-]*+"), (".eyj",)),
    _Pattern(
        "authorization header",
        re.compile(r"\bbearer(?:\s|%20|\+)++([\w.~+/=-]{8,}+)", re.I),
        ("bearer",),
        _has_digit,
    ),
    _Pattern(
        "authorization header",
        re.compile(r"\bbasic(?:\s|%20|\+)++([A-Za-z0-9+/]{8,4096}+=*+)", re.I),
        ("basic",),
        _is_basic,
    ),
    _Pattern(
        "cookie",
        re.compile(
            r"(?<![\w.-])(?:__cf_bm|__cfruid|_cfuvid|hubspotutk|__hstc|__hssc|csrf\.app|hubspotapi[\w.-]{0,60}"
            r"|[\w.-]{0,60}session[\w.-]{0,60})=([^;\s\"'\\&]++)"
        ),
        ("=",),
    ),
    _Pattern("password in a URL", re.compile(r"://[^/\s:@\"]{1,200}+:([^/\s@\"]{1,1000}+)@"), ("://",)),
    _Pattern(
        "named secret",
        re.compile(
            r"(?<![\w-])(?:hapikey|(?:developer)?[-_]?api[-_]?key|(?:access|refresh|id|auth|bearer|csrf)[-_]?token|token"
            r"|client[-_]?secret|secret|password|passwd)[\"'\\]*\s*(?:=|:|%3D)\s*[\"'\\]*([^\s\"'&<>,;}\\]{6,})",
            re.I,
        ),
        ("key", "token", "secret", "pass"),
    ),
    _Pattern("token in a path", re.compile(r"/(?:access|refresh)-tokens/([^/?\s\"'\\]+)"), ("-tokens/",)),
    _Pattern(
        "cloud or forge key",
        re.compile(
            r"\b(?:AKIA[0-9A-Z]{16}|AIza[\w-]{30,}+|gh[pousr]_\w{30,}+|github_pat_\w{20,}+|glpat-[\w-]{15,}+"
            r"|xox[abprs]-[\w-]{10,}+|[srp]k_(?:live|test)_\w{8,}+|whsec_\w{8,}+|SG\.[\w-]{10,}+\.[\w-]{10,}+"
            r"|npm_\w{30,}+|pypi-[\w-]{20,}+|hooks\.slack\.com/services/[\w/-]{10,}+|ya29\.[\w-]{10,}+)"
        ),
        ("",),
        shortest=14,
    ),
    _Pattern("private app token", re.compile(r"\bpat-[a-z]{2,4}[0-9]-[0-9a-f][0-9a-f-]{5,}+", re.I), ("pat-",)),
    _Pattern(
        "password in a text",
        re.compile(
            r"\b(?:password|passwd|passord|passwort|kennwort|contrase\xf1a|mot de passe|l\xf6senord|adgangskode"
            r"|wachtwoord|pin)\s(?:is|was|er|ist|lautet|es|est|\xe4r)\s([^\s\"'<>,;]{4,}+)",
            re.I,
        ),
        ("pass", "kennwort", "adgangskode", "wachtwoord", "pin"),
        _has_digit,
    ),
    _Pattern(
        "hexadecimal key", re.compile(r"(?<![\w:-])(?=[a-f]{0,31}[0-9])[0-9a-f]{32}(?![\w-])"), ("",), shortest=32
    ),
    _Pattern("opaque token", re.compile(r"(?<![\w-])[\w-]{40,}+"), ("",), _looks_random, shortest=40),
)


def find_secrets(text: str) -> list[Secret]:
    """Return the secrets in a text, ordered by the precedence of the patterns. They do not overlap."""
    found: list[Secret] = []
    spans: list[tuple[int, int]] = []  # sorted
    for secret in _matches(text):
        at = bisect.bisect_left(spans, (secret.start, secret.end))
        before = at > 0 and spans[at - 1][1] > secret.start
        after = at < len(spans) and spans[at][0] < secret.end
        if not before and not after:
            spans.insert(at, (secret.start, secret.end))
            found.append(secret)
    return found


def _matches(text: str) -> Iterator[Secret]:
    small = text.lower() if text.isascii() else ""
    for pattern in _PATTERNS:
        for match in pattern.regex.finditer(text) if pattern.is_possible_in(text, small) else ():
            group = 1 if pattern.regex.groups else 0
            value = match.group(group)
            if not _REPLACED.fullmatch(value) and pattern.accepts(value):
                yield Secret(pattern.kind, *match.span(group))


def scrub_secrets(text: str, on_found: Callable[[str], None]) -> str:
    """Replace every secret in a text; `on_found` is called with the kind of each."""
    secrets = sorted(find_secrets(text), key=lambda one: one.start)
    if not secrets:
        return text
    pieces, end = [], 0
    for secret in secrets:
        pieces += [text[end : secret.start], REDACTED]
        end = secret.end
        on_found(secret.kind)
    return "".join([*pieces, text[end:]])


@lru_cache(maxsize=4096)
def is_secret_key(name: str) -> bool:
    """Whether the value of a JSON key, form field or query parameter of this name is a secret."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return plain in SECRET_KEYS or (plain.endswith(SECRET_KEY_ENDINGS) and not is_page_token(name))
