"""The faults that are set for one portal: which of them a request gets, in which order, and how often each fired."""

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from fake_hubspot.context import Handler, Message, RequestContext, Response, Tenant
from fake_hubspot.errors import UsageError
from fake_hubspot.faults.fault import (
    Delay,
    Fault,
    PageChange,
    PortalChange,
    ResponseFault,
    WireFault,
    read_page,
    wire_of,
)
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import make_fault
from fake_hubspot.faults.rule import FaultRule
from fake_hubspot.paging import hand_out_changed, walk_without_connection
from fake_hubspot.portal.journal import Injected
from fake_hubspot.protocol import ConnectionGoneError

__all__ = ["ArmedFault", "FaultSet", "FiredFaults", "UnknownArmedFaultError", "faults_of"]

# Rules with `per: page` keep a count for each page. Beyond this number the oldest count is dropped.
PAGES_COUNTED = 50_000
# Routes whose pages `PageChange` and `PortalChange` know.
PAGES_OF_RECORDS = frozenset({"objects.list", "objects.search", "owners.list", "users.list"})
NO_CONTENT = 204


class UnknownArmedFaultError(UsageError):
    """No fault with this id is set on the portal."""

    def __init__(self, fault_id: str, *, known: list[str]) -> None:
        self.fault_id = fault_id
        self.known = known
        super().__init__(f"no fault {fault_id!r} is set here; set are: {', '.join(known) or 'none'}")


class ArmedFault:
    """A fault that is set, and the counts of its rule."""

    def __init__(self, fault_id: str, rule: FaultRule, fault: Fault) -> None:
        self.id = fault_id
        self.rule = rule
        self.fault = fault
        self.matched = 0
        self.fired = 0
        self._random = Random(f"{rule.seed}:{fault_id}")  # noqa: S311 - deterministic on purpose
        self._counts: dict[Any, tuple[int, int]] = {}

    @property
    def is_spent(self) -> bool:
        """Whether it will not fire again."""
        where, limit = self.rule.where, self.rule.limit
        if where.per == "page":
            return False
        one_only = where.nth is not None and where.every is None and self.matched >= where.nth
        return one_only or (limit is not None and self.fired >= limit)

    def matches(self, context: RequestContext) -> bool:
        """Count the request if the rule applies to it. Returns whether the fault is due."""
        if not self._can_affect(context) or not self.rule.where.matches(context):
            return False
        self.matched += 1
        key = self._key(context)
        count, fired = self._counts.get(key, (0, 0))
        self._save_counts(key, count + 1, fired)
        if not self.rule.where.selects(count + 1) or (self.rule.limit is not None and fired >= self.rule.limit):
            return False
        return self.rule.probability >= 1 or self._random.random() < self.rule.probability

    def _can_affect(self, context: RequestContext) -> bool:
        if self.fault.needs_page and not _asks_for_records(context):
            return False
        if self.fault.needs_body and _has_no_body(context):
            return False
        return "objectType" in context.params or not isinstance(self.fault, PortalChange)

    def fire(self, context: RequestContext) -> Firing:
        """Count one firing at a request that matched."""
        key = self._key(context)
        count, fired = self._counts[key]
        self._counts[key] = (count, fired + 1)
        self.fired += 1
        return Firing(context, self._random, self.fired)

    def _key(self, context: RequestContext) -> object:
        if self.rule.where.per == "fault":
            return None
        walk = context.params.get("objectType") if context.page is None else walk_without_connection(context)
        return context.route.name if context.route else "", walk, context.page

    def _save_counts(self, key: object, count: int, fired: int) -> None:
        if key not in self._counts and len(self._counts) >= PAGES_COUNTED:
            self._counts.pop(next(iter(self._counts)))
        self._counts[key] = (count, fired)


def _asks_for_records(context: RequestContext) -> bool:
    """Return whether the response is a page whose rows are records, owners or users."""
    return context.page is not None and context.route is not None and context.route.name in PAGES_OF_RECORDS


def _has_no_body(context: RequestContext) -> bool:
    """Return whether the response to a request has no body, as far as that is known before it is handled."""
    return context.request.method == "HEAD" or (
        context.route is not None and context.route.operation.statuses == (NO_CONTENT,)
    )


