"""A node: one configuration, its microservices, its datasets and pumps. Several can live in one process."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench_core.names import no_such
from fake_sesam.config import Pipe, RetryStrategy, System
from fake_sesam.config.dependencies import lookup_datasets, source_datasets
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import ConfigurationError, MicroserviceError, NotFoundError, Problem, ReadError
from fake_sesam.microservice import Runner
from fake_sesam.node_configuration import NodeConfiguration
from fake_sesam.options import NodeOptions
from fake_sesam.pump import (
    ActivePumps,
    Clock,
    DatasetReader,
    EmbeddedReader,
    EntitySource,
    Event,
    ExecutionLog,
    JsonPuller,
    MergeDatasetsReader,
    MergeReader,
    NodeDatasets,
    Pump,
    PumpResult,
    RestClient,
    RestReader,
    load_state,
    log_dataset_id,
)
from fake_sesam.system_runners import SystemRunners

__all__ = ["Node"]

DATA_DIR = ".fake-sesam"
THREAD_TIMEOUT_S = 5


class Node:
    """A small Sesam node. Use it as a context manager, or call `close`: microservices it started are stopped then.

    Attributes:
        options: What the node was started with.
        name: The name of its directory.
        clock: The time.
        started: When it started, in seconds since 1970.
        configuration: The configuration in use, with its variables, secrets and problems.
        store: The file with the datasets and the state of the pumps.
        pumps: The pumps that run now.
        runners: What the systems run in.

    Raises:
        ConfigurationError: There is no configuration, its variables or secrets cannot be read, or nothing can be kept.
            A pipe or system with errors is no reason: it cannot be used, and `configuration.problems` says why.
    """

    def __init__(
        self,
        node_dir: Path,
        options: NodeOptions | None = None,
        *,
        clock: Clock | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self.options = options or NodeOptions()
        self.name = node_dir.resolve().name
        self.clock = clock or Clock()
        self.started = self.clock.now()
        self._new_id = new_id
        self.pumps = ActivePumps()
        self.runners = SystemRunners(self.options)
        self.configuration = NodeConfiguration(node_dir, self.options, on_change=self.runners.use)
        self.store = NodeStore(_writable((self.options.data_dir or node_dir / DATA_DIR) / "node.sqlite3"))
        self.populate_receivers()

    def __enter__(self) -> "Node":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def pipes(self) -> Mapping[str, Pipe]:
        """The pipes by id."""
        return self.configuration.current.pipes

    @property
    def systems(self) -> Mapping[str, System]:
        """The systems by id."""
        return self.configuration.current.systems

    def pipe(self, pipe_id: str) -> Pipe:
        """Return a pipe.

        Raises:
            NotFoundError: There is none; the message names those there are.
            ConfigurationError: It has errors; the error lists them all.
        """
        found = self.pipes.get(pipe_id)
        if found is None:
            invalid = self.configuration.current.invalid_pipes.get(pipe_id)
            if invalid is not None:
                raise ConfigurationError(invalid)
            raise NotFoundError(no_such("pipe", pipe_id, self.pipes))
        return found

    def run_pipe(
        self, pipe_id: str, *, on_progress: Callable[[int], None] | None = None, is_rescan: bool = False
    ) -> PumpResult:
        """Run a pipe once and wait for it.

        Args:
            pipe_id: Which pipe.
            on_progress: Called after each batch with the number of processed entities.
            is_rescan: Read everything, whatever the offset.

        Raises:
            NotFoundError: There is no such pipe.
            PumpRefusedError: It is running already, off, or its circuit breaker has tripped.
        """
        return self.pumps.run(self.pump(pipe_id), on_progress=on_progress, is_rescan=is_rescan)

    def pump(self, pipe_id: str) -> Pump:
        """Return a pump for a pipe, ready to run.

        Raises:
            NotFoundError: There is no such pipe, or nothing is pulled by it.
        """
        pipe = self.pipe(pipe_id)
        system = self.systems.get(pipe.source.system_id)
        dead_letters = pipe.pump.dead_letter_dataset
        return Pump(
            pipe=pipe,
            source=self.source(pipe),
            store=self.store,
            dataset=self.sink_dataset(pipe_id),
            log=self.log(pipe),
            dead_letters=self.dataset(dead_letters) if dead_letters else None,
            retry_strategy=system.retry_strategy if system else RetryStrategy(),
            clock=self.clock,
            assumptions=self.options.assumptions,
            datasets=self.datasets_for(pipe),
            rest=self.rest_client,
            completeness=partial(self._completeness_after, pipe),
        )

    def source(self, pipe: Pipe) -> EntitySource:
        """Return what a pipe reads from.

        Raises:
            NotFoundError: Nothing is pulled by this pipe; entities are posted to it.
        """
        source = pipe.source
        if source.type == "embedded":
            return EmbeddedReader(source)
        if source.type == "dataset":
            return DatasetReader(source, self.dataset(source.dataset), is_in_subset=pipe.is_in_subset)
        if source.type == "merge_datasets":
            datasets = {dataset_id: self.dataset(dataset_id) for dataset_id in source.datasets}
            return MergeDatasetsReader(datasets, strategy=source.strategy)
        if source.type == "merge":
            return MergeReader(pipe, self.dataset)
        if source.type == "rest":
            return RestReader(source, pipe.effective["source"], self.rest_client(source.system_id))
        if source.type != "json":
            raise NotFoundError(f"pipe {pipe.id!r} has a source of type {source.type!r}, which is not pulled")
        return JsonPuller(
            source,
            self.runners.system(source.system_id),
            base_url=lambda: self._base_url(source.system_id),
            assumptions=self.options.assumptions,
        )

    def rest_client(self, system_id: str) -> RestClient:
        """Return what sends the operations of a REST system.

        Raises:
            NotFoundError: There is no such system, or it is not one.
        """
        system = self.runners.system(system_id)
        if system.type != "system:rest":
            raise NotFoundError(f"system {system_id!r} is a {system.type}; operations need a system:rest")
        return RestClient(system, base_url=lambda: self._base_url(system_id), clock=self.clock)

    def datasets_for(self, pipe: Pipe) -> NodeDatasets:
        """Return what the transforms of a pipe can look up."""
        source = pipe.source.dataset if pipe.source.type == "dataset" else None
        return NodeDatasets(
            self.dataset, is_open=self._is_populated_on_load, source=source, completeness=self.completeness
        )

    def completeness(self, dataset_id: str) -> Mapping[str, int]:
        """Return the completeness values that a dataset has, by dataset, in nanoseconds since 1970."""
        writers = (pipe.id for pipe in self.pipes.values() if pipe.sink.dataset == dataset_id)
        return next((load_state(self.store, pipe_id).completeness for pipe_id in writers), {})

    def _completeness_after(self, pipe: Pipe, began_s: float) -> Mapping[str, int]:
        """Return the completeness values that a pipe's dataset has after a run.

        Source: docs (features/completeness-feature.rst): the least value of its inputs, or for a pipe without inputs
        the time; datasets can be excluded, or those that count be listed.
        """
        config = pipe.effective
        inputs = pipe.include_completeness or (*source_datasets(config), *lookup_datasets(config))
        counted = [each for each in inputs if each not in (pipe.exclude_completeness or ())]
        known = [self.completeness(each) for each in counted]
        found: dict[str, int] = {}
        for name, nanos in (item for values in known for item in values.items()):
            found[name] = min(nanos, found.get(name, nanos))
        own = [values.get(name) for name, values in zip(counted, known, strict=True)]
        if not own:
            found[pipe.sink.dataset] = int(began_s * 1_000_000) * 1000
        elif None not in own:
            found[pipe.sink.dataset] = min(each for each in own if each is not None)
        return found

    def _is_populated_on_load(self, dataset_id: str) -> bool:
        """Whether a pipe populates a dataset when it is loaded, before its first run."""
        writers = (pipe.sink for pipe in self.pipes.values() if pipe.sink.dataset == dataset_id)
        return any(sink.set_initial_offset == "onload" for sink in writers)

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset; it need not exist yet."""
        return Dataset(self.store, dataset_id, now_us=lambda: int(self.clock.now() * 1_000_000))

    def sink_dataset(self, pipe_id: str) -> Dataset:
        """Return the dataset that a pipe writes."""
        return self.dataset(self.pipe(pipe_id).sink.dataset or pipe_id)

    def log(self, pipe: Pipe) -> ExecutionLog:
        """Return the writer of a pipe's execution log."""
        dataset = self.dataset(log_dataset_id(pipe.id))
        return ExecutionLog(pipe, dataset, redact=self.configuration.redact, new_id=self._new_id, now=self.clock.now)

    def execution_log(self, pipe_id: str) -> list[Event]:
        """Return the events of a pipe's execution log, oldest first."""
        return list(self.dataset(log_dataset_id(pipe_id)).entities(history=True))

    def runner(self, system_id: str) -> Runner:
        """Return what a microservice runs in; this does not start it.

        Raises:
            NotFoundError: There is no such system.
        """
        return self.runners.runner(system_id)

    def populate_receivers(self) -> None:
        """Mark the datasets of `http_endpoint` sources as populated: nothing has to run before others join with them.

        Source: docs (configuration-sources-http.rst, `auto_populate_dataset`; changelog.rst).
        """
        for pipe in self.pipes.values():
            if pipe.source.type == "http_endpoint" and pipe.source.auto_populate_dataset:
                dataset = self.sink_dataset(pipe.id)
                if not dataset.is_populated:
                    dataset.set_populated()

    def restart(self, *, forget: bool = False) -> None:
        """Stop everything and start again; with `forget`, delete every dataset, offset and log too."""
        self.pumps.stop_all()
        self.runners.stop_all()
        self.pumps.wait_for_all(THREAD_TIMEOUT_S)
        if forget:
            self.store.clear()
            self.populate_receivers()
        self.started = self.clock.now()

    def close(self) -> None:
        """Stop what the node started and close its file."""
        self.pumps.stop_all()
        self.runners.stop_all()
        self.pumps.join(THREAD_TIMEOUT_S)
        self.store.close()

    def _base_url(self, system_id: str) -> str:
        try:
            return self.runners.base_url(system_id)
        except MicroserviceError as error:
            raise ReadError(error.message, error_code=0) from error


def _writable(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        message = f"the data directory cannot be written ({error.strerror}); choose another with --data-dir"
        raise ConfigurationError([Problem("error", message, str(path.parent))]) from error
    return path
