"""The WSGI application, and the one map from errors to HTTP."""

import hmac
import logging
from threading import Event

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from service.errors import BadRequestError, PullAbandoned, UpstreamError
from service.metrics import Metrics
from service.operations import operation_routes
from service.routes import pull_routes
from service.settings import Settings
from service.upstream.client import HubSpotAccount

__all__ = ["create_app"]

_log = logging.getLogger(__name__)
_OPEN_TO_ALL = ("/health",)


def create_app(settings: Settings, *, account: HubSpotAccount | None = None, stopping: Event | None = None) -> Flask:
    """Build the application. Nothing is fetched before the first request.

    Args:
        settings: What the environment says.
        account: The HubSpot account, where its clock or its jitter are not the real ones.
        stopping: Set when running pulls have to break off.
    """
    app = Flask(__name__, static_folder=None)
    metrics = Metrics()
    account = account or HubSpotAccount(settings, observer=metrics)
    app.register_blueprint(pull_routes(account, metrics, stopping or Event()))
    app.register_blueprint(operation_routes(account, metrics))
    app.register_error_handler(UpstreamError, _upstream_failed)
    app.register_error_handler(BadRequestError, _caller_wrong)
    app.register_error_handler(PullAbandoned, _abandoned)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)
    if settings.username:
        app.before_request(lambda: _refuse_strangers(settings))
    return app


def _refuse_strangers(settings: Settings) -> tuple[Response, int, dict[str, str]] | None:
    """Basic authentication as `system:microservice` offers it. Health stays open for container engines."""
    if request.path in _OPEN_TO_ALL:
        return None
    given = request.authorization
    name, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
    is_name_right = hmac.compare_digest(name.encode(), settings.username.encode())
    if hmac.compare_digest(password.encode(), settings.password.encode()) and is_name_right:
        return None
    answer = jsonify(
        kind="unauthorized", message="Basic authentication is needed: user name and password of this service."
    )
    return answer, 401, {"WWW-Authenticate": 'Basic realm="hubspot-service", charset="UTF-8"'}


def _upstream_failed(error: UpstreamError) -> tuple[Response, int]:
    """Shape: `{"kind", "message", "hubspot": {"status", "message", "correlation_id"}}`."""
    said = {"status": error.status, "message": error.hubspot_message, "correlation_id": error.correlation_id}
    return jsonify(kind=error.kind, message=error.message, hubspot=said), error.answer_status


def _caller_wrong(error: BadRequestError) -> tuple[Response, int]:
    return jsonify(kind=error.kind, message=error.message, parameter=error.parameter), 400


def _abandoned(error: PullAbandoned) -> tuple[Response, int]:
    return jsonify(kind=error.kind, message=error.message), 503


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
