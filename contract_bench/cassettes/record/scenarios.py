"""What is recorded: each scenario drives the connector, or asks HubSpot itself, and only ever reads."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import urllib3

from contract_bench.cassettes.errors import RecordingError
from contract_bench.cassettes.record.proxy import RecordingProxy
from contract_bench.cassettes.record.taping import TapingClient
from contract_bench.roles.driven_connector import ConnectorOptions, DrivenConnector, drive_connector

__all__ = ["SCENARIOS", "Stage"]

NO_SUCH_TOKEN = "pat-na1-00000000-0000-4000-8000-00000000dead"  # noqa: S105 - it opens nothing, that is its purpose
NO_SUCH_ID = "999999999999999"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scenario has to work with.

    Attributes:
        url: The recording proxy, as connectors see it.
    """

    url: str
    token: str
    object_type: str
    proxy: RecordingProxy
    client: TapingClient
    connector: ConnectorOptions


def full_walk(stage: Stage) -> None:
    """One full pull, from the first page to the last."""
    with drive_connector(stage.connector, base_url=stage.url, token=stage.token) as driven:
        pull_or_fail(driven, may_stop=stage.proxy.max_pages is not None)


def incremental(stage: Stage) -> None:
    """The pull after a full one, asking for what is new since. The full one is not kept."""
    with drive_connector(stage.connector, base_url=stage.url, token=stage.token, with_since=True) as driven:
        pull_or_fail(driven)
        stage.client.clear()
        pull_or_fail(driven, may_stop=stage.proxy.max_pages is not None)


def pull_or_fail(driven: DrivenConnector, *, may_stop: bool = False) -> None:
    """Run the pipe once; a failed pump fails the recording, unless the recorder itself stopped it.

    Raises:
        RecordingError: the pump failed.
    """
    result = driven.pull()
    if not result.ok and not may_stop:
        why = result.events[-1].get("original_error_message") if result.events else None
        raise RecordingError(
            f"the connector's pull failed, so nothing was recorded: {_short(str(why or 'no reason is known'))}. "
            f"Look at the connector's log, and try `curl` on its address."
        )


def _short(text: str) -> str:
    return " ".join(text.split())[:300]


@dataclass(frozen=True, slots=True)
class Question:
    """A request that HubSpot refuses, or answers in an unusual way."""

    method: str
    target: str
    body: bytes = b""
    token: str | None = ""


def questions(object_type: str) -> tuple[Question, ...]:
    """Requests without effect whose answers differ most between HubSpot and its imitations.

    Each has a target of its own: the authorization is not recorded and cannot tell two apart.
    """
    records = f"/crm/v3/objects/{object_type}"
    malformed = json.dumps({"filterGroups": [{"filters": [{"value": "1"}]}]}).encode()
    return (
        Question("GET", f"{records}?limit=1", token=NO_SUCH_TOKEN),
        Question("GET", f"{records}?limit=2", token=None),
        Question("GET", f"{records}?limit=abc"),
        Question("GET", f"{records}?limit=101"),
        Question("GET", f"{records}?after=abc"),
        Question("GET", f"{records}/{NO_SUCH_ID}"),
        Question("GET", f"{records}/0"),
        Question("GET", f"{records}/abc"),
        Question("GET", "/crm/v3/objects/butterflies"),
        Question("POST", f"{records}/search", b"{"),
        Question("POST", f"{records}/search", malformed),
        Question("GET", f"{records}?limit=1&properties=no_such_property_at_all"),
    )


def errors(stage: Stage) -> None:
    """What HubSpot refuses."""
    with urllib3.PoolManager() as pool:
        for one in questions(stage.object_type):
            token = stage.token if one.token == "" else one.token
            headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
            if token is not None:
                headers["Authorization"] = f"Bearer {token}"
            if one.body:
                headers["Content-Type"] = "application/json"
            pool.request(one.method, stage.url + one.target, headers=headers, body=one.body or None, retries=False)


SCENARIOS: dict[str, Callable[[Stage], None]] = {"full-walk": full_walk, "incremental": incremental, "errors": errors}
