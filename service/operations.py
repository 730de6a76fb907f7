"""The routes for operating the service: health, readiness, metrics and documentation."""

import time
from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from service.object_types import STANDARD_TYPES
from service.openapi import openapi_document
from service.prometheus import PrometheusMetrics
from service.readiness import Readiness
from service.upstream import endpoints
from service.upstream.account import HubSpotAccount

__all__ = ["operation_routes"]

_READINESS_LIMIT_S = 10.0
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
    readiness = Readiness(lambda: _query(account), limit_s=_READINESS_LIMIT_S, clock=clock)

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


def _query(account: HubSpotAccount) -> None:
    """Send one small request to HubSpot, without retries."""
    client = account.hasty_client(limit_s=_READINESS_LIMIT_S)
    try:
        client.request(endpoints.list_page("contacts", limit=1))
    finally:
        client.close()
