"""One mask for everything that the fakes print, log, store or answer about requests.

Two things are masked: values that are known to be secret, however they are encoded, and values at places where secrets
are sent, whether they are known or not. Pure.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote_plus

__all__ = ["MASK", "SECRET_HEADERS", "Masking"]

MASK = "***"
# A shorter secret is not masked: it would hide ordinary words.
SHORTEST = 4

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "api-key",
        "x-auth-token",
        "x-fake-hubspot-control-token",
    }
)
SECRET_NAMES = frozenset(
    {
        "hapikey",
        "api_key",
        "apikey",
        "access_token",
        "refresh_token",
        "id_token",
        "token",
        "jwt",
        "client_secret",
        "secret",
        "password",
        "code",
        "code_verifier",
        "client_assertion",
    }
)
# Names that are ordinary words elsewhere: an error's `code`, for example. In a form or a query they hold a secret.
ORDINARY_IN_JSON = frozenset({"code", "token", "secret"})
SECRET_PATHS = re.compile(r"(?i)(/oauth/[^/?#\s]+/(?:access|refresh)-tokens/)[^/?#\s]+")
# A letters-only word behind "bearer" or "basic" may be ordinary English.
SECRET_TEXTS = re.compile(
    r"(?i)\b(bearer|basic)(?:\s|\+|%(?:25)*20)+(?=[a-z.~+/%-]{0,400}[0-9_=]|[a-z.~+/%-]{20})[0-9a-z._~+/=%-]{4,}"
    r"|\bpat-[a-z0-9]{2,4}-[0-9a-f-]{20,}"
)
# Each encoded form of a character begins with one of these.
ENCODED = re.compile(r"[%\\&+]")
JSON_STRING = r'"(?:[^"\\]|\\.)*"?'
SECRET_MEMBERS = re.compile(
    rf'(?i)("(?:{"|".join(sorted(SECRET_NAMES - ORDINARY_IN_JSON))}|accessToken|refreshToken|clientSecret)"\s*:\s*)'
    + JSON_STRING
)

SHORT_FORMS = {
    "\b": (r"\\+b",),
    "\f": (r"\\+f",),
    "\n": (r"\\+n",),
    "\r": (r"\\+r",),
    "\t": (r"\\+t",),
    "\\": (r"\\{4}", r"\\{2}"),
    "/": (r"\\+/",),
    '"': (r"\\+\"", "&quot;"),
    "&": ("&amp;",),
    "<": ("&lt;",),
    ">": ("&gt;",),
    " ": (r"\+",),
}


class Masking:
    """Masks secrets in texts.

    Args:
        secrets: Values that must not appear in any output. What is not a text, or too short, is left out.
    """

    def __init__(self, secrets: Iterable[object] = ()) -> None:
        known = {secret for secret in secrets if isinstance(secret, str) and len(secret) >= SHORTEST}
        # the longest first: one secret may begin another
        self._secrets = sorted(known, key=lambda one: (-len(one), one))
        patterns = [_in_any_encoding(secret) for secret in self._secrets]
        self._known = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        """Return a text with every secret masked."""
        if self._known is not None and self._may_hold_known(text):
            text = self._known.sub(MASK, text)
        if not _may_show_secrets(text):
            return text
        text = SECRET_PATHS.sub(rf"\1{MASK}", text)
        return SECRET_TEXTS.sub(lambda found: f"{found[1]} {MASK}" if found[1] else MASK, text)

    def query(self, text: str) -> str:
        """Return a query string, or the body of a form, with the values of secret names masked as well."""
        return "&".join(self._parameter(part) for part in text.split("&"))

    def header(self, name: str, value: str) -> str:
        """Return the value of a header; all of it is masked where it is a secret."""
        return MASK if name.lower() in SECRET_HEADERS else self(value)

    def body(self, text: str, content_type: str = "") -> str:
        """Return a body with the values of secret names masked as well."""
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            return self.query(text)
        return self(SECRET_MEMBERS.sub(rf'\1"{MASK}"', text))

    def _may_hold_known(self, text: str) -> bool:
        """Return False only where no known secret can be: it takes a tenth of the time of the patterns."""
        if ENCODED.search(text):
            return True
        for secret in self._secrets:  # noqa: SIM110 - faster, and done for each printed line
            if secret in text:
                return True
        return False

    def _parameter(self, text: str) -> str:
        name, equals, _ = text.partition("=")
        if equals and _is_secret_name(name):
            return f"{self(name)}={MASK}"
        return self(text)


def _may_show_secrets(text: str) -> bool:
    """Return False only where neither place nor form of a secret can be found."""
    if not text.isascii():  # other letters may match those of the patterns when case is ignored
        return True
    small = text.lower()
    return "oauth" in small or "bearer" in small or "basic" in small or "pat-" in small


def _is_secret_name(name: str) -> bool:
    if name.isascii() and name.isidentifier():  # nothing to decode
        return name.lower() in SECRET_NAMES
    return _decoded(name).lower() in SECRET_NAMES


def _decoded(name: str) -> str:
    for _ in range(3):
        name = unquote_plus(name)
    return name.strip()


def _in_any_encoding(secret: str) -> str:
    return "".join(map(_character, secret))


@lru_cache(maxsize=512)  # tokens have few different characters, and a server knows many of them
def _character(char: str) -> str:
    """Match a character as it is, percent-encoded any number of times, or escaped as in JSON and HTML."""
    codes = "".join(f"%(?:25)*(?:{code:02X}|{code:02x})" for code in char.encode("utf-8", "surrogatepass"))
    # hexadecimal digits may be mixed: %2f, %2F; %aB
    codes = re.sub(r"\(\?:([0-9A-F]{2})\|[0-9a-f]{2}\)", lambda found: _either_case(found[1]), codes)
    escaped = "".join(rf"\\+u{_either_case(unit)}" for unit in _utf16_units(char))
    entity = f"&#(?:0*{ord(char)}|[xX]0*{_either_case(f'{ord(char):x}')});"
    # the longest first: `%` may also be the beginning of `%25`
    ways = [codes, escaped, entity, *SHORT_FORMS.get(char, ()), re.escape(char)]
    return f"(?:{'|'.join(ways)})"


def _either_case(digits: str) -> str:
    return "".join(f"[{digit.upper()}{digit.lower()}]" if digit.isalpha() else digit for digit in digits)


def _utf16_units(char: str) -> list[str]:
    content = char.encode("utf-16-be", "surrogatepass")
    return [content[at : at + 2].hex() for at in range(0, len(content), 2)]
