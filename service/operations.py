"""The routes for operating the service: health, readiness, metrics and documentation."""

import time
from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from service.errors import UpstreamError
from service.object_types import STANDARD_TYPES
from service.openapi import openapi_document
from service.prometheus import PrometheusMetrics
from service.upstream import endpoints
from service.upstream.account import HubSpotAccount

__all__ = ["operation_routes"]

_READINESS_MAX_AGE_S = 10.0
_ROUTES = {
    **{f"/get_{known.name}": f"HubSpot's {known.name} for Sesam" for known in STANDARD_TYPES},
    "/get_owners": "HubSpot's owners for Sesam",
    "/get_<custom type>": "the portal's custom object types, by fully qualified name",
    "/health": "whether the process is alive",
    "/ready": "whether HubSpot answers",
    "/metrics": "metrics for Prometheus",
    "/openapi.json": "these routes as an OpenAPI document",
}


def operation_routes(
    account: HubSpotAccount, metrics: PrometheusMetrics, *, clock: Callable[[], float] = time.monotonic
) -> Blueprint:
    """Create the routes that pull nothing.

    Args:
        account: The HubSpot account whose readiness is checked.
        metrics: Served at `/metrics`.
        clock: A monotonic clock.
    """
    routes = Blueprint("operations", __name__)
    readiness = _Readiness(account, clock=clock)

    @routes.get("/health")
    def health() -> Response:
        """Report that the process is alive. HubSpot is not queried."""
        return jsonify(status="ok")

    @routes.get("/ready")
    def ready() -> Response:
        """Report that HubSpot accepts the credentials. Otherwise the error handler reports the problem."""
        readiness.check()
        return jsonify(status="ready")

    @routes.get("/metrics")
    def prometheus() -> Response:
        """Serve the metrics."""
        return Response(metrics.text(), mimetype="text/plain; version=0.0.4")

    @routes.get("/")
    def index() -> Response:
        """List the routes."""
        return jsonify(service="HubSpot CRM records as Sesam's JSON pull protocol", routes=_ROUTES)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        """Serve the OpenAPI document."""
        return jsonify(openapi_document(is_protected=bool(account.settings.username)))

    return routes


class _Readiness:
    """The outcome of one small request to HubSpot, cached so that probes do not use up the quota."""

    def __init__(self, account: HubSpotAccount, *, clock: Callable[[], float]) -> None:
        self._account = account
        self._clock = clock
        self._checked_at = float("-inf")
        self._error: UpstreamError | None = None

    def check(self) -> None:
        """Query HubSpot, unless the last outcome is recent enough.

        Raises:
            UpstreamError: HubSpot did not answer, or did not accept the request.
        """
        if self._clock() > self._checked_at + _READINESS_MAX_AGE_S:
            self._error = self._query()
            self._checked_at = self._clock()
        if self._error is not None:
            raise self._error

    def _query(self) -> UpstreamError | None:
        client = self._account.client()
        try:
            client.request(endpoints.list_page("contacts", limit=1))
        except UpstreamError as error:
            error.response_status = 503
            return error
        finally:
            client.close()
        return None
