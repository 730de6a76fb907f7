"""The backends of contract tests: the fake, a cassette or HubSpot itself. The same tests run against each."""

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
# A cassette accepts every token; this one has the format that connectors check for.
ANY_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - it opens nothing


class LiveBackendClosedError(CassetteError):
    """The live backend was requested, and the environment does not allow it."""

    def __init__(self) -> None:
        super().__init__(
            f"the live backend sends requests to a real account. To allow it, set {LIVE_VARIABLE}=1 and "
            f"{TOKEN_VARIABLE}."
        )


@dataclass(frozen=True, slots=True)
class Backend:
    """A HubSpot that a connector can be pointed at.

    Attributes:
        name: `fake`, `cassette` or `live`.
        url: The base URL to configure in the connector.
    """

    name: str
    url: str
    token: str = field(repr=False)


@contextmanager
def open_backend(name: str, cassette: Path, *, environ: Mapping[str, str] = os.environ) -> Iterator[Backend]:
    """Start the backend of this name and stop it at the end.

    Args:
        name: One of `BACKENDS`.
        cassette: The cassette that the cassette backend plays and that the fake is seeded from.
        environ: Holds the permission for the live backend and its token.

    Raises:
        LiveBackendClosedError: `name` is `live`, and the environment does not allow it.
        CassetteUnreadableError: The cassette is missing or cannot be read.
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
