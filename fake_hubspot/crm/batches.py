"""What all batch responses have in common. Pure."""

from collections.abc import Sequence
from typing import Any

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time

__all__ = ["FOLDED", "MAX_INPUTS", "batch_response", "batch_statuses", "check_size", "missing_objects"]

MAX_INPUTS, MAX_WITH_HISTORY = 100, 50
# From this version on the specification has no 207: one schema holds results and errors. Source: docs (2026-09).
FOLDED = "/2026-09/"


def check_size(count: int, *, with_history: bool = False, maximum: int = MAX_INPUTS) -> None:
    """Check the number of inputs.

    Raises:
        HubSpotError: 400 for too many. Source: recording (both messages).
    """
    if with_history and count > MAX_WITH_HISTORY:
        kind, maximum = "batch request for property histories", MAX_WITH_HISTORY
    elif count > maximum:
        kind = "batch"
    else:
        return
    text = (
        f"The maximum number of inputs supported in a {kind} is {maximum}. "
        "Please reduce the number of items and try again"
    )
    raise HubSpotError(400, text, category="VALIDATION_ERROR")


def batch_statuses(path: str, status: int = 200) -> tuple[int, ...]:
    """Return the statuses with which a batch route may answer when it did something.

    Source: docs (the specifications of v3 to 2026-09).
    """
    return (status,) if FOLDED in path else (status, 207)


def batch_response(
    context: RequestContext,
    results: Sequence[Any],
    errors: Sequence[dict[str, Any]] = (),
    *,
    status: int = 200,
    num_errors: int | None = None,
) -> Response:
    """Return a batch response: 207 as soon as there is an error, except in version 2026-09.

    Source: recording (2025-11 and 2026-03: times first; 2022 to 2024: `status`, `results` first); 2026-09: docs (its
    specification has no 207), and that the responses follow their specification is assumed.
    """
    portal = context.portal
    now = format_time(portal.clock.now_ms())
    rows = list(results)
    if portal.assumptions["batch-order"] == "reversed":
        rows.reverse()
    trouble = {"errors": list(errors), "numErrors": len(errors) if num_errors is None else num_errors}
    told = trouble if errors else {}
    if portal.assumptions["batch-keys"] == "2022":
        old = {"numErrors": trouble["numErrors"], "errors": trouble["errors"]} if errors else {}
        answer = {"status": "COMPLETE", "results": rows, **old, "startedAt": now, "completedAt": now}
    else:
        answer = {"completedAt": now, "status": "COMPLETE", "startedAt": now, "results": rows, **told}
    keeps_status = FOLDED in context.request.path and portal.assumptions["batch-2026-09"] == "folded"
    return Response.of(answer, status=207 if errors and not keeps_status else status)


def missing_objects(noun: str, ids: Sequence[str]) -> dict[str, Any]:
    """Return the single error that covers every missing id.

    Source: recording (2023-05 to 2025-11).
    """
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get some {noun} objects, they may be deleted or not exist. Check that ids are valid.",
        "context": {"ids": list(ids)},
    }
