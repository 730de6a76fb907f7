"""The requests that a portal received."""

from bench_core.control.journal import journal_operations
from fake_hubspot.context import Route, control_route

__all__ = ["routes"]


def routes() -> list[Route]:
    """Return the routes under `/_fake/journal`."""
    return [
        control_route(each.name, each.method, each.path, each.handler, summary=each.summary, operation=each.operation)
        for each in journal_operations("fake-hubspot")
    ]
