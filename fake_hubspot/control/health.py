"""Whether the fake is up."""

from fake_hubspot.context import RequestContext, Response, Route, open_route

__all__ = ["routes"]


def routes() -> list[Route]:
    """`GET /health`."""
    return [open_route("health", "GET", "/health", health, summary="Whether the fake is up")]


def health(context: RequestContext) -> Response:
    """Shape: `{"status": "ok", "scenario": name}`."""
    return Response.of({"status": "ok", "scenario": context.tenant.scenario})
