"""A node: one configuration, its microservices, its datasets and pumps. Several can live in one process."""

import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from fake_sesam.config import Pipe, System, configure, read_directory
from fake_sesam.config.files import ConfigFile
from fake_sesam.config.variables import secret_references
from fake_sesam.dataset import Dataset, Store
from fake_sesam.errors import ConfigurationError, MicroserviceError, NotFoundError, Problem, PumpRefusedError, ReadError
from fake_sesam.microservice import GivenUrl, LocalProcess, Runner
from fake_sesam.options import NodeOptions, load_environment, load_secrets, system_urls_from
from fake_sesam.pump import (
    DatasetReader,
    EmbeddedReader,
    EntitySource,
    ExecutionLog,
    JsonPuller,
    Pump,
    PumpResult,
    Ticker,
    log_dataset_id,
)
from fake_sesam.redaction import Redaction

__all__ = ["Node"]

logger = logging.getLogger(__name__)
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
        ticker: Ticker | None = None,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self.node_dir = node_dir
        self.options = options or NodeOptions()
        self._ticker = ticker or Ticker()
        self._new_id = new_id
        files, problems = read_directory(node_dir)
        self.env, env_problems = load_environment(node_dir, self.options)
        self.secrets, secret_problems = load_secrets(self.options, _secret_names(files))
        self.configuration = configure(files, env=self.env, secrets=self.secrets)
        self.problems = (*problems, *env_problems, *secret_problems, *self.configuration.problems)
        self._refuse_errors()
        self._redaction = Redaction(self.secrets.values())
        self._runners: dict[str, Runner] = {}
        self._running: set[str] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.RLock()
        self.store = Store(_writable((self.options.data_dir or node_dir / DATA_DIR) / "node.sqlite3"))

    def __enter__(self) -> "Node":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def pipes(self) -> dict[str, Pipe]:
        """The pipes by id."""
        return dict(self.configuration.pipes)

    @property
    def systems(self) -> dict[str, System]:
        """The systems by id."""
        return dict(self.configuration.systems)

    def pipe(self, pipe_id: str) -> Pipe:
        """Return a pipe.

        Raises:
            NotFoundError: there is none; the message names those there are.
        """
        found = self.configuration.pipes.get(pipe_id)
        if found is None:
            known = ", ".join(sorted(self.configuration.pipes)) or "none"
            raise NotFoundError(f"there is no pipe {pipe_id!r}; known pipes: {known}")
        return found

    def pipe_config(self, pipe_id: str) -> dict[str, Any]:
        """Return a pipe's configuration as it stands in its file."""
        return dict(self.pipe(pipe_id).original)

    def run_pipe(self, pipe_id: str, *, on_progress: Callable[[int], None] | None = None) -> PumpResult:
        """Run a pipe once and wait for it.

        Arguments:
            pipe_id: Which pipe.
            on_progress: Called after each batch with the count of processed entities.

        Raises:
            NotFoundError: there is no such pipe.
            PumpRefusedError: it is running already.
        """
        pump = self.pump(pipe_id)
        self._claim(pipe_id)
        return self._run_claimed(pipe_id, pump, on_progress)

    def start_pipe(self, pipe_id: str) -> None:
        """Run a pipe once in a thread of its own and do not wait.

        Raises:
            NotFoundError: there is no such pipe.
            PumpRefusedError: it is running already.
        """
        pump = self.pump(pipe_id)
        self._claim(pipe_id)
        thread = threading.Thread(target=self._run_claimed, args=(pipe_id, pump, None), daemon=True)
        self._threads = [known for known in self._threads if known.is_alive()] + [thread]
        thread.start()

    def is_running(self, pipe_id: str) -> bool:
        """Whether a pipe's pump runs now."""
        return pipe_id in self._running

    def pump(self, pipe_id: str) -> Pump:
        """Return a pump for a pipe, ready to run."""
        pipe = self.pipe(pipe_id)
        system = self.configuration.systems.get(pipe.source.system_id)
        return Pump(
            pipe,
            self._source(pipe, system),
            store=self.store,
            dataset=self.dataset(pipe.sink.dataset or pipe.id),
            log=self.log(pipe),
            dead_letters=self.dataset(pipe.pump.dead_letter_dataset) if pipe.pump.dead_letter_dataset else None,
            http=system.http if system else None,
            ticker=self._ticker,
        )

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset; it need not exist yet."""
        return Dataset(self.store, dataset_id, now_us=lambda: int(self._ticker.now() * 1_000_000))

    def execution_log(self, pipe_id: str) -> list[dict[str, Any]]:
        """Return the events of a pipe's execution log, oldest first."""
        return list(self.dataset(log_dataset_id(pipe_id)).entities(history=True))

    def runner(self, system_id: str) -> Runner:
        """Return what a microservice runs in; it is not started by this."""
        with self._lock:
            if system_id not in self._runners:
                self._runners[system_id] = self._choose_runner(self._system(system_id))
            return self._runners[system_id]

    def base_url(self, system_id: str) -> str:
        """Return the address of a system; a microservice is started where it does not run."""
        system = self._system(system_id)
        urls = {**system_urls_from(self.options.environ, {system_id}), **self.options.system_urls}
        if not system.is_microservice and system_id not in urls:
            return system.url_pattern
        return self.runner(system_id).start()

    def redact(self, text: str) -> str:
        """Return `text` with every known secret masked."""
        return self._redaction(text)

    def close(self) -> None:
        """Stop what the node started and close its file."""
        for runner in list(self._runners.values()):
            runner.stop()
        self._runners.clear()
        for thread in self._threads:
            thread.join(5)
        self.store.close()

    def _refuse_errors(self) -> None:
        if any(problem.level == "error" for problem in self.problems):
            raise ConfigurationError(self.problems)

    def _run_claimed(self, pipe_id: str, pump: Pump, on_progress: Callable[[int], None] | None) -> PumpResult:
        try:
            return pump.run(on_progress=on_progress)
        finally:
            with self._lock:
                self._running.discard(pipe_id)

    def _claim(self, pipe_id: str) -> None:
        with self._lock:
            if pipe_id in self._running:
                raise PumpRefusedError(f"the pump of pipe {pipe_id!r} is already running")
            self._running.add(pipe_id)

    def _system(self, system_id: str) -> System:
        found = self.configuration.systems.get(system_id)
        if found is None:
            raise NotFoundError(f"there is no system {system_id!r}")
        return found

    def _source(self, pipe: Pipe, system: System | None) -> EntitySource:
        source = pipe.source
        if source.type == "embedded":
            return EmbeddedReader(source)
        if source.type == "dataset":
            return DatasetReader(source, self.dataset(source.dataset))
        if system is None:
            raise NotFoundError(f"pipe {pipe.id!r} has a source of type {source.type!r}, which is not pulled")
        return JsonPuller(source, system.http, base_url=lambda: self._base_url_to_read(system.id))

    def _base_url_to_read(self, system_id: str) -> str:
        try:
            return self.base_url(system_id)
        except MicroserviceError as error:
            raise ReadError(error.message, error_code=0) from error

    def log(self, pipe: Pipe) -> ExecutionLog:
        """Return the writer of a pipe's execution log."""
        return ExecutionLog(
            pipe, self.dataset(log_dataset_id(pipe.id)), redact=self.redact, new_id=self._new_id, now=self._ticker.now
        )

    def _choose_runner(self, system: System) -> Runner:
        urls = {**system_urls_from(self.options.environ, {system.id}), **self.options.system_urls}
        if system.id in urls:
            return GivenUrl(urls[system.id])
        command = self.options.system_commands.get(system.id)
        if command is not None:
            return LocalProcess(system, command, environ=self.options.environ)
        message = (
            f"system {system.id!r} is not told how to run: give --system-command {system.id}='COMMAND' or "
            f"--system-url {system.id}=URL"
        )
        raise MicroserviceError(message, system_id=system.id)


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
