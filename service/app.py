"""The WSGI application, and the one place where errors become HTTP responses."""

import hmac
import logging
from threading import Event

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from service.errors import BadRequestError, PullAbandoned, UpstreamError
from service.operations import operation_routes
from service.prometheus import PrometheusMetrics
from service.routes import pull_routes
from service.settings import Settings
from service.upstream.account import HubSpotAccount

__all__ = ["create_app"]

_log = logging.getLogger(__name__)
_PUBLIC_PATHS = ("/health",)


def create_app(settings: Settings, *, account: HubSpotAccount | None = None, stopping: Event | None = None) -> Flask:
    """Create the application. Nothing is fetched before the first request.

    Args:
        settings: Where HubSpot is, and how to serve.
        account: Replaces the account that the settings describe, for example to use another clock.
        stopping: Set when running pulls have to be aborted.
    """
    app = Flask(__name__, static_folder=None)
    metrics = PrometheusMetrics()
    account = account or HubSpotAccount(settings, metrics=metrics)
    app.register_blueprint(pull_routes(account, metrics, stopping or Event()))
    app.register_blueprint(operation_routes(account, metrics))
    app.register_error_handler(UpstreamError, _upstream_error)
    app.register_error_handler(BadRequestError, _bad_request)
    app.register_error_handler(PullAbandoned, _pull_abandoned)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _internal_error)
    if settings.username:
        app.before_request(lambda: _require_password(settings))
    return app


def _require_password(settings: Settings) -> tuple[Response, int, dict[str, str]] | None:
    """Require basic authentication, as `system:microservice` can send it. Container engines query health without it."""
    if request.path in _PUBLIC_PATHS:
        return None
    given = request.authorization
    name, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
    is_name_right = hmac.compare_digest(name.encode(), settings.username.encode())
    if hmac.compare_digest(password.encode(), settings.password.encode()) and is_name_right:
        return None
    response = jsonify(
        kind="unauthorized", message="This service requires basic authentication with its user name and password."
    )
    return response, 401, {"WWW-Authenticate": 'Basic realm="hubspot-service", charset="UTF-8"'}


def _upstream_error(error: UpstreamError) -> tuple[Response, int]:
    """Report HubSpot's error.

    Shape: `{"kind", "message", "hubspot": {"status", "message", "correlation_id"}}`.
    """
    hubspot = {"status": error.status, "message": error.hubspot_message, "correlation_id": error.correlation_id}
    return jsonify(kind=error.kind, message=error.message, hubspot=hubspot), error.response_status


def _bad_request(error: BadRequestError) -> tuple[Response, int]:
    return jsonify(kind=error.kind, message=error.message, parameter=error.parameter), 400


def _pull_abandoned(error: PullAbandoned) -> tuple[Response, int]:
    return jsonify(kind=error.kind, message=error.message), 503


def _http_error(error: HTTPException) -> Response:
    """Report Flask's own errors as JSON, and keep their headers, such as `Allow`."""
    response = jsonify(kind=f"http-{error.code}", message=f"{request.method} {request.path}: {error.description}")
    response.status_code = error.code or 500
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _internal_error(error: Exception) -> tuple[Response, int]:
    _log.error(
        "Unexpected %s in %s. This is a bug in the connector.", type(error).__name__, request.path, exc_info=error
    )
    return jsonify(
        kind="internal-error", message="An unexpected error occurred in the connector. The log has the traceback."
    ), 500
