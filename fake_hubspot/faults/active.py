"""The faults that are set for one portal: which of them a request meets, in which order, and how often they struck."""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from fake_hubspot.context import Handler, Message, RequestContext, Response, Tenant
from fake_hubspot.errors import UsageError
from fake_hubspot.faults.fault import Delay, Fault, Moment, PortalChange, ResponseFault, WireFault, wire_of
from fake_hubspot.faults.plan import Plan
from fake_hubspot.portal.journal import Injected
from fake_hubspot.protocol import ConnectionGoneError

__all__ = ["ArmedFault", "FaultSet", "Strike", "UnknownArmedFaultError", "faults_of"]

# One count a page is kept for faults that count by page; the oldest are forgotten beyond this.
PAGES_COUNTED = 50_000


class UnknownArmedFaultError(UsageError):
    """No fault with this id is set on the portal."""

    def __init__(self, fault_id: str, *, known: list[str]) -> None:
        self.fault_id = fault_id
        self.known = known
        super().__init__(f"no fault {fault_id!r} is set here; set are: {', '.join(known) or 'none'}")


class ArmedFault:
    """A fault that waits for its requests."""

    def __init__(self, fault_id: str, plan: Plan, fault: Fault) -> None:
        self.id = fault_id
        self.plan = plan
        self.fault = fault
        self.matched = 0
        self.fired = 0
        self._random = Random(f"{plan.seed}:{fault_id}")  # noqa: S311 - deterministic on purpose
        self._counts: dict[Any, tuple[int, int]] = {}

    @property
    def is_spent(self) -> bool:
        """Whether it will not strike again."""
        where, limit = self.plan.where, self.plan.limit
        if where.per == "page":
            return False
        one_only = where.nth is not None and where.every is None and self.matched >= where.nth
        return one_only or (limit is not None and self.fired >= limit)

    def meets(self, context: RequestContext) -> bool:
        """Whether the fault is due at this request, which is counted."""
        if not self._fits(context) or not self.plan.where.means(context):
            return False
        self.matched += 1
        key = self._key(context)
        count, fired = self._counts.get(key, (0, 0))
        self._remember(key, count + 1, fired)
        if not self.plan.where.picks(count + 1) or (self.plan.limit is not None and fired >= self.plan.limit):
            return False
        return self.plan.probability >= 1 or self._random.random() < self.plan.probability

    def _fits(self, context: RequestContext) -> bool:
        if self.fault.needs_page and context.page is None:
            return False
        return "objectType" in context.params or not isinstance(self.fault, PortalChange)

    def strike(self, context: RequestContext) -> Moment:
        """Count one strike."""
        key = self._key(context)
        count, fired = self._counts[key]
        self._counts[key] = (count, fired + 1)
        self.fired += 1
        return Moment(context, self._random, self.fired)

    def _key(self, context: RequestContext) -> object:
        if self.plan.where.per == "fault":
            return None
        return context.route.name if context.route else "", context.params.get("objectType"), context.page

    def _remember(self, key: object, count: int, fired: int) -> None:
        if key not in self._counts and len(self._counts) >= PAGES_COUNTED:
            self._counts.pop(next(iter(self._counts)))
        self._counts[key] = (count, fired)


class Strike:
    """What one request meets."""

    def __init__(self, met: list[tuple[ArmedFault, Moment]]) -> None:
        self.met = met
        self.name = "+".join(armed.fault.name for armed, _ in met)

    async def run(self, context: RequestContext, answer: Handler) -> Response | None:
        """Wait, answer, change the account, and hand the sending to a fault on the wire, in this order."""
        try:
            for armed, moment in self.met:
                if isinstance(armed.fault, Delay):
                    await armed.fault.precede(moment)
        except ConnectionGoneError:
            wire_of(context).drop()
            return None
        return self._with_sending(self._respond(context, answer))

    def _respond(self, context: RequestContext, answer: Handler) -> Response:
        def honest() -> Response:
            response = answer(context)
            for fault, moment in changes:
                fault.follow(moment, response)
            return response

        changes = [(a.fault, m) for a, m in self.met if isinstance(a.fault, PortalChange)]
        for armed, moment in self.met:
            if isinstance(armed.fault, ResponseFault):
                return armed.fault.response(moment, honest)
        return honest()

    def _with_sending(self, response: Response) -> Response:
        for armed, moment in self.met:
            if isinstance(armed.fault, WireFault):
                return replace(response, sending=_Sending(armed.fault, moment))
        return response


class _Sending:
    """Lets a fault write to the wire, and puts up with a client that has gone."""

    def __init__(self, fault: WireFault, moment: Moment) -> None:
        self._fault = fault
        self._moment = moment

    async def __call__(self, message: Message) -> None:
        wire = wire_of(self._moment.context)
        wire.take()
        if not self._fault.sends_status:
            self._moment.context.entry.status = 0
        try:
            await self._fault.send(self._moment, wire, message)
        except ConnectionGoneError:
            wire.drop()


class FaultSet:
    """The faults of one portal, in the order in which they were set."""

    def __init__(self) -> None:
        self._armed: dict[str, ArmedFault] = {}
        self._made = 0

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self._armed.values())

    def arm(self, plan: Plan) -> ArmedFault:
        """Set a fault.

        Raises: UnknownFaultError, WrongParamsError.
        """
        from fake_hubspot.faults.registry import make_fault  # late: it brings all faults

        fault = make_fault(plan.fault, plan.params)
        self._made += 1
        armed = ArmedFault(str(self._made), plan, fault)
        self._armed[armed.id] = armed
        return armed

    def find(self, fault_id: str) -> ArmedFault:
        """The fault with this id.

        Raises: UnknownArmedFaultError.
        """
        if fault_id not in self._armed:
            raise UnknownArmedFaultError(fault_id, known=list(self._armed))
        return self._armed[fault_id]

    def disarm(self, fault_id: str) -> None:
        """Take a fault away.

        Raises: UnknownArmedFaultError.
        """
        del self._armed[self.find(fault_id).id]

    def clear(self) -> None:
        """Take every fault away."""
        self._armed.clear()

    def match(self, context: RequestContext) -> Strike | None:
        """What this request meets. Every fault counts it; of those due, one answers and one has the wire.

        A fault that is passed over because another one came first keeps its strike for a later request.
        """
        if not self._armed:
            return None
        due = [armed for armed in self._armed.values() if armed.meets(context)]
        met = _one_of_a_kind(due)
        if not met:
            return None
        strike = Strike([(armed, armed.strike(context)) for armed in met])
        context.entry.injected = tuple(Injected(armed.id, armed.fault.name, m.fired) for armed, m in strike.met)
        return strike


def _one_of_a_kind(due: list[ArmedFault]) -> list[ArmedFault]:
    met: list[ArmedFault] = []
    for kind in (Delay, PortalChange, ResponseFault, WireFault):
        alike = [armed for armed in due if isinstance(armed.fault, kind)]
        met += alike if kind in (Delay, PortalChange) else alike[:1]
    return met


def faults_of(tenant: Tenant) -> FaultSet:
    """The faults of a portal, which may be none."""
    if not isinstance(tenant.fault_hooks, FaultSet):
        tenant.fault_hooks = FaultSet()
    return tenant.fault_hooks
