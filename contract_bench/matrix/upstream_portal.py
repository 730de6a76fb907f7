"""The proxy of one worker, in front of an upstream of its own. It is used like the fake HubSpot's portal."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import msgspec

from bench_core.exchange import Response
from bench_core.faults.rule import FaultRule
from bench_core.journal import JournalEntry
from contract_bench.matrix.genuine import could_be_genuine, is_self_delimiting
from contract_bench.proxy.app import Altered, ProxyOptions
from contract_bench.proxy.server import ProxyServer
from contract_bench.proxy.upstreams import UpstreamSpec, open_upstream
from fake_hubspot import Record

__all__ = ["UpstreamPortal"]

JOURNAL_CAPACITY = 20_000
SHORTEST_SECRET = 8
# Wire faults that end a body early without saying so.
UNMARKED_ENDS = frozenset({"unmarked-cut", "content-length-short"})


class UpstreamPortal:
    """Starts the upstream if it is no URL, and the proxy; a context manager.

    Attributes:
        token: Empty: the connector has its own credentials.
    """

    token = ""

    def __init__(self, spec: UpstreamSpec, ca_file: Path | None = None) -> None:
        self._spec = spec
        self._ca_file = ca_file
        self._cleanup = ExitStack()
        self._altered: list[Altered] = []
        self._proxy: ProxyServer

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            upstream = stack.enter_context(open_upstream(self._spec, ca_file=self._ca_file))
            options = ProxyOptions(journal_capacity=JOURNAL_CAPACITY, on_altered=self._altered.append)
            self._proxy = stack.enter_context(ProxyServer(upstream.address, options))
            self._cleanup = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._cleanup.close()

    @property
    def url(self) -> str:
        """The address of the API for the connector."""
        return self._proxy.url

    @property
    def secrets(self) -> tuple[str, ...]:
        """The credentials that the connector has sent."""
        known = self._proxy.in_loop(lambda: self._proxy.app.state.secrets)
        return tuple(secret for secret in known if len(secret) >= SHORTEST_SECRET)

    def fill(self, records: Iterable[Record]) -> None:
        """Remove all faults and forget the requests. The records of an upstream cannot be set."""
        del records
        self._proxy.in_loop(self._forget)

    def _forget(self) -> None:
        self._proxy.app.state.faults.clear()
        self._proxy.app.state.journal.clear()
        self._altered.clear()

    def live_ids(self) -> frozenset[int]:
        """Return no ids: nothing is known of the records."""
        return frozenset()

    def arm(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Set faults, each as the control API takes it.

        Raises:
            UsageError: a fault or a parameter does not exist.
        """
        for rule in [msgspec.convert(rule, FaultRule) for rule in rules]:
            self._proxy.in_loop(lambda rule=rule: self._proxy.app.state.faults.arm(rule))  # type: ignore[misc]

    def disarm(self) -> None:
        """Remove every fault."""
        self._proxy.in_loop(self._proxy.app.state.faults.clear)

    def fired(self) -> list[int]:
        """Return how often each fault changed something, in the order they were set."""
        return self._proxy.in_loop(
            lambda: [
                armed.fired - sum(armed.id in each.fault_ids and each.is_same for each in self._altered)
                for armed in self._proxy.app.state.faults
            ]
        )

    def is_forged(self, fault: str) -> bool:
        """Whether what the fault has sent could be genuine, so that no client could have detected it."""
        return any(self._could_be(fault, each.original, each.sent) for each in list(self._altered) if not each.is_same)

    @staticmethod
    def _could_be(fault: str, original: Response, sent: Response) -> bool:
        if sent.sending is not None:
            return fault in UNMARKED_ENDS and not is_self_delimiting(original)
        return could_be_genuine(original, sent)

    def entries(self) -> list[JournalEntry]:
        """Return the requests of the connector since the last `fill`."""
        return list(self._proxy.app.state.journal)
