"""Addresses that need no token until they expire: a time and its signature are in the query."""

from hashlib import sha256

from fake_hubspot.context import RequestContext
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.decimal_id import parse_id

__all__ = ["check_signature", "signed_query"]


def signed_query(context: RequestContext, name: str, expires_ms: int) -> str:
    """Return the query of the address of what has this name."""
    return f"expires={expires_ms}&signature={_signature(context, name, expires_ms)}"


def check_signature(context: RequestContext, name: str) -> None:
    """Check that the address of a request is signed for this name and has not expired.

    Raises:
        HubSpotError: 403.
    """
    expires_ms = parse_id(context.request.first("expires") or "") or 0
    is_signed = context.request.first("signature") == _signature(context, name, expires_ms)
    if not is_signed or expires_ms <= context.portal.clock.now_ms():
        raise HubSpotError(403, "The signature of this address is missing, wrong or expired")


def _signature(context: RequestContext, name: str, expires_ms: int) -> str:
    return sha256(f"{context.portal.id}/{name}/{expires_ms}".encode()).hexdigest()
