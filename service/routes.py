"""The routes Sesam calls."""

import uuid
from collections.abc import Callable
from threading import Event

from flask import Blueprint, Response, request

from service.downstream import DownstreamClient, SocketDownstreamClient
from service.metrics import Metrics
from service.openapi import OWNER_PARAMETERS
from service.options import PARAMETERS, parse_options
from service.pull import Pull
from service.schema_cache import SchemaCache
from service.upstream.client import HubSpotAccount

__all__ = ["new_request_id", "pull_routes"]


def new_request_id() -> str:
    """A short id that ties a response to its log line."""
    return uuid.uuid4().hex[:12]


def pull_routes(
    account: HubSpotAccount, metrics: Metrics, stopping: Event, *, new_id: Callable[[], str] = new_request_id
) -> Blueprint:
    """One route for every object type, bound to one HubSpot account."""
    routes = Blueprint("pull", __name__)
    schemas = SchemaCache()

    @routes.get("/get_<type_name>")
    def get_records(type_name: str) -> Response:
        """The records of a type as one JSON array, by the parameters in `PARAMETERS`."""
        known = OWNER_PARAMETERS if type_name == "owners" else tuple(PARAMETERS)
        options = parse_options(request.args.to_dict(flat=False), known=known)
        request_id = new_id()
        metrics.began()
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
    """The other end of the connection, where the server lets it be seen."""
    sock = request.environ.get("gunicorn.socket")
    return None if sock is None else SocketDownstreamClient(sock, stopping=stopping)
