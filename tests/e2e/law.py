"""The one law, checked at the node: a failed pull is reported, damages nothing, and the next one completes."""

from dataclasses import dataclass, field

from tests.e2e.loop import Loop
from tests.e2e.node_pipe import Entity, NodePipe, Run, Snapshot

__all__ = ["LawCheck"]


@dataclass(slots=True)
class LawCheck:
    """A check of both pipes of a connector before, during and after an interruption.

    The constructor completes both pipes and then changes every contact of the account, so that there is data to lose
    and data to read. `start` starts both pumps and returns when both pulls are halfway.
    """

    loop: Loop
    system: str
    name: str
    before: dict[str, Snapshot] = field(init=False, default_factory=dict)
    contacts_before: dict[str, str] = field(init=False, default_factory=dict)
    runs: list[Run] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.assert_recovers()
        self.before = {pipe.name: pipe.snapshot() for pipe in self.pipes}
        self.contacts_before = self.loop.contacts()
        self.loop.change_everything(self.name)

    @property
    def pipes(self) -> tuple[NodePipe, ...]:
        """The full and the incremental pipe."""
        return self.loop.pipes(self.system)

    def start(self) -> None:
        """Start both pumps and return when both pulls are halfway."""
        self.loop.delay_pulls()
        self.start_without_delay()
        self.loop.wait_until_pulls_are_delayed()

    def start_without_delay(self) -> None:
        """Start both pumps without delaying their pulls."""
        self.loop.refill_quota()
        self.runs = [pipe.start() for pipe in self.pipes]

    def wait_for_pumps(self) -> None:
        """Wait for both pumps without a request to HubSpot, which may be unreachable."""
        for run in self.runs:
            run.end()

    def ends(self) -> list[Entity]:
        """Wait for both pumps and return their last events; later pulls are not delayed."""
        ends = [run.end() for run in self.runs]
        self.loop.release_pulls()
        return ends

    def assert_failed_without_damage(self) -> list[str]:
        """Assert that both pumps failed and nothing was deleted, invented or skipped; return the logged messages."""
        ends = self.ends()
        assert [end["event_type"] for end in ends] == ["pump-failed"] * len(self.runs)
        now = self.loop.contacts()
        for pipe in self.pipes:
            self._assert_undamaged(pipe, now)
        return [str(end["original_error_message"]) for end in ends]

    def _assert_undamaged(self, pipe: NodePipe, now: dict[str, str]) -> None:
        before, after = self.before[pipe.name], pipe.snapshot()
        assert after.offset == before.offset
        assert before.live.keys() <= after.live.keys(), f"{pipe.name} deleted entities"
        for entity_id, entity in after.live.items():
            known = (self.contacts_before.get(entity_id), now.get(entity_id))
            assert last_name(entity) in known, f"{pipe.name} invented {entity_id}"

    def assert_completed(self) -> None:
        """Assert that both pumps completed and both datasets equal the account."""
        assert [end["event_type"] for end in self.ends()] == ["pump-completed"] * len(self.runs)
        self._assert_equal_to_account()

    def assert_recovers(self) -> None:
        """Undo the interruption, run both pipes and assert that both datasets equal the account."""
        self.loop.undo_interruptions()
        self.loop.refill_quota()
        for pipe in self.pipes:
            assert pipe.run_completes(), pipe.log()[-1:]
        self._assert_equal_to_account()

    def _assert_equal_to_account(self) -> None:
        contacts = self.loop.contacts()
        for pipe in self.pipes:
            live = {entity_id: last_name(entity) for entity_id, entity in pipe.snapshot().live.items()}
            assert live == contacts, pipe.name


def last_name(entity: Entity) -> str:
    """Return the property that the tests change."""
    return entity["properties"]["lastname"] or ""
