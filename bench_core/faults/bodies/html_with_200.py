from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import JSON, Body, Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["HtmlWith200"]

PAGE = b'<!DOCTYPE html>\n<html lang="en"><head><title>Log in</title></head><body><h1>Log in</h1></body></html>\n'
HTML = b"text/html; charset=utf-8"


@register
@dataclass(frozen=True, slots=True)
class HtmlWith200(Replacement):
    """200 with an HTML page, like a login page or a captive portal.

    Source: assumed.
    """

    name = "html-with-200"
    group = "bodies"
    examples = ({"content_type": "json"},)

    content_type: Annotated[Literal["html", "json"], Meta(description="The content type that is claimed.")] = "html"

    def respond(self, firing: Firing) -> Response:
        kind = HTML if self.content_type == "html" else JSON
        return Response(200, Body(PAGE), kind)
