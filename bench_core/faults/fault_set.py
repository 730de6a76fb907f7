"""The faults that are set: which of them a request gets, in which order, and how often each fired."""

from collections.abc import Callable, Hashable, Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from bench_core.errors import NotFoundError
from bench_core.exchange import Exchange, Message, Response
from bench_core.faults.fault import AfterEffect, Delay, Fault, Replacement, ResponseFault, WireFault, wire_of
from bench_core.faults.firing import FiringOf
from bench_core.faults.registry import Registry
from bench_core.faults.rule import FaultRule
from bench_core.journal import Injected
from bench_core.wire import ConnectionGoneError

__all__ = ["ArmedFault", "FaultSet", "FiredFaults", "Traits", "UnknownArmedFaultError"]

# Rules with `per: page` keep a count for each page. Beyond this number the oldest count is dropped.
PAGES_COUNTED = 50_000


class UnknownArmedFaultError(NotFoundError):
    """No fault with this id is set."""

    def __init__(self, fault_id: str, *, known: list[str]) -> None:
        self.fault_id = fault_id
        self.known = known
        super().__init__(f"no fault {fault_id!r} is set here; set are: {', '.join(known) or 'none'}")


class Traits:
    """What has to be known about the API behind a server; these are the answers if nothing is known of it."""

    def can_affect(self, fault: Fault, context: Any) -> bool:
        """Whether a fault can change the response to this request, as far as that is known before it is handled."""
        return not fault.needs_page and not (fault.needs_body and context.request.method == "HEAD")

    def has_chosen_cursor(self, context: Any) -> bool:  # noqa: ARG002 - what knows lists overrides it
        """Whether the client chose the cursor of its request itself."""
        return False

    def is_last_page(self, context: Any) -> bool:  # noqa: ARG002 - what knows lists overrides it
        """Whether the request is for the last page of a list."""
        return False

    def page_of(self, context: Any) -> Hashable:
        """Return what rules with `per: page` count by: the same value for a page and its retry."""
        request = context.request
        return request.method, request.path, request.raw_query, request.body

    def note_sent(self, fault: ResponseFault, context: Any, original: Response, sent: Response) -> None:
        """Take note of a response that a fault has changed."""


class ArmedFault:
    """A fault that is set, and the counts of its rule."""

    def __init__(self, fault_id: str, rule: FaultRule, fault: Fault, traits: Traits) -> None:
        self.id = fault_id
        self.rule = rule
        self.fault = fault
        self.matched = 0
        self.fired = 0
        self._random = Random(f"{rule.seed}:{fault_id}")  # noqa: S311 - deterministic on purpose
        self._traits = traits
        self._counts: dict[Hashable, tuple[int, int]] = {}

    @property
    def is_spent(self) -> bool:
        """Whether it will not fire again."""
        where, limit = self.rule.where, self.rule.limit
        if where.per == "page":
            return False
        one_only = where.nth is not None and where.every is None and self.matched >= where.nth
        return one_only or (limit is not None and self.fired >= limit)

    def matches(self, context: Exchange) -> bool:
        """Count the request if the rule applies to it. Returns whether the fault is due."""
        if not self._traits.can_affect(self.fault, context) or not self.rule.where.matches(context):
            return False
        if not self._is_in_list(context):
            return False
        self.matched += 1
        key = self._key(context)
        count, fired = self._counts.get(key, (0, 0))
        self._save_counts(key, count + 1, fired)
        if not self.rule.where.selects(count + 1) or (self.rule.limit is not None and fired >= self.rule.limit):
            return False
        return self.rule.probability >= 1 or self._random.random() < self.rule.probability

    def _is_in_list(self, context: Exchange) -> bool:
        """Whether the place in a list is the rule's; looked up only if the rule names one."""
        cursor, last_page = self.rule.where.cursor, self.rule.where.last_page
        if cursor is not None and self._traits.has_chosen_cursor(context) != (cursor == "chosen"):
            return False
        return last_page is None or self._traits.is_last_page(context) == last_page

    def fire(self, context: Exchange) -> FiringOf[Any]:
        """Count one firing at a request that matched."""
        key = self._key(context)
        count, fired = self._counts[key]
        self._counts[key] = (count, fired + 1)
        self.fired += 1
        return FiringOf(context, self._random, self.fired)

    def take_back(self, context: Exchange) -> None:
        """Uncount a firing that had no effect; the request stays counted."""
        key = self._key(context)
        count, fired = self._counts.get(key, (0, 1))
        self._save_counts(key, count, fired - 1)
        self.fired -= 1

    def _key(self, context: Exchange) -> Hashable:
        return None if self.rule.where.per == "fault" else self._traits.page_of(context)

    def _save_counts(self, key: Hashable, count: int, fired: int) -> None:
        if key not in self._counts and len(self._counts) >= PAGES_COUNTED:
            self._counts.pop(next(iter(self._counts)))
        self._counts[key] = (count, fired)


