"""Calls the routes of the APIs from a page: the same functions, without access token, faults, limits and journal."""

from typing import Any
from urllib.parse import quote

import msgspec

from bench_core.journal import JournalEntry
from bench_core.json_text import decode_json
from fake_hubspot.context import Request, RequestContext, Response, Route
from fake_hubspot.crm.domain_errors import as_hubspot_error
from fake_hubspot.errors import CoreError, UsageError
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.change_feed import PERSON
from fake_hubspot.portal.errors import InvalidValuesError, PortalError
from fake_hubspot.routing import Router

__all__ = ["ApiRefusedError", "InnerApi"]


class ApiRefusedError(CoreError):
    """The API refused what a page asked for. The text is a sentence for a person."""


class InnerApi:
    """The routes of the APIs, called for the portal that a page shows."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._router = Router(routes)

    def call(self, context: RequestContext, method: str, path: str, body: object = None, *, query: str = "") -> Any:
        """Return the JSON of the response; None if it has no body.

        Args:
            context: The request for the page.
            method: The method of the route.
            path: Its path, not encoded.
            body: Sent as JSON.
            query: Encoded.

        Raises:
            ApiRefusedError: The API answers with an error.
        """
        content = self.send(context, method, path, body, query=query).body.raw
        return decode_json(content) if content else None

    def send(
        self, context: RequestContext, method: str, path: str, body: object = None, *, query: str = ""
    ) -> Response:
        """Return the response.

        Raises:
            ApiRefusedError: The API answers with an error.
        """
        match = self._router.match(method, path)
        if match.route is None:
            raise ApiRefusedError(f"there is no {method} {quote(path)}")
        asked = context.request
        headers = {b"content-type": b"application/json", b"host": asked.headers.get(b"host", b"localhost")}
        content = b"" if body is None else msgspec.json.encode(body)
        request = Request(method, path, query.encode(), headers, content, asked.scheme)
        entry = JournalEntry(0, context.portal.clock.now_ms(), method, path, query)
        inner = RequestContext(request, match.route, match.params, context.tenant, entry, "")
        try:
            with context.portal.context.feed.made_by(PERSON):
                return match.route.handler(inner)
        except (UsageError, HubSpotError, PortalError) as error:
            raise ApiRefusedError(_sentence(error, context.portal.id)) from error


def _sentence(error: CoreError, portal_id: int) -> str:
    if isinstance(error, InvalidValuesError):
        return "; ".join(f"{one.name}: {one.message}" for one in error.problems)
    if isinstance(error, PortalError):
        error = as_hubspot_error(error, portal_id=portal_id)
    return error.message if isinstance(error, HubSpotError) else str(error)
