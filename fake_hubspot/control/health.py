"""Whether the fake is up."""

from fake_hubspot.exchange import Exchange, Reply, Route

__all__ = ["routes"]


def routes() -> list[Route]:
    """`GET /health`."""
    return [Route("health", "GET", "/health", health, access="open", summary="Whether the fake is up")]


def health(exchange: Exchange) -> Reply:
    """Shape: `{"status": "ok", "scenario": name}`."""
    return Reply.of({"status": "ok", "scenario": exchange.tenant.scenario})
