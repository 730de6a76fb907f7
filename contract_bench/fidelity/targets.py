"""What answers when a recording is replayed: the fake, seeded anew as often as needed, or any server."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import urllib3

from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.model import Interaction, Response
from contract_bench.fidelity.states import PortalState
from contract_bench.roles.local_hubspot import open_hubspot
from fake_hubspot import Owner, Portal, Settings, parse_time

__all__ = ["RunningServer", "SeededFake", "Target", "TargetUnreachableError"]

TIMEOUT = urllib3.Timeout(connect=10, read=60)
NO_SUCH_TOKEN = "pat-na1-00000000-0000-4000-8000-00000000dead"  # noqa: S105 - it opens nothing, that is its purpose


class TargetUnreachableError(CassetteError):
    """What should answer does not."""

    def __init__(self, url: str, error: Exception) -> None:
        super().__init__(f"{url} gives no complete answer ({type(error).__name__}). Start it, or check the address.")
        self.url = url


class Target(Protocol):
    """Something that answers recorded requests."""

    @property
    def name(self) -> str:
        """How a report calls it."""

    def answer(self, interaction: Interaction, state: PortalState) -> Response:
        """The answer to a recorded request by a portal in this state."""


class RunningServer:
    """A server that runs already, with whatever it holds."""

    def __init__(self, url: str, token: str) -> None:
        self.name = url
        self._url = url.rstrip("/")
        self._token = token
        self._pool = urllib3.PoolManager()

    def answer(self, interaction: Interaction, state: PortalState) -> Response:  # noqa: ARG002 - it has its own state
        """Send the request. Recordings hold no token: where one was refused, one that opens nothing is sent.

        Raises:
            TargetUnreachableError: there is no complete answer.
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
        """Close the connections."""
        self._pool.clear()


class SeededFake:
    """The fake, started in the state that a recording shows; started anew where the state changes."""

    name = "the fake"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._state: PortalState | None = None
        self._running = ExitStack()
        self._server: RunningServer

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["SeededFake"]:
        """A fake that leaves nothing behind."""
        with tempfile.TemporaryDirectory(prefix="contract-bench-verify-") as directory:
            fake = cls(Path(directory))
            try:
                yield fake
            finally:
                fake._running.close()

    def answer(self, interaction: Interaction, state: PortalState) -> Response:
        """Start a portal in this state, unless one is there, and send the request."""
        if state != self._state or interaction.request.method not in ("GET", "HEAD"):
            self._start(state)
        response = self._server.answer(interaction, state)
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
    """Give the portal the owners of the recording instead of the one that a new portal has."""
    rows = json.loads(state.owners)
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
