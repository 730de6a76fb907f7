"""A node: one configuration, its microservices, its datasets and pumps. Several can live in one process."""

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fake_sesam.config import Configuration, Pipe, System, configure, read_directory
from fake_sesam.config.files import ConfigFile
from fake_sesam.config.variables import secret_references
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import ConfigurationError, MicroserviceError, NotFoundError, Problem, PumpRefusedError, ReadError
from fake_sesam.microservice import Runner
from fake_sesam.options import NodeOptions, load_environment, load_secrets
from fake_sesam.pump import (
    Clock,
    DatasetReader,
    EmbeddedReader,
    EntitySource,
    Event,
    ExecutionLog,
    JsonPuller,
    NodeDatasets,
    Pump,
    PumpResult,
    load_state,
    log_dataset_id,
)
from fake_sesam.redaction import Redaction
from fake_sesam.system_runners import SystemRunners

__all__ = ["Node"]

DATA_DIR = ".fake-sesam"


class Node:
    """A small Sesam node. Use it as a context manager, or call `close`: microservices it started are stopped then.

    Raises:
        ConfigurationError: the configuration has errors; it lists them all.
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
        self.clock = clock or Clock()
        self.started = self.clock.now()
        self._new_id = new_id
        self._lock = threading.RLock()
        self._pumps: dict[str, Pump] = {}
        self._threads: list[threading.Thread] = []
        self.configuration = Configuration()
        files, problems = read_directory(node_dir)
        self.env, env_problems = load_environment(node_dir, self.options)
        self.secrets, secret_problems = load_secrets(self.options, _secret_names(files))
        self.system_secrets: dict[str, dict[str, str]] = {}
        self.runners = SystemRunners(self.options)
        self.problems: tuple[Problem, ...] = (*problems, *env_problems, *secret_problems)
        self.configure(files, earlier_problems=self.problems)
        self.store = NodeStore(_writable((self.options.data_dir or node_dir / DATA_DIR) / "node.sqlite3"))

    def __enter__(self) -> "Node":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def pipes(self) -> Mapping[str, Pipe]:
        """The pipes by id."""
        return self.configuration.pipes

    @property
    def systems(self) -> Mapping[str, System]:
        """The systems by id."""
        return self.configuration.systems

    def configure(
        self, files: Sequence[ConfigFile], *, earlier_problems: Sequence[Problem] = (), is_forced: bool = False
    ) -> None:
        """Use other configuration files; microservices whose system changed are stopped.

        Arguments:
            files: Every file of the new configuration.
            earlier_problems: Problems found while reading them.
            is_forced: Use it in spite of errors; pipes and systems that have some are left out.

        Raises:
            ConfigurationError: it has errors; the node keeps the configuration it had.
        """
        configuration = configure(files, env=self.env, secrets=self.secrets, system_secrets=self.system_secrets)
        problems = (*earlier_problems, *configuration.problems)
        if not is_forced and any(problem.level == "error" for problem in problems):
            raise ConfigurationError(problems)
        with self._lock:
            self.configuration, self.problems = configuration, problems
            self._redaction = Redaction([*self.secrets.values(), *_all_values(self.system_secrets)])
            self.runners.use(configuration.systems)

    def reconfigure(self) -> None:
        """Read the same files again, after the environment or the secrets changed."""
        self.configure(self.configuration.files, is_forced=True)

    def pipe(self, pipe_id: str) -> Pipe:
        """Return a pipe.

        Raises:
            NotFoundError: there is none; the message names those there are.
        """
        found = self.pipes.get(pipe_id)
        if found is None:
            known = ", ".join(sorted(self.pipes)) or "none"
            raise NotFoundError(f"there is no pipe {pipe_id!r}; known pipes: {known}")
        return found

    def pipe_config(self, pipe_id: str) -> dict[str, Any]:
        """Return a pipe's configuration as it stands in its file."""
        return dict(self.pipe(pipe_id).original)

    def run_pipe(
        self, pipe_id: str, *, on_progress: Callable[[int], None] | None = None, is_rescan: bool = False
    ) -> PumpResult:
        """Run a pipe once and wait for it.

        Arguments:
            pipe_id: Which pipe.
            on_progress: Called after each batch with the count of processed entities.
            is_rescan: Read everything, whatever the offset.

        Raises:
            NotFoundError: there is no such pipe.
            PumpRefusedError: it is running already, off, or its circuit breaker has tripped.
        """
        pump = self._claim(pipe_id)
        return self._run(pipe_id, pump, on_progress, is_rescan)

    def start_pipe(self, pipe_id: str, *, is_rescan: bool = False) -> None:
        """Run a pipe once in a thread of its own and do not wait.

        Raises:
            NotFoundError: there is no such pipe.
            PumpRefusedError: it is running already, off, or its circuit breaker has tripped.
        """
        pump = self._claim(pipe_id)
        arguments = (pipe_id, pump, None, is_rescan)
        thread = threading.Thread(target=self._run, args=arguments, daemon=True, name=f"pump {pipe_id}")
        self._threads = [*(known for known in self._threads if known.is_alive()), thread]
        thread.start()

    def stop_pipe(self, pipe_id: str) -> None:
        """Ask a running pump to stop after its batch."""
        pump = self._pumps.get(pipe_id)
        if pump is not None:
            pump.stop()

    def is_running(self, pipe_id: str) -> bool:
        """Whether a pipe's pump runs now."""
        return pipe_id in self._pumps

    def pump(self, pipe_id: str) -> Pump:
        """Return a pump for a pipe, ready to run."""
        pipe = self.pipe(pipe_id)
        system = self.systems.get(pipe.source.system_id)
        dead_letters = pipe.pump.dead_letter_dataset
        return Pump(
            pipe,
            self.source(pipe),
            store=self.store,
            dataset=self.sink_dataset(pipe_id),
            log=self.log(pipe),
            dead_letters=self.dataset(dead_letters) if dead_letters else None,
            retry_strategy=system.retry_strategy if system else None,
            clock=self.clock,
            datasets=self.joinable(),
        )

    def joinable(self) -> NodeDatasets:
        """Return the datasets as the joins of one run see them."""
        return NodeDatasets(self.dataset)

    def source(self, pipe: Pipe) -> EntitySource:
        """Return what a pipe reads from.

        Raises:
            NotFoundError: nothing is pulled by this pipe; entities are posted to it.
        """
        source = pipe.source
        if source.type == "embedded":
            return EmbeddedReader(source)
        if source.type == "dataset":
            return DatasetReader(source, self.dataset(source.dataset))
        if source.type != "json":
            raise NotFoundError(f"pipe {pipe.id!r} has a source of type {source.type!r}, which is not pulled")
        system_id = source.system_id
        return JsonPuller(
            source,
            self.runners.system(system_id),
            base_url=lambda: self._url_to_read(system_id),
            assumptions=self.options.assumptions,
        )

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset; it need not exist yet."""
        return Dataset(self.store, dataset_id, now_us=lambda: int(self.clock.now() * 1_000_000))

    def sink_dataset(self, pipe_id: str) -> Dataset:
        """Return the dataset that a pipe writes."""
        return self.dataset(self.pipe(pipe_id).sink.dataset or pipe_id)

    def dataset_ids(self) -> list[str]:
        """Return the ids of all datasets, those of the node itself included."""
        return self.store.dataset_names()

    def delete_sink_datasets(self) -> None:
        """Remove the datasets that pipes write, and their offsets."""
        for pipe in self.pipes.values():
            if pipe.sink.type == "dataset":
                self.dataset(pipe.sink.dataset).drop()
            self.store.save_pump_state(pipe.id, {})

    def restart(self, *, forget: bool = False) -> None:
        """Stop what runs and start anew; with `forget` every dataset, offset and log goes too."""
        for pump in list(self._pumps.values()):
            pump.stop()
        self.runners.stop_all()
        if forget:
            self.store.clear()
        self.started = self.clock.now()

    def execution_log(self, pipe_id: str) -> list[Event]:
        """Return the events of a pipe's execution log, oldest first."""
        return list(self.dataset(log_dataset_id(pipe_id)).entities(history=True))

    def log(self, pipe: Pipe) -> ExecutionLog:
        """Return the writer of a pipe's execution log."""
        dataset = self.dataset(log_dataset_id(pipe.id))
        return ExecutionLog(pipe, dataset, redact=self.redact, new_id=self._new_id, now=self.clock.now)

    def runner(self, system_id: str) -> Runner:
        """Return what a microservice runs in; it is not started by this."""
        return self.runners.runner(system_id)

    def redact(self, text: str) -> str:
        """Return `text` with every known secret masked."""
        return self._redaction(text)

    def close(self) -> None:
        """Stop what the node started and close its file."""
        for pump in list(self._pumps.values()):
            pump.stop()
        self.runners.stop_all()
        for thread in self._threads:
            thread.join(5)
        self.store.close()

    def _claim(self, pipe_id: str) -> Pump:
        pump = self.pump(pipe_id)
        pump.refuse_unless_ready(is_disabled=load_state(self.store, pipe_id).is_disabled)
        with self._lock:
            if pipe_id in self._pumps:
                raise PumpRefusedError(f"the pump of pipe {pipe_id!r} is already running")
            self._pumps[pipe_id] = pump
        return pump

    def _run(self, pipe_id: str, pump: Pump, on_progress: Callable[[int], None] | None, is_rescan: bool) -> PumpResult:
        try:
            return pump.run(on_progress=on_progress, is_rescan=is_rescan)
        finally:
            with self._lock:
                self._pumps.pop(pipe_id, None)

    def _url_to_read(self, system_id: str) -> str:
        try:
            return self.runners.base_url(system_id)
        except MicroserviceError as error:
            raise ReadError(error.message, error_code=0) from error


def _all_values(mappings: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [value for mapping in mappings.values() for value in mapping.values()]


def _secret_names(files: Iterable[ConfigFile]) -> set[str]:
    return {name for file in files for name, _ in secret_references(file.content)}


def _writable(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        message = f"the data directory cannot be written ({error.strerror}); choose another with --data-dir"
        raise ConfigurationError([Problem("error", message, str(path.parent))]) from error
    return path
