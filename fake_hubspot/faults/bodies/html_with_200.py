"""200 with an HTML page, as a login page or a captive proxy answers."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import JSON, Body, Response
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["HtmlWith200"]

PAGE = b'<!DOCTYPE html>\n<html lang="en"><head><title>Log in</title></head><body><h1>Log in</h1></body></html>\n'
HTML = b"text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class HtmlWith200(Replacement):
    """200 with an HTML page, as a login page or a captive proxy answers.

    Source: assumed.
    """

    name = "html-with-200"
    examples = ({"content_type": "json"},)

    content_type: Annotated[Literal["html", "json"], Meta(description="What the content type claims.")] = "html"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        kind = HTML if self.content_type == "html" else JSON
        return Response(200, Body(PAGE), kind)
