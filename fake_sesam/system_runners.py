"""The runners of a node's systems, by system id."""

import threading
from collections.abc import Callable, Mapping
from functools import partial

from bench_core.names import no_such
from fake_sesam.config import System
from fake_sesam.errors import NotFoundError
from fake_sesam.microservice import Container, GivenUrl, LocalProcess, Runner
from fake_sesam.microservice.readiness import answers
from fake_sesam.options import NodeOptions, system_urls_from

__all__ = ["SystemRunners"]


class SystemRunners:
    """Starts and stops the microservices of a node; each one starts when it is first needed.

    Attributes:
        line_listeners: Called with the id of a system and each line that it prints; they must not wait. Those that are
            added after a system has started do not hear of it if it is a container.
    """

    def __init__(self, options: NodeOptions) -> None:
        self.line_listeners: list[Callable[[str, str], None]] = []
        self._options = options
        self._systems: Mapping[str, System] = {}
        self._runners: dict[str, Runner] = {}
        self._lock = threading.RLock()

    def use(self, systems: Mapping[str, System]) -> None:
        """Use other systems; the runner of a system that changed is stopped."""
        with self._lock:
            for system_id in [each for each in self._runners if systems.get(each) != self._systems.get(each)]:
                self._runners.pop(system_id).stop()
            self._systems = systems

    def system(self, system_id: str) -> System:
        """Return a system.

        Raises:
            NotFoundError: There is none; the message names those there are.
        """
        found = self._systems.get(system_id)
        if found is None:
            raise NotFoundError(no_such("usable system", system_id, self._systems))
        return found

    def runner(self, system_id: str) -> Runner:
        """Return the runner of a system; this does not start it."""
        with self._lock:
            if system_id not in self._runners:
                self._runners[system_id] = self._choose(self.system(system_id))
            return self._runners[system_id]

    def base_url(self, system_id: str) -> str:
        """Return the URL of a system; a microservice that is not running is started.

        Raises:
            MicroserviceError: It cannot be started.
        """
        return self.runner(system_id).start()

    def reload(self, system_id: str) -> None:
        """Stop a microservice; it restarts when it is next needed."""
        self.runner(system_id).stop()

    def stop_all(self) -> None:
        """Stop every microservice; each restarts when it is next needed."""
        with self._lock:
            for runner in self._runners.values():
                runner.stop()
            self._runners.clear()

    def _choose(self, system: System) -> Runner:
        """Return the runner that the options name: a URL, else a command, else the container."""
        urls = {**system_urls_from(self._options.environ, {system.id}), **self._options.system_urls}
        if system.id in urls:
            return GivenUrl(urls[system.id])
        if not system.is_microservice:
            return GivenUrl(system.url_pattern)
        is_answering = partial(answers, path=self._options.assumptions.ready_path)
        command = self._options.system_commands.get(system.id)
        if command is not None:
            return LocalProcess(
                system,
                command,
                environ=self._options.environ,
                is_answering=is_answering,
                on_line=partial(self._tell, system.id),
            )
        on_line = partial(self._tell, system.id) if self.line_listeners else None
        return Container(system, is_answering=is_answering, on_line=on_line)

    def _tell(self, system_id: str, line: str) -> None:
        for listener in self.line_listeners:
            listener(system_id, line)
