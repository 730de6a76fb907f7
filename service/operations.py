"""The routes of whoever operates the service."""

import time
from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from service.errors import UpstreamError
from service.metrics import Metrics
from service.object_types import STANDARD_TYPES
from service.openapi import openapi_document
from service.upstream import endpoints
from service.upstream.client import HubSpotAccount

__all__ = ["operation_routes"]

_READY_REMEMBERED_S = 10.0
_ROUTES = {
    **{f"/get_{known.name}": f"HubSpot's {known.name} for Sesam" for known in STANDARD_TYPES},
    "/get_owners": "HubSpot's owners for Sesam",
    "/get_<custom type>": "the portal's own object types, by fully qualified name",
    "/health": "the process is alive",
    "/ready": "HubSpot answers",
    "/metrics": "counters for Prometheus",
    "/openapi.json": "all of this as an OpenAPI document",
}


def operation_routes(
    account: HubSpotAccount, metrics: Metrics, *, clock: Callable[[], float] = time.monotonic
) -> Blueprint:
    """Routes that pull nothing."""
    routes = Blueprint("operations", __name__)
    readiness = _Readiness(account, clock=clock)

    @routes.get("/health")
    def health() -> Response:
        """Alive. It asks HubSpot nothing."""
        return jsonify(status="ok")

    @routes.get("/ready")
    def ready() -> Response:
        """HubSpot takes the credentials and answers; the error handler tells what is wrong otherwise."""
        readiness.check()
        return jsonify(status="ready")

    @routes.get("/metrics")
    def counters() -> Response:
        """Prometheus' text format."""
        return Response(metrics.text(), mimetype="text/plain; version=0.0.4")

    @routes.get("/")
    def index() -> Response:
        """What this is."""
        return jsonify(service="HubSpot CRM records as Sesam's JSON pull protocol", routes=_ROUTES)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        """The OpenAPI document."""
        return jsonify(openapi_document(is_protected=bool(account.settings.username)))

    return routes


class _Readiness:
    """One cheap request to HubSpot, its outcome remembered so that probes do not eat the quota."""

    def __init__(self, account: HubSpotAccount, *, clock: Callable[[], float]) -> None:
        self._account = account
        self._clock = clock
        self._checked_at = float("-inf")
        self._error: UpstreamError | None = None

    def check(self) -> None:
        """Raise what is wrong.

        Raises:
            UpstreamError: HubSpot does not answer, or not with success.
        """
        if self._clock() > self._checked_at + _READY_REMEMBERED_S:
            self._error = self._ask()
            self._checked_at = self._clock()
        if self._error is not None:
            raise self._error

    def _ask(self) -> UpstreamError | None:
        client = self._account.client()
        try:
            client.ask(endpoints.list_page("contacts", limit=1))
        except UpstreamError as error:
            error.answer_status = 503
            return error
        finally:
            client.close()
        return None
