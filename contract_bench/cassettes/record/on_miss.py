"""Records requests that a replayed cassette does not contain."""

import threading
from dataclasses import replace
from pathlib import Path

import urllib3

from contract_bench.cassettes.asgi import IncomingRequest
from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import RecordingError
from contract_bench.cassettes.evidence import evidence_path, read_evidence
from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.record.proxy import forwarded_headers
from contract_bench.cassettes.record.recorder import (
    RecordOptions,
    origin_of_address,
    renamed_fake,
    write_recording,
)
from contract_bench.cassettes.record.recording_client import RecordingClient
from contract_bench.cassettes.writer import write_text_atomically

__all__ = ["RecordOnMiss"]


class RecordOnMiss:
    """Forwards an unknown request to HubSpot and adds the redacted interaction to the cassette.

    Raises:
        RecordingError: The cassette was recorded from another server. A cassette has one origin.
    """

    def __init__(self, path: Path, base_url: str) -> None:
        self._path = path
        self._base_url = base_url.rstrip("/")
        self._origin = origin_of_address(base_url)
        evidence = read_evidence(path)
        if evidence is None or evidence.origin is not self._origin:
            was = evidence.origin if evidence else "an unknown origin"
            raise RecordingError(
                f"{path} was recorded from {was}, but {base_url} is {self._origin}. All interactions of a cassette "
                f"must come from one server: record a new cassette with `contract-bench record`."
            )
        self._evidence = evidence
        self._client = RecordingClient()
        self._lock = threading.Lock()

    def __call__(self, request: IncomingRequest) -> Interaction:
        """Forward a request and return the recorded interaction.

        Raises:
            RecordingError: HubSpot sent no complete response.
        """
        with self._lock:
            try:
                self._client.send(
                    request.method, self._base_url + request.target, forwarded_headers(request), request.body
                )
            except urllib3.exceptions.HTTPError as error:
                raise RecordingError(f"{self._base_url} cannot be reached ({type(error).__name__})") from error
            return self._add(request, renamed_fake(self._client.interactions[-1], self._base_url, self._origin))

    def _add(self, request: IncomingRequest, interaction: Interaction) -> Interaction:
        old = read_cassette(self._path).interactions
        options = RecordOptions(
            token=request.headers.get("authorization", "").rpartition(" ")[2],
            base_url=self._base_url,
            object_type=self._evidence.object_type,
        )
        written = write_recording(
            self._path, (*old, interaction), origin=self._origin, options=options, scenario=self._evidence.scenario
        )
        # The cassette is as old as its oldest interaction.
        was = self._evidence
        evidence = replace(written.evidence, recorded_at=was.recorded_at, expires_at=was.expires_at)
        write_text_atomically(evidence_path(self._path), evidence.to_json())
        return read_cassette(self._path).interactions[-1]
