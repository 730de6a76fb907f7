"""The faults of a portal: which are set, and which exist."""

from collections.abc import Callable, Collection

from bench_core.control.faults import fault_operations
from fake_hubspot.context import Route, control_route
from fake_hubspot.faults import faults_of

__all__ = ["routes"]


def routes(known: Callable[[], Collection[str]]) -> list[Route]:
    """Return the routes under `/_fake/faults`; `known` returns the names of the routes to which faults apply."""
    return [
        control_route(each.name, each.method, each.path, each.handler, summary=each.summary, operation=each.operation)
        for each in fault_operations(lambda context: faults_of(context.tenant), known)
    ]
