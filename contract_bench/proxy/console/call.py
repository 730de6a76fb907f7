"""One request for a page of the proxy, with what a page needs to answer it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bench_core.console.call import FAULTS, OVERVIEW, REQUESTS, UI, ConsoleCall, ConsoleWords
from bench_core.errors import UsageError
from bench_core.faults.fault_set import ArmedFault, FaultSet
from bench_core.faults.rule import FaultRule
from bench_core.pages import Section, Site
from contract_bench.proxy.context import ProxyContext

__all__ = ["ProxyCall"]

WORDS = ConsoleWords(
    program="proxy",
    hint="incomplete",
    hint_title="No whole answer of the API",
    hint_count="incomplete",
    token_variable="API_TOKEN",  # noqa: S106 - the name of a variable
    path="/orders*",
    route="GET /orders/*",
    has_types=False,
)
MOST_PLACES = 40


class ProxyCall(ConsoleCall):
    """A request for a page.

    Attributes:
        context: The request as the control API reads it.
        upstream: The address of the API.
    """

    words = WORDS
    layout = "proxy.html.jinja"
    sections: Mapping[str, str] = {"Overview": OVERVIEW, "Requests": REQUESTS, "Faults": FAULTS}

    def __init__(self, context: ProxyContext, site: Site, upstream: str) -> None:
        super().__init__(context, site)
        self.context = context
        self.upstream = upstream

    @property
    def faults(self) -> FaultSet:
        """The faults that are set."""
        return self.context.state.faults

    @property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """The routes that clients have asked for, the latest first."""
        routes = dict.fromkeys(entry.route for entry in reversed(self.context.journal))
        masking = self.masking
        shown = [route for route in routes if masking(route) == route][:MOST_PLACES]
        return {route: (route, route) for route in shown}

    @property
    def example(self) -> str:
        """A command that sends a request."""
        return f"curl {self.context.request.origin}/"

    @property
    def frame(self) -> Mapping[str, Any]:
        """What the head of every page shows."""
        return {"upstream": self.upstream}

    @property
    def links(self) -> list[Section]:
        """The links at the foot of every page."""
        return [Section("Health", f"{OVERVIEW}health"), Section("HAR file", f"{UI}/requests/har")]

    def set_fault(self, rule: Mapping[str, Any]) -> ArmedFault:
        """Set a fault.

        Raises:
            UsageError: The rule is not accepted.
        """
        try:
            return self.faults.arm(msgspec.convert(rule, FaultRule))
        except msgspec.ValidationError as error:
            raise UsageError(str(error)) from error
