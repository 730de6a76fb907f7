"""What answers a connector's contract tests: the fake, a cassette, or HubSpot itself. The tests are the same."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.replay import CassetteServer
from contract_bench.roles.local_hubspot import open_hubspot
from fake_hubspot import Settings

__all__ = ["BACKENDS", "LIVE_VARIABLE", "Backend", "LiveBackendClosedError", "open_backend"]

BACKENDS = ("fake", "cassette", "live")
LIVE_VARIABLE = "CONTRACT_BENCH_LIVE"
TOKEN_VARIABLE = "HUBSPOT_TOKEN"  # noqa: S105 - a name, not a secret
HUBSPOT = "https://api.hubapi.com"
# A cassette answers whatever the token is; this one has the shape that connectors check for.
ANY_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - it opens nothing


class LiveBackendClosedError(CassetteError):
    """The real HubSpot was wanted and nobody allowed it."""

    def __init__(self) -> None:
        super().__init__(
            f"the live backend talks to a real account: set {LIVE_VARIABLE}=1 and {TOKEN_VARIABLE} to run it, by "
            f"hand or on a schedule."
        )


@dataclass(frozen=True, slots=True)
class Backend:
    """A HubSpot for a connector.

    Attributes:
        name: ``fake``, ``cassette`` or ``live``.
        url: What to give the connector as HubSpot's address.
    """

    name: str
    url: str
    token: str = field(repr=False)


@contextmanager
def open_backend(name: str, cassette: Path, *, environ: Mapping[str, str] = os.environ) -> Iterator[Backend]:
    """The backend of this name.

    Args:
        name: One of `BACKENDS`.
        cassette: What the cassette backend plays and what fills the fake's portal.
        environ: Where the permission for the live backend and its token are.

    Raises:
        LiveBackendClosedError: ``live``, and the environment does not allow it.
        CassetteUnreadableError: There is no such cassette.
    """
    if name == "fake":
        with open_hubspot(Settings(seed_cassette=cassette)) as server:
            yield Backend(name, server.url, server.token)
    elif name == "cassette":
        with CassetteServer(cassette) as player:
            yield Backend(name, player.url, ANY_TOKEN)
    elif environ.get(LIVE_VARIABLE) == "1" and environ.get(TOKEN_VARIABLE):
        yield Backend(name, HUBSPOT, environ[TOKEN_VARIABLE])
    else:
        raise LiveBackendClosedError
