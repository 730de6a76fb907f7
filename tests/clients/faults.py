"""The faults that every client meets: the second page of contacts fails once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contract_bench.roles.hubspot import HubSpotPortal

__all__ = ["FAULTS", "struck"]

FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "429 with Retry-After": ("rate-limit-ten-secondly", {"retry_after_s": 1}),
    "500": ("server-error", {}),
    "reset in the body": ("reset-in-body", {}),
    "expired token": ("token-expired", {}),
    "empty page with a cursor": ("empty-page-with-cursor", {}),
}


@contextmanager
def struck(portal: HubSpotPortal, name: str, **where: Any) -> Iterator[None]:
    """Let a fault strike once, on the second page of contacts unless `where` says otherwise, and see that it did."""
    fault, params = FAULTS[name]
    fault_id = portal.faults.add(fault, params=params, **(where or {"objectType": "contacts", "page": 2}))
    try:
        yield
        fired = {each["id"]: each["fired"] for each in portal.faults.active()}
        assert fired[fault_id] == 1, f"{name} did not strike"
    finally:
        portal.faults.remove(fault_id)
