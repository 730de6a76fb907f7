"""Which headers a cassette keeps. Everything else is left out, known or not."""

__all__ = ["is_allowed_request_header", "is_allowed_response_header"]

REQUEST = frozenset({"accept", "content-type"})
# What tells a reader of the API something. Cookies, tracing, and what belongs to one connection are not in the list:
# Content-Encoding and Content-Length describe bytes that a cassette does not hold.
RESPONSE = frozenset(
    {
        "access-control-allow-credentials",
        "allow",
        "cache-control",
        "cf-cache-status",
        "content-type",
        "date",
        "deprecation",
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
RESPONSE_PREFIXES = ("x-hubspot-ratelimit-",)


def is_allowed_request_header(name: str) -> bool:
    """Whether a cassette keeps this header of a request."""
    return name.lower() in REQUEST


def is_allowed_response_header(name: str) -> bool:
    """Whether a cassette keeps this header of an answer."""
    return name.lower() in RESPONSE or name.lower().startswith(RESPONSE_PREFIXES)