class FiredFaults:
    """The faults that fire at one request: what the application calls instead of the request's handler."""

    def __init__(self, fired: list[tuple[ArmedFault, FiringOf[Any]]], traits: Traits) -> None:
        self.fired = fired
        self.name = "+".join(armed.fault.name for armed, _ in fired)
        self._traits = traits

    async def run(self, context: Any, respond: Callable[[Any], Response]) -> Response | None:
        """Wait, respond, run the after-effects, and let a wire fault do the sending, in this order.

        Returns: The response; None if the client disconnected during a delay.
        """
        return self.answer(context, respond) if await self.delay(context) else None

    def take_back(self) -> None:
        """Uncount the faults: the request ended before they could act."""
        for armed, firing in self.fired:
            armed.take_back(firing.context)

    @property
    def has_delay(self) -> bool:
        """Whether one of them is a delay."""
        return any(isinstance(armed.fault, Delay) for armed, _ in self.fired)

    async def delay(self, context: Exchange) -> bool:
        """Wait as long as the delays say. Returns whether the client is still there."""
        try:
            for armed, firing in self.fired:
                if isinstance(armed.fault, Delay):
                    await armed.fault.wait(firing)
        except ConnectionGoneError:
            wire_of(context).drop()
            return False
        return True

    def handles(self, context: Exchange) -> bool:
        """Whether the request is handled in spite of the faults."""
        faults = [armed.fault for armed, _ in self.fired]
        return not any(isinstance(fault, Replacement) and not fault.handles(context.request) for fault in faults)

    def answer(self, context: Any, respond: Callable[[Any], Response]) -> Response:
        """Return the response to send; `respond` handles the request and returns the original one."""
        return self._with_sending(self._respond(context, respond))

    def _respond(self, context: Any, respond: Callable[[Any], Response]) -> Response:
        response: Response | None = None

        def original() -> Response:
            nonlocal response
            response = respond(context)
            context.answered_ms = context.now_ms()
            for effect, firing in effects:
                effect.after_response(firing, response)
            return response

        effects = [(armed.fault, firing) for armed, firing in self.fired if isinstance(armed.fault, AfterEffect)]
        for armed, firing in self.fired:
            if isinstance(armed.fault, ResponseFault):
                sent = armed.fault.apply(firing, original)
                if response is not None:
                    self._traits.note_sent(armed.fault, context, response, sent)
                return sent
        return original()

    def _with_sending(self, response: Response) -> Response:
        for armed, firing in self.fired:
            if isinstance(armed.fault, WireFault) and not (armed.fault.needs_body and not response.body.raw):
                return replace(response, sending=_Sending(armed.fault, firing), sends_status=armed.fault.sends_status)
        return response


class _Sending:
    """Lets a fault write to the wire, and lets go of the connection if the client has disconnected."""

    def __init__(self, fault: WireFault, firing: FiringOf[Any]) -> None:
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
    """Faults in the order in which they were set.

    Args:
        registry: Which faults there are.
        traits: What is known about the API behind the server.
    """

    def __init__(self, registry: Registry, traits: Traits | None = None) -> None:
        self.registry = registry
        self._traits = traits or Traits()
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
        fault = self.registry.make(rule.fault, rule.params)
        self._last_id += 1
        armed = ArmedFault(str(self._last_id), rule, fault, self._traits)
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

    def match(self, context: Exchange) -> FiredFaults | None:
        """Fire the faults that this request gets; None if there are none.

        Every fault counts the request. Of those due, one changes the response and one has the wire; one that is passed
        over because another came first has not fired, and gets its turn at a later request.
        """
        if not self._armed:
            return None
        due = _compatible([armed for armed in self._armed.values() if armed.matches(context)])
        if not due:
            return None
        fired = FiredFaults([(armed, armed.fire(context)) for armed in due], self._traits)
        context.entry.injected = tuple(Injected(armed.id, armed.fault.name, f.count) for armed, f in fired.fired)
        return fired


def _compatible(due: list[ArmedFault]) -> list[ArmedFault]:
    """Keep every delay and after-effect, but only the first response fault and the first wire fault."""
    kept: list[ArmedFault] = []
    for kind, is_one_only in ((Delay, False), (AfterEffect, False), (ResponseFault, True), (WireFault, True)):
        alike = [armed for armed in due if isinstance(armed.fault, kind)]
        kept += alike[:1] if is_one_only else alike
    return kept
