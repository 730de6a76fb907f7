"""The headers that a cassette keeps. All others are dropped."""

__all__ = ["holds_numbers", "is_allowed_request_header", "is_allowed_response_header"]

REQUEST = frozenset({"accept", "content-type"})
# Headers that matter to a client of the API. Cookies, tracing and hop-by-hop headers are not in the list, nor are
# Content-Encoding and Content-Length, which describe bytes that a cassette does not contain.
RESPONSE = frozenset(
    {
        "access-control-allow-credentials",
        "allow",
        "cache-control",
        "cf-cache-status",
        "content-type",
        "date",
        "deprecation",
        "link",
        "location",
        "retry-after",
        "server",
        "strict-transport-security",
        "sunset",
        "vary",
        "www-authenticate",
        "x-content-type-options",
        "x-hubspot-auth-failure",
        "x-hubspot-correlation-id",
        "x-hubspot-notfound",
    }
)
RESPONSE_PREFIXES = ("x-hubspot-ratelimit-", "x-ratelimit-", "ratelimit-")
NUMERIC = frozenset({"cache-control", "retry-after", "strict-transport-security"})


def is_allowed_request_header(name: str) -> bool:
    """Whether a cassette keeps this request header."""
    return name.lower() in REQUEST


def is_allowed_response_header(name: str) -> bool:
    """Whether a cassette keeps this response header."""
    return name.lower() in RESPONSE or name.lower().startswith(RESPONSE_PREFIXES)


def holds_numbers(name: str) -> bool:
    """Whether the values of this header are or contain numbers, for example of seconds."""
    return name.lower() in NUMERIC or name.lower().startswith(RESPONSE_PREFIXES)
