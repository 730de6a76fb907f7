"""A pump in memory: each run gets the entities that its source has then. No HTTP, no file, no waiting."""

from collections.abc import Iterable, Iterator
from typing import Any

from fake_sesam.config import ConfigFile, Pipe, RetryStrategy, configure
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import ReadError
from fake_sesam.pump import (
    Clock,
    EntitySource,
    ExecutionLog,
    NodeDatasets,
    Pump,
    PumpResult,
    log_dataset_id,
    run_pump,
)

__all__ = ["PIPE_ID", "MemoryPump", "pipe_of"]

PIPE_ID = "p"
Entity = dict[str, Any]


def pipe_of(*, node: Entity | None = None, **changes: Any) -> Pipe:
    """Return a pipe with these properties, on a node with this metadata; its source has no entities of its own."""
    source = {"type": "embedded", "entities": [], **changes.pop("source", {})}
    files = [ConfigFile("pipe", {"_id": PIPE_ID, "type": "pipe", "source": source, **changes})]
    files.append(ConfigFile("system", {"_id": "sys", "type": "system:url", "url_pattern": "http://x"}))
    if node is not None:
        files.append(ConfigFile("node", {"_id": "node", "type": "metadata", **node}))
    configuration = configure(files, env={}, secrets={})
    assert configuration.errors == ()
    return configuration.pipes[PIPE_ID]


class MemoryPump(EntitySource):
    """A pump whose source is a list; `pipe`, `clock_s` and `retry_strategy` may be changed between runs.

    Attributes:
        since: What each read was asked for.
        slept: The seconds of each wait.
        clock_s: The time, in seconds since 1970.
        attempts: What each attempt of the next run yields instead, and whether it then breaks off.
    """

    def __init__(self, store: NodeStore, **pipe: Any) -> None:
        self.store = store
        self.pipe = pipe_of(**pipe)
        self.since: list[str | int | None] = []
        self.slept: list[float] = []
        self.clock_s = 1_000_000.0
        self.retry_strategy = RetryStrategy()
        self.status: int | None = None
        self.attempts: list[tuple[list[Entity], bool]] = []
        self._entities: list[Entity] = []
        self._ids = 0

    def use(self, **pipe: Any) -> None:
        """Change the configuration."""
        self.pipe = pipe_of(**pipe)

    def run(self, *entities: Entity, is_rescan: bool = False, on_progress: Any = None) -> PumpResult:
        """Run once over these entities."""
        self._entities = list(entities)
        return run_pump(self.pump(), is_rescan=is_rescan, on_progress=on_progress)

    def pump(self) -> Pump:
        """Return the pump itself."""
        dead_letters = self.pipe.pump.dead_letter_dataset
        return Pump(
            pipe=self.pipe,
            source=self,
            store=self.store,
            dataset=self.dataset(PIPE_ID),
            log=self.log(),
            dead_letters=self.dataset(dead_letters) if dead_letters else None,
            retry_strategy=self.retry_strategy,
            clock=Clock(now=lambda: self.clock_s, sleep=self.slept.append),
            datasets=NodeDatasets(self.dataset),
        )

    def log(self) -> ExecutionLog:
        """Return the writer of the execution log."""
        dataset = self.dataset(log_dataset_id(PIPE_ID))
        return ExecutionLog(self.pipe, dataset, redact=str, new_id=self._new_id, now=lambda: self.clock_s)

    def read(self, since: str | int | None) -> Iterator[Entity]:
        """Yield the entities, whatever `since` is; break off where the next attempt says so."""
        self.since.append(since)
        entities, breaks_off = self.attempts.pop(0) if self.attempts else (self._entities, False)
        yield from (dict(each) for each in entities)
        if breaks_off:
            raise ReadError("the source broke off", error_code=1, status=self.status)

    def dataset(self, name: str) -> Dataset:
        """Return a dataset of the store."""
        return Dataset(self.store, name, now_us=lambda: int(self.clock_s * 1_000_000))

    @property
    def stored(self) -> list[Entity]:
        """The entities of the dataset that are not deleted, without reserved properties other than `_id`."""
        return [bare(entity) for entity in self.dataset(PIPE_ID).entities()]

    @property
    def ids(self) -> list[str]:
        """The ids of the entities that are not deleted, in alphabetical order."""
        return sorted(entity["_id"] for entity in self.stored)

    @property
    def events(self) -> list[Entity]:
        """The events of the execution log, oldest first."""
        return list(self.dataset(log_dataset_id(PIPE_ID)).entities(history=True))

    def write_error(self, entity_id: str) -> Entity:
        """Return the latest `write-error` event of an entity."""
        event = self.dataset(log_dataset_id(PIPE_ID)).entity(f"write-error:{entity_id}")
        assert event is not None
        return event

    def fill(self, name: str, entities: Iterable[Entity]) -> None:
        """Fill another dataset of the node."""
        dataset = self.dataset(name)
        dataset.write(entities)
        dataset.set_populated()

    def _new_id(self) -> str:
        self._ids += 1
        return str(self._ids)


def bare(entity: Entity) -> Entity:
    """Return an entity without its reserved properties, except `_id`."""
    return {name: value for name, value in entity.items() if not name.startswith("_") or name == "_id"}
