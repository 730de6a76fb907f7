"""Whether the fake is running."""

from fake_hubspot.context import RequestContext, Response, Route, open_route

__all__ = ["health_routes"]


def health_routes() -> list[Route]:
    """Return the route `GET /health`."""
    return [open_route("health", "GET", "/health", health, summary="Check that the fake is running", is_own=True)]


def health(context: RequestContext) -> Response:
    """Return the state of the fake.

    Shape: `{"status": "ok", "scenario": name}`.
    """
    return Response.of({"status": "ok", "scenario": context.tenant.scenario})
