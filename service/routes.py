"""The routes that Sesam reads."""

import uuid
from collections.abc import Callable
from threading import Event

from flask import Blueprint, Response, request

from service.downstream import DownstreamClient, SocketDownstreamClient
from service.metrics import PullMetrics
from service.openapi import OWNER_PARAMETERS
from service.options import PARAMETERS, parse_options
from service.pull import Pull
from service.schema_cache import SchemaCache
from service.upstream.account import HubSpotAccount

__all__ = ["new_request_id", "pull_routes"]


def new_request_id() -> str:
    """Create a short id that connects a response with its log line."""
    return uuid.uuid4().hex[:12]


def pull_routes(
    account: HubSpotAccount, metrics: PullMetrics, stopping: Event, *, new_id: Callable[[], str] = new_request_id
) -> Blueprint:
    """Create the route that serves every object type.

    Args:
        account: The HubSpot account to read.
        metrics: Counts pulls.
        stopping: Set when running pulls have to be aborted.
        new_id: Creates request ids.
    """
    routes = Blueprint("pull", __name__)
    schemas = SchemaCache()

    @routes.get("/get_<type_name>")
    def get_records(type_name: str) -> Response:
        """Send the records of a type as one JSON array. `PARAMETERS` describes the options."""
        known = OWNER_PARAMETERS if type_name == "owners" else tuple(PARAMETERS)
        options = parse_options(request.args.to_dict(flat=False), known=known)
        request_id = new_id()
        pull = Pull(account, schemas, metrics, request_id=request_id, downstream=_downstream_client(stopping))
        try:
            body = pull.start(type_name, options)
        except BaseException:
            pull.close()
            raise
        response = Response(body, mimetype="application/json", headers={"X-Request-Id": request_id})
        response.call_on_close(pull.close)
        return response

    return routes


def _downstream_client(stopping: Event) -> DownstreamClient | None:
    """Return the client of the current request, None if the server does not offer its socket."""
    sock = request.environ.get("gunicorn.socket")
    return None if sock is None else SocketDownstreamClient(sock, stopping=stopping)
