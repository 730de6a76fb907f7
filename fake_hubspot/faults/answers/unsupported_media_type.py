from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import unsupported_media_type

__all__ = ["UnsupportedMediaType"]


@register
@dataclass(frozen=True, slots=True)
class UnsupportedMediaType(Replacement):
    """415 with Jetty's HTML page: the request body has the wrong content type.

    Source: docs (the status), assumed (the page).
    """

    name = "unsupported-media-type"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return error_response(unsupported_media_type(), firing.context.correlation_id)
