"""What several responses share: the `Retry-After` parameter and header, and the HTML page of a proxy."""

from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Body, Headers, Response

__all__ = ["HTML", "OWN_HEADERS", "RetryAfter", "proxy_page", "retry_after"]

RetryAfter = Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null omits the header.")] | None

# A proxy in front of an API responds without the API's own headers.
OWN_HEADERS = (b"x-hubspot-", b"x-ratelimit-", b"access-control-")
HTML = b"text/html; charset=UTF-8"


def retry_after(seconds: int | None) -> Headers:
    """Return the `Retry-After` header, or no header."""
    return [] if seconds is None else [(b"retry-after", b"%d" % seconds)]


def proxy_page(status: int, text: str, *, retry_after_s: int | None = None) -> Response:
    """Return the HTML error page of a proxy in front of an API.

    Source: assumed (HubSpot documents the statuses, not the bodies); the form is that of nginx and Cloudflare.
    """
    page = f"<html>\r\n<head><title>{text}</title></head>\r\n<body>\r\n<center><h1>{text}</h1></center>\r\n"
    content = f"{page}<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n".encode()
    return Response(status, Body(content), HTML, retry_after(retry_after_s), without=OWN_HEADERS)
