"""Records what an upstream answers, as a redacted cassette."""

import secrets as randomness
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from contract_bench.cassettes.errors import RecordingError
from contract_bench.cassettes.evidence import Origin, is_hubspots_address, utc
from contract_bench.cassettes.model import Interaction, Request, Response
from contract_bench.cassettes.record import RecordOptions
from contract_bench.cassettes.record.recorder import Recording, write_recording
from contract_bench.cassettes.redaction import Redactor
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import Exchanged

__all__ = ["ProxyRecorder"]

MOST_BYTES = 256 * 1024 * 1024
# The address of a server on this machine differs in every run; a cassette has one that does not resolve.
LOCAL = "http://upstream.test"
NO_LONGER_TRUE = frozenset({b"content-length", b"content-encoding"})


@dataclass(slots=True)
class ProxyRecorder:
    """Keeps what the upstream answers until it is written.

    Attributes:
        path: The cassette.
        address: The upstream.
    """

    path: Path
    address: Address
    _exchanges: list[Exchanged] = field(default_factory=list, init=False)
    _bytes: int = field(default=0, init=False)

    @property
    def count(self) -> int:
        """How many interactions are kept."""
        return len(self._exchanges)

    def add(self, exchanged: Exchanged) -> None:
        """Keep an interaction."""
        self._bytes += len(exchanged.body) + len(exchanged.request.body)
        if self._bytes <= MOST_BYTES:
            self._exchanges.append(exchanged)

    def write(self, secrets: tuple[str, ...]) -> Recording:
        """Redact, check and write the cassette. If that fails, an existing one stays as it was.

        Args:
            secrets: What must not be in it.

        Raises:
            RecordingError: There was no request, or there was too much.
            CassetteUnsafeError: The recording contains what must not be committed.
        """
        if self._bytes > MOST_BYTES:
            raise RecordingError(f"expected at most {MOST_BYTES} bytes to record; {self.path} is unchanged")
        if not self._exchanges:
            raise RecordingError(f"expected requests to record, got none; {self.path} is unchanged")
        key = secrets[0] if secrets else randomness.token_hex(16)
        origin = Origin.HUBSPOT if is_hubspots_address(self.address.url) else Origin.UNKNOWN
        interactions = tuple(map(self._interaction, self._exchanges))
        redacted = Redactor(key.encode(), secrets=secrets).redact(interactions).interactions
        options = RecordOptions(token=key, base_url=self._shown_origin, object_type=self.path.parent.name)
        return write_recording(self.path, redacted, origin=origin, options=options, scenario=self.path.stem)

    @property
    def _shown_origin(self) -> str:
        return LOCAL if self.address.host in ("127.0.0.1", "localhost", "::1") else self.address.origin

    def _interaction(self, exchanged: Exchanged) -> Interaction:
        request = exchanged.request
        own, shown = self.address.origin.encode(), self._shown_origin.encode()
        query = f"?{request.raw_query.decode('latin-1')}" if request.raw_query else ""
        sent = {name.decode("latin-1"): (value.decode("latin-1"),) for name, value in request.headers.items()}
        got: dict[str, tuple[str, ...]] = {}
        for name, value in exchanged.headers:
            if name not in NO_LONGER_TRUE:
                text = name.decode("latin-1")
                got[text] = (*got.get(text, ()), value.replace(own, shown).decode("latin-1"))
        return Interaction(
            Request(
                request.method, f"{self._shown_origin}{self.address.path}{request.path}{query}", request.body, sent
            ),
            Response(exchanged.status, exchanged.body.replace(own, shown), got, _reason(exchanged.status)),
            utc(datetime.fromtimestamp(exchanged.at_ms / 1000, UTC)),
        )


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
