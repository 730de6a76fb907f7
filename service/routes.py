"""The routes. They know Flask; nothing below them does."""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from service.hubspot import HubSpot
from service.pull import Pull

__all__ = ["new_request_id", "pull_routes"]


def new_request_id() -> str:
    """A short id that ties a response to its log line."""
    return uuid.uuid4().hex[:12]


def pull_routes(hubspot: HubSpot, *, new_id: Callable[[], str] = new_request_id) -> Blueprint:
    """The routes Sesam calls, bound to one HubSpot account."""
    routes = Blueprint("pull", __name__)

    @routes.get("/get_contacts")
    def get_contacts() -> Response:
        """Every contact of the portal as one JSON array. `since` and `limit` are not supported yet and are ignored."""
        request_id = new_id()
        body = Pull(hubspot, "contacts", request_id=request_id).start()
        return Response(body, mimetype="application/json", headers={"X-Request-Id": request_id})

    @routes.get("/health")
    def health() -> Response:
        """Alive. It asks HubSpot nothing."""
        return jsonify(status="ok")

    return routes
