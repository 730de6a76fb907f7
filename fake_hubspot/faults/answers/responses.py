"""Answers that several faults give: HubSpot's JSON envelope, an HTML page, an edge's page."""

from fake_hubspot.context import Body, Headers, Response

__all__ = ["HTML", "HUBSPOTS_OWN", "edge_page", "retry_after"]

# An edge or a proxy in front of HubSpot answers without HubSpot's own headers.
HUBSPOTS_OWN = (b"x-hubspot-", b"access-control-")
HTML = b"text/html; charset=UTF-8"


def retry_after(seconds: int | None) -> Headers:
    """The `Retry-After` header, or none."""
    return [] if seconds is None else [(b"retry-after", b"%d" % seconds)]


def edge_page(status: int, text: str, *, retry_after_s: int | None = None) -> Response:
    """A page of something in front of HubSpot.

    Source: assumed (HubSpot's documents name the statuses, not the bodies); the form is that of nginx and Cloudflare.
    """
    page = f"<html>\r\n<head><title>{text}</title></head>\r\n<body>\r\n<center><h1>{text}</h1></center>\r\n"
    content = f"{page}<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n".encode()
    return Response(status, Body(content), HTML, retry_after(retry_after_s), without=HUBSPOTS_OWN)
