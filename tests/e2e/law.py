"""The one law at the node: a pull that failed looks failed and damages nothing, and the next one makes it good."""

from dataclasses import dataclass, field

from tests.e2e.loop import Loop
from tests.e2e.node_pipe import Entity, NodePipe, Run, Snapshot

__all__ = ["Witness"]


@dataclass(slots=True)
class Witness:
    """Sees both pipes of a connector before, while and after something happens to it.

    Making one lets both pipes converge and then changes every contact of the account, so that there is much to lose and
    much to read. `start` lets both pull and returns when both wait in the middle of their walks.
    """

    loop: Loop
    system: str
    name: str
    before: dict[str, Snapshot] = field(init=False, default_factory=dict)
    contacts_before: dict[str, str] = field(init=False, default_factory=dict)
    runs: list[Run] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.make_good()
        self.before = {pipe.name: pipe.snapshot() for pipe in self.pipes}
        self.contacts_before = self.loop.contacts()
        self.loop.change_everything(self.name)

    @property
    def pipes(self) -> tuple[NodePipe, ...]:
        """The full one and the incremental one."""
        return self.loop.pipes(self.system)

    def start(self) -> None:
        """Start both pumps; return when both walks are in their middle."""
        self.loop.hold_walks()
        self.start_freely()
        self.loop.wait_until_walks_are_held()

    def start_freely(self) -> None:
        """Start both pumps and hold nothing."""
        self.loop.refill_quota()
        self.runs = [pipe.start() for pipe in self.pipes]

    def wait_for_ends(self) -> None:
        """Wait for both pumps, without a word to HubSpot, which may not be able to answer."""
        for run in self.runs:
            run.end()

    def ends(self) -> list[Entity]:
        """Wait for both pumps; return their last events. Walks that come later are not held any more."""
        ends = [run.end() for run in self.runs]
        self.loop.let_walks_go()
        return ends

    def assert_failed_without_damage(self) -> list[str]:
        """Both pumps failed, nothing was deleted or made up, no offset moved. Return the messages in the log."""
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
            assert last_name(entity) in known, f"{pipe.name} made up {entity_id}"

    def assert_whole(self) -> None:
        """Both pumps completed, and both datasets are the account."""
        assert [end["event_type"] for end in self.ends()] == ["pump-completed"] * len(self.runs)
        self._assert_same_as_account()

    def make_good(self) -> None:
        """What was done is undone, both pull again, and both datasets are the account."""
        self.loop.heal()
        self.loop.refill_quota()
        for pipe in self.pipes:
            assert pipe.is_run_good(), pipe.log()[-1:]
        self._assert_same_as_account()

    def _assert_same_as_account(self) -> None:
        contacts = self.loop.contacts()
        for pipe in self.pipes:
            live = {entity_id: last_name(entity) for entity_id, entity in pipe.snapshot().live.items()}
            assert live == contacts, pipe.name


def last_name(entity: Entity) -> str:
    """The property that the tests change."""
    return entity["properties"]["lastname"] or ""
