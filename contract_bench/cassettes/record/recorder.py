"""Records a scenario: record, redact, check, and only then replace the existing cassette."""

import platform
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import requests

from bench_core.listener import BackgroundServer
from contract_bench.cassettes.errors import CassetteUnsafeError, RecordingError
from contract_bench.cassettes.evidence import (
    BEST_BEFORE,
    Evidence,
    Origin,
    evidence_path,
    is_hubspots_address,
    tier_of,
    utc,
)
from contract_bench.cassettes.lint import FindingSeverity, lint_file
from contract_bench.cassettes.model import Interaction, checksum_of
from contract_bench.cassettes.record.proxy import RecordingProxy
from contract_bench.cassettes.record.recording_client import RecordingClient, now_utc
from contract_bench.cassettes.record.scenarios import SCENARIOS, ScenarioContext
from contract_bench.cassettes.redaction import RedactedRecording, Redactor
from contract_bench.cassettes.writer import to_yaml, write_text_atomically
from contract_bench.roles.driven_connector import ConnectorOptions

__all__ = ["RecordOptions", "Recording", "origin_of_address", "record", "renamed_fake", "write_recording"]

HUBSPOT = "https://api.hubapi.com"
# The address of the fake differs in every run; in its cassettes it is replaced by one that does not resolve.
FAKE_ADDRESS = "http://fake-hubspot.test"
LIBRARIES = ("contract-bench", "vcrpy", "urllib3", "PyYAML")
API_VERSION = re.compile(r"/crm/(?:objects/)?(v\d+|\d{4}-\d{2})/")


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What to record, from which server, and where to write it.

    Attributes:
        base_url: The server to record.
        port: The port of the recorder; 0 takes a free one.
        on_listening: Called with the address of the recorder before the connector runs.
        on_recorded: Called after each request that was recorded.
        max_pages: Stop after this number of pages; None records all.
        directory: The directory for `<object type>/<scenario>.yaml`.
    """

    token: str = field(repr=False)
    base_url: str = HUBSPOT
    port: int = 0
    on_listening: Callable[[str], None] = lambda _: None
    on_recorded: Callable[[], None] = lambda: None
    max_pages: int | None = None
    directory: Path = Path("cassettes")
    object_type: str = "contacts"
    connector: ConnectorOptions = field(default_factory=ConnectorOptions)
    clock: Callable[[], datetime] = now_utc


@dataclass(frozen=True, slots=True)
class Recording:
    """A cassette that was written."""

    path: Path
    evidence: Evidence


def record(scenario: str, options: RecordOptions) -> Recording:
    """Record one scenario and write its cassette and evidence. If that fails, an existing cassette stays unchanged.

    Raises:
        RecordingError: HubSpot could not be reached, the pull failed or there was no request.
        CassetteUnsafeError: The recording contains what must not be committed.
    """
    origin = origin_of_address(options.base_url)
    client = RecordingClient(clock=options.clock, on_recorded=options.on_recorded)
    proxy = RecordingProxy(options.base_url, client, max_pages=options.max_pages)
    try:
        with BackgroundServer(proxy, port=options.port, name="recorder") as listener:
            options.on_listening(listener.url)
            SCENARIOS[scenario](
                ScenarioContext(listener.url, options.token, options.object_type, proxy, client, options.connector)
            )
        interactions = client.interactions
    finally:
        client.close()
    _refuse_failures(proxy, interactions, scenario)
    interactions = tuple(renamed_fake(one, options.base_url.rstrip("/"), origin) for one in interactions)
    path = options.directory / options.object_type / f"{scenario}.yaml"
    return write_recording(path, interactions, origin=origin, options=options, scenario=scenario)


def _refuse_failures(proxy: RecordingProxy, interactions: tuple[Interaction, ...], scenario: str) -> None:
    if proxy.failures:
        raise RecordingError(
            f"HubSpot could not be reached during {scenario} ({'; '.join(proxy.failures[:3])}). Check --base-url and "
            f"the network. The existing cassette is unchanged."
        )
    if not interactions:
        raise RecordingError(
            f"the recorder received no request during {scenario}. If the connector is already running, configure the "
            f"address of the recorder as HubSpot's base URL. The existing cassette is unchanged."
        )


def origin_of_address(base_url: str) -> Origin:
    """Return which server is at an address: HubSpot by its host name, the fake by its `/health`."""
    if is_hubspots_address(base_url):
        return Origin.HUBSPOT
    try:
        health = requests.get(f"{base_url.rstrip('/')}/health", timeout=10).json()
    except (requests.RequestException, ValueError):
        return Origin.UNKNOWN
    return Origin.FAKE if isinstance(health, dict) and "scenario" in health else Origin.UNKNOWN


def renamed_fake(interaction: Interaction, base_url: str, origin: Origin) -> Interaction:
    """Replace the address of the fake by a constant one; interactions with other servers are returned unchanged."""
    if origin is not Origin.FAKE:
        return interaction
    old, new = base_url, FAKE_ADDRESS
    request, response = interaction.request, interaction.response
    headers = {name: tuple(one.replace(old, new) for one in values) for name, values in response.headers.items()}
    return replace(
        interaction,
        request=replace(request, uri=request.uri.replace(old, new)),
        response=replace(response, headers=headers, body=response.body.replace(old.encode(), new.encode())),
    )


def write_recording(
    path: Path, interactions: tuple[Interaction, ...], *, origin: Origin, options: RecordOptions, scenario: str
) -> Recording:
    """Redact, check and write a recording with its evidence.

    Raises:
        CassetteUnsafeError: Lint reported an error; nothing was written.
    """
    redacted = Redactor(options.token.encode(), secrets=[options.token]).redact(interactions)
    evidence = _evidence(redacted, origin=origin, options=options, scenario=scenario)
    text = to_yaml(redacted.interactions)
    _refuse_unsafe(path, text, evidence, options.token)
    write_text_atomically(path, text)
    write_text_atomically(evidence_path(path), evidence.to_json())
    return Recording(path, evidence)


def _evidence(redacted: RedactedRecording, *, origin: Origin, options: RecordOptions, scenario: str) -> Evidence:
    now = options.clock()
    found = {name for one in redacted.interactions for name in API_VERSION.findall(one.request.path)}
    return Evidence(
        recorded_from=origin,
        recorded_at=utc(now),
        expires_at=utc(now + BEST_BEFORE),
        object_type=options.object_type,
        scenario=scenario,
        interactions=len(redacted.interactions),
        checksum=checksum_of(redacted.interactions),
        api_versions=tuple(sorted(found)),
        tier=tier_of(redacted.interactions),
        libraries={name: version(name) for name in LIBRARIES} | {"python": platform.python_version()},
        redacted={"headers": list(redacted.headers), "people": redacted.people, "secrets": redacted.secrets},
        connector=options.connector.spec.label,
    )


def _refuse_unsafe(path: Path, text: str, evidence: Evidence, token: str) -> None:
    """Lint the new files under temporary names next to the existing ones."""
    draft = path.with_name(f".{path.stem}.draft.yaml")
    try:
        write_text_atomically(draft, text)
        write_text_atomically(evidence_path(draft), evidence.to_json())
        problems = [f"[{one.rule}] {one.message}" for one in lint_file(draft) if one.severity is FindingSeverity.ERROR]
        if token in text + evidence.to_json():
            problems.append("[secret] it contains the token of this recording")
    finally:
        draft.unlink(missing_ok=True)
        evidence_path(draft).unlink(missing_ok=True)
    if problems:
        raise CassetteUnsafeError(path, problems)
