"""A pump on a scripted source, without HTTP: entities, an `_updated` for each, failures and crashes on demand."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fake_sesam.config import ConfigFile, configure
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import ReadError
from fake_sesam.pump import EntitySource, ExecutionLog, Pump, PumpResult, log_dataset_id, run_pump, save_state

__all__ = ["Crash", "CrashingStore", "Rig", "ScriptedSource"]

PIPE_ID = "scripted"


class Crash(BaseException):
    """What `kill -9` looks like from inside: nothing after it runs."""


class CrashingStore(NodeStore):
    """A store that crashes before one of its next transactions, or right after it was committed."""

    crash_in: int | None = None
    crash_after_commit = False

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Count down, then crash."""
        is_last = False
        if self.crash_in is not None:
            self.crash_in -= 1
            is_last = self.crash_in < 0
        if is_last and not self.crash_after_commit:
            raise Crash
        with super().transaction() as connection:
            yield connection
        if is_last:
            raise Crash


class ScriptedSource(EntitySource):
    """Entities by id; each change gets the next `_updated`."""

    def __init__(self, *, honours_since: bool) -> None:
        self._honours_since = honours_since
        self._clock = 0
        self.entities: dict[str, dict[str, Any]] = {}
        self.fail_after: int | None = None

    def put(self, entity_id: str, value: int) -> None:
        """Add or change an entity."""
        self._clock += 1
        self.entities[entity_id] = {"_id": entity_id, "value": value, "_updated": self._clock}

    def remove(self, entity_id: str) -> None:
        """Take an entity out; the source forgets it without a trace."""
        self.entities.pop(entity_id, None)

    def values(self) -> dict[str, int]:
        """Return what a dataset should hold."""
        return {entity_id: entity["value"] for entity_id, entity in self.entities.items()}

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Yield entities in the order of their changes; fail where the script says so."""
        ordered = sorted(self.entities.values(), key=lambda entity: int(entity["_updated"]))
        found = [each for each in ordered if since is None or not self._honours_since or each["_updated"] > since]
        for index, entity in enumerate(found):
            if index == self.fail_after:
                raise ReadError("the source broke off", error_code=1)
            yield dict(entity)
        if self.fail_after is not None and self.fail_after >= len(found):
            raise ReadError("the source broke off at its end", error_code=1)


class Rig:
    """A pump with its store in a file; `reopen` is the start after a crash."""

    def __init__(self, path: Path, source: ScriptedSource, **source_options: Any) -> None:
        self._path = path
        self._source = source
        config = {
            "_id": PIPE_ID,
            "type": "pipe",
            "source": {"type": "embedded", "entities": [], **source_options},
            "batch_size": 3,
            "checkpoint_interval": 1,
        }
        configuration = configure([ConfigFile("pipe", config)], env={}, secrets={})
        assert configuration.errors == ()
        self._pipe = configuration.pipes[PIPE_ID]
        self.store = CrashingStore(path)

    @property
    def dataset(self) -> Dataset:
        """The pipe's dataset."""
        return Dataset(self.store, PIPE_ID, now_us=lambda: 1)

    def values(self) -> dict[str, int]:
        """Return what the dataset holds."""
        return {entity["_id"]: entity["value"] for entity in self.dataset.entities()}

    def run(self, *, is_rescan: bool = False) -> PumpResult:
        """Run the pump once."""
        log_dataset = Dataset(self.store, log_dataset_id(PIPE_ID), now_us=lambda: 1)
        log = ExecutionLog(self._pipe, log_dataset, redact=str, new_id=lambda: "id", now=lambda: 0.0)
        pump = Pump(pipe=self._pipe, source=self._source, store=self.store, dataset=self.dataset, log=log)
        return run_pump(pump, is_rescan=is_rescan)

    def reset(self) -> None:
        """Remove the stored offset."""
        save_state(self.store, PIPE_ID, offset=None)

    def reopen(self) -> None:
        """Close the file and open it again."""
        self.close()
        self.store = CrashingStore(self._path)

    def close(self) -> None:
        """Close the file."""
        self.store.close()
