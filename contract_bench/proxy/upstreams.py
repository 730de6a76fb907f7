"""What `--upstream` can name: a URL, a cassette or a command that starts a server."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from contract_bench.proxy.address import Address
from contract_bench.proxy.errors import UpstreamSpecError
from contract_bench.roles.command_server import command_server

__all__ = ["UPSTREAM_HELP", "Upstream", "UpstreamKind", "UpstreamSpec", "open_upstream", "parse_upstream"]

UPSTREAM_HELP = "The API: a URL, a cassette (recording.yaml), or a command that listens on the port in $PORT."
CASSETTE_ENDINGS = (".yaml", ".yml", ".json")


class UpstreamKind(StrEnum):
    """What an upstream is."""

    URL = "URL"
    CASSETTE = "cassette"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class UpstreamSpec:
    """An upstream as it was understood.

    Attributes:
        target: The URL, the path or the command.
    """

    kind: UpstreamKind
    target: str

    @property
    def description(self) -> str:
        """A phrase for messages."""
        return f"{self.target} (understood as a {self.kind})"


@dataclass(frozen=True, slots=True)
class Upstream:
    """An upstream that answers.

    Attributes:
        misses: Returns one message for each request that is not in the cassette; always empty for others.
    """

    address: Address
    misses: Callable[[], list[str]] = list


def parse_upstream(text: str) -> UpstreamSpec:
    """Read an upstream's spelling.

    Raises:
        UpstreamSpecError: It is empty, or names a cassette that does not exist.
    """
    path = text.strip()
    if path.lower().endswith(CASSETTE_ENDINGS) and Path(path).is_file():
        return UpstreamSpec(UpstreamKind.CASSETTE, path)  # its folder may have a blank in its name
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UpstreamSpecError(text, str(error).lower()) from error
    if not words:
        raise UpstreamSpecError(text, "it is empty")
    if len(words) == 1 and "://" in words[0]:
        Address.of(words[0])
        return UpstreamSpec(UpstreamKind.URL, words[0].rstrip("/"))
    if len(words) == 1 and words[0].lower().endswith(CASSETTE_ENDINGS):
        if not Path(words[0]).is_file():
            raise UpstreamSpecError(text, "there is no such file")
        return UpstreamSpec(UpstreamKind.CASSETTE, words[0])
    return UpstreamSpec(UpstreamKind.COMMAND, path)


@contextmanager
def open_upstream(spec: UpstreamSpec, *, ca_file: Path | None = None) -> Iterator[Upstream]:
    """Start an upstream that is not a URL, and stop it at the end.

    Raises:
        CassetteUnreadableError: The cassette cannot be read.
        CommandServerError: The command does not start a server.
    """
    match spec.kind:
        case UpstreamKind.URL:
            yield Upstream(Address.of(spec.target, ca_file=ca_file))
        case UpstreamKind.CASSETTE:
            from contract_bench.cassettes.replay import CassetteServer  # its formats take long to import

            with CassetteServer(Path(spec.target)) as server:
                yield Upstream(Address.of(server.url), lambda: list(server.misses))
        case UpstreamKind.COMMAND:
            with command_server(spec.target) as url:
                yield Upstream(Address.of(url))
