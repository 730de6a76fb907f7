"""The servers that a recording can be replayed against: the fake, seeded for each state, or any running server."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import urllib3

from bench_core.json_text import parse_json
from bench_core.reach import unreachable
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.model import Interaction, Response
from contract_bench.fidelity.states import PortalState
from contract_bench.roles.local_hubspot import open_hubspot
from fake_hubspot import Owner, Portal, Settings, parse_time

__all__ = ["RunningServer", "SeededFake", "Target", "TargetUnreachableError"]

TIMEOUT = urllib3.Timeout(connect=10, read=60)
NO_SUCH_TOKEN = "pat-na1-00000000-0000-4000-8000-00000000dead"  # noqa: S105 - an invalid token on purpose


class TargetUnreachableError(CassetteError):
    """The server sent no complete response."""

    def __init__(self, url: str, error: Exception) -> None:
        why = unreachable(error, url)
        broken = f"sent no complete response ({type(error).__name__}). Start the server, or check the address"
        super().__init__(f"{url} {f'cannot be reached: {why}' if why else broken}.")
        self.url = url


class Target(Protocol):
    """A server that recorded requests can be sent to."""

    @property
    def name(self) -> str:
        """The name in reports."""

    def send(self, interaction: Interaction, state: PortalState) -> Response:
        """Send a recorded request to a portal in this state."""


class RunningServer:
    """A running server with its own data."""

    def __init__(self, url: str, token: str) -> None:
        self.name = url
        self._url = url.rstrip("/")
        self._token = token
        self._pool = urllib3.PoolManager()

    def send(self, interaction: Interaction, state: PortalState) -> Response:  # noqa: ARG002 - it has its own state
        """Send the request. If the recorded status is 401, an invalid token is sent: recordings contain no token.

        Raises:
            TargetUnreachableError: There is no complete response.
        """
        request = interaction.request
        token = NO_SUCH_TOKEN if interaction.response.status == 401 else self._token
        headers = {name: ", ".join(values) for name, values in request.headers.items()}
        try:
            answer = self._pool.request(
                request.method,
                self._url + request.target,
                body=request.body or None,
                headers={**headers, "Authorization": f"Bearer {token}"},
                redirect=False,
                retries=False,
                timeout=TIMEOUT,
            )
        except urllib3.exceptions.HTTPError as error:
            raise TargetUnreachableError(self.name, error) from error
        received = {name: tuple(answer.headers.getlist(name)) for name in answer.headers}
        return Response(answer.status, answer.data, received, answer.reason or "")

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()


class SeededFake:
    """The fake, restarted with other data whenever the recorded state changes."""

    name = "the fake"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._state: PortalState | None = None
        self._running = ExitStack()
        self._server: RunningServer

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["SeededFake"]:
        """Yield a fake; its files are deleted and its server is stopped at the end."""
        with tempfile.TemporaryDirectory(prefix="contract-bench-verify-") as directory:
            fake = cls(Path(directory))
            try:
                yield fake
            finally:
                fake._running.close()

    def send(self, interaction: Interaction, state: PortalState) -> Response:
        """Start a portal in this state, unless it is running, and send the request."""
        if state != self._state or interaction.request.method not in ("GET", "HEAD"):
            self._start(state)
        response = self._server.send(interaction, state)
        if interaction.request.method not in ("GET", "HEAD"):
            self._state = None
        return response

    def _start(self, state: PortalState) -> None:
        self._running.close()
        self._state = state
        seed = self._directory / "seed.yaml"
        seed.write_text(state.seed, encoding="utf-8")
        server = self._running.enter_context(open_hubspot(_settings(state, seed)))
        server.portal.assumptions.choose(dict(state.assumptions))
        _put_owners(server.portal, state)
        self._server = RunningServer(server.url, server.token)
        self._running.callback(self._server.close)


def _put_owners(portal: Portal, state: PortalState) -> None:
    """Replace the default owner of a new portal by the owners in the recording."""
    rows = parse_json(state.owners)
    if not rows:
        return
    for owner in list(portal.owners.stored):
        portal.owners.stored.drop(str(owner.id))
    for row in rows:
        portal.owners.put(
            Owner(
                id=int(row["id"]),
                email=row["email"],
                first_name=row["firstName"],
                last_name=row["lastName"],
                user_id=row["userId"],
                created_ms=parse_time(row["createdAt"]),
                updated_ms=parse_time(row["updatedAt"]),
                archived_ms=parse_time(row["updatedAt"]) if row["archived"] else None,
            )
        )


def _settings(state: PortalState, seed: Path) -> Settings:
    if state.records == 0:
        return Settings(contacts=0) if state.portal_id is None else Settings(contacts=0, portal_id=state.portal_id)
    if state.portal_id is None:
        return Settings(seed_cassette=seed)
    return Settings(seed_cassette=seed, portal_id=state.portal_id)
