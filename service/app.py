"""The WSGI application, and the one map from errors to HTTP."""

import logging

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from service.errors import CallerError, UpstreamError
from service.hubspot import HubSpot
from service.routes import pull_routes
from service.settings import Settings

__all__ = ["create_app"]

_log = logging.getLogger(__name__)


def create_app(settings: Settings, *, hubspot: HubSpot | None = None) -> Flask:
    """Build the application. Nothing is fetched before the first request."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(pull_routes(hubspot or HubSpot(settings)))
    app.register_error_handler(UpstreamError, _upstream_failed)
    app.register_error_handler(CallerError, _caller_wrong)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)
    return app


def _upstream_failed(error: UpstreamError) -> tuple[Response, int]:
    """Shape: `{"kind", "message", "hubspot": {"status", "message", "correlation_id"}}`."""
    said = {"status": error.status, "message": error.hubspot_message, "correlation_id": error.correlation_id}
    return jsonify(kind=error.kind, message=error.message, hubspot=said), error.answer_status


def _caller_wrong(error: CallerError) -> tuple[Response, int]:
    return jsonify(kind=error.kind, message=error.message, parameter=error.parameter), 400


def _http_error(error: HTTPException) -> Response:
    """Flask's own errors as JSON, their headers (such as `Allow`) kept."""
    response = jsonify(kind=f"http-{error.code}", message=f"{request.method} {request.path}: {error.description}")
    response.status_code = error.code or 500
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _bug(error: Exception) -> tuple[Response, int]:
    _log.error(
        "Unexpected %s in %s; this is a bug of the connector", type(error).__name__, request.path, exc_info=error
    )
    return jsonify(kind="internal-error", message="The connector failed; its log says where."), 500
