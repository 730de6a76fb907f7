"""Source changes, failures, crashes, resets, rescans and reruns in any order: the dataset ends equal to the source."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.unit.fake_sesam.pump.embedded import Crash, Rig, ScriptedSource
from tests.unit.fake_sesam.pump.test_crash import STRATEGIES

IDS = st.sampled_from([f"e{number}" for number in range(7)])


class PumpMachine(RuleBasedStateMachine):
    """A pump and its source under everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.is_full_every_time = False
        self.rig: Rig
        self.source: ScriptedSource

    @initialize(strategy=st.sampled_from(list(STRATEGIES)))
    def choose(self, strategy: str) -> None:
        """Begin with one of the continuation strategies."""
        options: dict[str, Any] = STRATEGIES[strategy]
        self.is_full_every_time = strategy == "none"
        self.source = ScriptedSource(honours_since=not self.is_full_every_time)
        self.rig = Rig(Path(self._folder.name) / "node.sqlite3", self.source, **options)

    @rule(entity_id=IDS, value=st.integers(0, 3))
    def change(self, entity_id: str, value: int) -> None:
        """Change the source."""
        self.source.put(entity_id, value)

    @rule(entity_id=IDS)
    def remove(self, entity_id: str) -> None:
        """Take an entity out of the source."""
        self.source.remove(entity_id)

    @rule()
    def run(self) -> None:
        """Run; what the source has is in the dataset then, and where every run is full, nothing else."""
        result = self.rig.run()

        assert result.ok, result.error
        self._holds_the_source(is_complete=result.sync_type == "full")

    @rule()
    def rescan(self) -> None:
        """Run over everything; the dataset is equal to the source."""
        assert self.rig.run(is_rescan=True).ok
        self._holds_the_source(is_complete=True)

    @rule(after=st.integers(0, 8))
    def fail(self, after: int) -> None:
        """Break the source off; nothing is deleted."""
        before = self.rig.values()
        self.source.fail_after = after
        result = self.rig.run()
        self.source.fail_after = None

        assert not result.ok
        assert result.deleted == 0
        assert before.keys() <= self.rig.values().keys()

    @rule(transaction=st.integers(0, 20), is_after_commit=st.booleans())
    def crash(self, transaction: int, is_after_commit: bool) -> None:
        """Crash in the middle of a run and start again."""
        self.rig.store.crash_in, self.rig.store.crash_after_commit = transaction, is_after_commit
        try:
            self.rig.run()
        except Crash:
            self.rig.reopen()
        self.rig.store.crash_in = None

    @rule()
    def reset(self) -> None:
        """Remove the stored offset."""
        self.rig.reset()

    @invariant()
    def versions_form_chains(self) -> None:
        """Offsets have no gaps, and `_previous` leads to the version before of the same entity."""
        if not hasattr(self, "rig"):
            return
        versions = list(self.rig.dataset.entities(history=True))
        assert [version["_updated"] for version in versions] == list(range(len(versions)))
        latest: dict[str, int] = {}
        for version in versions:
            assert version["_previous"] == latest.get(version["_id"])
            latest[version["_id"]] = version["_updated"]

    def teardown(self) -> None:
        """However it went, a reset and a run end with the dataset equal to the source."""
        if hasattr(self, "rig"):
            self.rig.reset()
            assert self.rig.run().ok
            assert self.rig.values() == self.source.values()
            self.rig.close()
        self._folder.cleanup()

    def _holds_the_source(self, *, is_complete: bool) -> None:
        values = self.rig.values()
        if is_complete:
            assert values == self.source.values()
        else:
            assert self.source.values().items() <= values.items()


TestPumpMachine = PumpMachine.TestCase
TestPumpMachine.settings = settings(
    max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
