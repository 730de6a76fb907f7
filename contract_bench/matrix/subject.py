"""The connector under test: a command, an image, or the address of one that runs."""

import re
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from contract_bench.matrix.pipes import SYSTEM, environment_names
from fake_sesam import MicroserviceError, Node, NodeOptions

__all__ = ["DEFAULT_CONNECTOR", "DEFAULT_ENVIRONMENT", "DEFAULT_ROUTE", "Subject", "Subjected", "opened"]

DEFAULT_CONNECTOR = "python -m service"
DEFAULT_ROUTE = "get_contacts"
# Small pages and short waits, so that a cell takes a moment; a connector that does not know a name is not hurt by it.
DEFAULT_ENVIRONMENT: Mapping[str, str] = {
    "HUBSPOT_PAGE_SIZE": "5",
    "HUBSPOT_RETRY_BUDGET_S": "1.2",
    "HUBSPOT_READ_TIMEOUT_S": "1",
    "HUBSPOT_SEARCHES_PER_S": "1000",
}
LABEL = "contract-bench.matrix"
DOCKER_TIMEOUT_S = 20
STARTS = 3
PORT_IS_TAKEN = "ddress already in use"
IS_URL = re.compile(r"^https?://")
IS_IMAGE = re.compile(r"^[a-z0-9][\w./-]*(?::\d+/[\w./-]+)?(?::[\w.-]+|@sha256:[0-9a-f]+)$")


@dataclass(frozen=True, slots=True)
class Subject:
    """How to reach the connector.

    Attributes:
        text: A command, an image with its tag, or the address of a connector that runs against the bench's HubSpot.
        route: What the node reads.
        environment: What it gets on top of the token and HubSpot's address, which come under every usual spelling.
    """

    text: str = DEFAULT_CONNECTOR
    route: str = DEFAULT_ROUTE
    environment: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_ENVIRONMENT))

    @property
    def is_running(self) -> bool:
        """Whether the bench does not start it."""
        return IS_URL.match(self.text) is not None

    @property
    def is_image(self) -> bool:
        """Whether it is an image and not a command."""
        return IS_IMAGE.match(self.text) is not None and shutil.which(self.text) is None

    @property
    def command(self) -> str:
        """The command that starts it. A container shares the machine's network, so that it reaches the loopback."""
        return self.command_labelled("")

    def command_labelled(self, label: str) -> str:
        """The same, with a label by which the container is found again."""
        if not self.is_image:
            return self.text
        names = [*environment_names(self.environment), "PORT", "port"]
        passed = [word for name in names for word in ("-e", name)]
        labelled = ["--label", f"{LABEL}={label}"] if label else []
        return shlex.join(["docker", "run", "--rm", "--init", "--network", "host", *labelled, *passed, self.text])


class Subjected:
    """A connector of one worker."""

    def __init__(self, node: Node, *, label: str = "") -> None:
        self._node = node
        self._label = label

    def url(self) -> str:
        """Where it listens; it is started where it does not run.

        A free port can be taken by another program before the connector has it; then another one is tried.

        Raises: MicroserviceError where it does not start; its last lines are in the message.
        """
        for _ in range(STARTS - 1):
            with suppress(MicroserviceError):
                return self._node.runner(SYSTEM).start()
            if not any(PORT_IS_TAKEN in line for line in self._node.runner(SYSTEM).log_lines()):
                break
        return self._node.runner(SYSTEM).start()

    def output(self) -> str:
        """Everything it wrote, as far as it is kept."""
        return "\n".join(self._node.runner(SYSTEM).log_lines())

    def pid(self) -> int | None:
        """The process that it runs in on this machine, None where that is not known."""
        if self._label:
            return _pid_of_container(self._label)
        return getattr(self._node.runner(SYSTEM), "pid", None)

    def stop(self) -> None:
        """End it, for instance because it hangs; the next `url` starts it anew."""
        self._node.runner(SYSTEM).stop()


@contextmanager
def opened(subject: Subject, node_dir: Path, data_dir: Path, *, hubspot_url: str, token: str) -> Iterator[Subjected]:
    """Start the connector as a node starts it, and stop it in the end."""
    label = uuid.uuid4().hex if subject.is_image else ""
    place = subject.text if subject.is_running else subject.command_labelled(label)
    options = NodeOptions(
        data_dir=data_dir,
        environment={"hubspot-url": hubspot_url},
        secrets={"token": token},
        system_urls={SYSTEM: place} if subject.is_running else {},
        system_commands={} if subject.is_running else {SYSTEM: place},
    )
    with Node(node_dir, options) as node:
        yield Subjected(node, label=label)


def _pid_of_container(label: str) -> int | None:
    """Where the engine runs on another machine, as on a desktop, its processes are not to be seen here."""
    names = _docker("ps", "--quiet", "--filter", f"label={LABEL}={label}").split()
    pid = _docker("inspect", "--format", "{{.State.Pid}}", names[0]).strip() if names else ""
    return int(pid) if pid.isdecimal() and Path("/proc", pid).exists() else None


def _docker(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and a label of our own
            ["docker", *arguments],  # noqa: S607 - whichever engine is installed
            capture_output=True,
            text=True,
            timeout=DOCKER_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