class FiredFaults:
    """The faults that fire at one request: what the application calls instead of the request's handler."""

    def __init__(self, fired: list[tuple[ArmedFault, Firing]]) -> None:
        self.fired = fired
        self.name = "+".join(armed.fault.name for armed, _ in fired)

    async def run(self, context: RequestContext, respond: Handler) -> Response | None:
        """Wait, respond, change the portal, and let a wire fault do the sending, in this order.

        Returns: The response; None if the client disconnected during a delay.
        """
        try:
            for armed, firing in self.fired:
                if isinstance(armed.fault, Delay):
                    await armed.fault.wait(firing)
        except ConnectionGoneError:
            wire_of(context).drop()
            return None
        return self._with_sending(self._respond(context, respond))

    def _respond(self, context: RequestContext, respond: Handler) -> Response:
        response: Response | None = None

        def original() -> Response:
            nonlocal response
            response = respond(context)
            context.answered_ms = context.portal.clock.now_ms()
            for fault, firing in changes:
                fault.after_response(firing, response)
            return response

        changes = [(armed.fault, firing) for armed, firing in self.fired if isinstance(armed.fault, PortalChange)]
        for armed, firing in self.fired:
            if isinstance(armed.fault, ResponseFault):
                sent = armed.fault.apply(firing, original)
                if isinstance(armed.fault, PageChange) and response is not None:
                    _count_page(context, response, sent)
                return sent
        return original()

    def _with_sending(self, response: Response) -> Response:
        for armed, firing in self.fired:
            if isinstance(armed.fault, WireFault) and not (armed.fault.needs_body and not response.body.raw):
                return replace(response, sending=_Sending(armed.fault, firing), sends_status=armed.fault.sends_status)
        return response


class _Sending:
    """Lets a fault write to the wire, and lets go of the connection if the client has disconnected."""

    def __init__(self, fault: WireFault, firing: Firing) -> None:
        self._fault = fault
        self._firing = firing

    async def __call__(self, message: Message) -> None:
        wire = wire_of(self._firing.context)
        wire.take()
        try:
            await self._fault.send(self._firing, wire, message)
        except ConnectionGoneError:
            wire.drop()


class FaultSet:
    """The faults of one portal, in the order in which they were set."""

    def __init__(self) -> None:
        self._armed: dict[str, ArmedFault] = {}
        self._last_id = 0

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self._armed.values())

    def arm(self, rule: FaultRule) -> ArmedFault:
        """Set a fault.

        Raises:
            UnknownFaultError: No fault has this name.
            WrongParamsError: The fault does not take these parameters.
        """
        fault = make_fault(rule.fault, rule.params)
        self._last_id += 1
        armed = ArmedFault(str(self._last_id), rule, fault)
        self._armed[armed.id] = armed
        return armed

    def find(self, fault_id: str) -> ArmedFault:
        """Find a fault by its id.

        Raises:
            UnknownArmedFaultError: No fault with this id is set.
        """
        if fault_id not in self._armed:
            raise UnknownArmedFaultError(fault_id, known=list(self._armed))
        return self._armed[fault_id]

    def disarm(self, fault_id: str) -> None:
        """Remove a fault.

        Raises:
            UnknownArmedFaultError: No fault with this id is set.
        """
        del self._armed[self.find(fault_id).id]

    def clear(self) -> None:
        """Remove every fault."""
        self._armed.clear()

    def match(self, context: RequestContext) -> FiredFaults | None:
        """Fire the faults that this request gets; None if there are none.

        Every fault counts the request. Of those due, one changes the response and one has the wire; one that is passed
        over because another came first has not fired, and gets its turn at a later request.
        """
        if not self._armed:
            return None
        due = _compatible([armed for armed in self._armed.values() if armed.matches(context)])
        if not due:
            return None
        fired = FiredFaults([(armed, armed.fire(context)) for armed in due])
        context.entry.injected = tuple(Injected(armed.id, armed.fault.name, f.count) for armed, f in fired.fired)
        return fired


def _count_page(context: RequestContext, original: Response, sent: Response) -> None:
    """Record the cursor that a fault has put into a page."""
    try:
        page, changed = read_page(original), read_page(sent)
    except (msgspec.DecodeError, RecursionError):
        return  # no client can read this page's cursor either
    if page is not None and changed is not None:
        hand_out_changed(context, page, changed)


def _compatible(due: list[ArmedFault]) -> list[ArmedFault]:
    """Keep every delay and portal change, but only the first response fault and the first wire fault."""
    kept: list[ArmedFault] = []
    for kind, is_one_only in ((Delay, False), (PortalChange, False), (ResponseFault, True), (WireFault, True)):
        alike = [armed for armed in due if isinstance(armed.fault, kind)]
        kept += alike[:1] if is_one_only else alike
    return kept


def faults_of(tenant: Tenant) -> FaultSet:
    """Return the faults of a portal. There may be none."""
    if not isinstance(tenant.fault_hooks, FaultSet):
        tenant.fault_hooks = FaultSet()
    return tenant.fault_hooks
