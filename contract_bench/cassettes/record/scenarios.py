"""The scenarios that can be recorded. Each runs the connector or sends requests itself; none changes data."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import urllib3

from contract_bench.cassettes.errors import RecordingError
from contract_bench.cassettes.record.proxy import RecordingProxy
from contract_bench.cassettes.record.recording_client import RecordingClient
from contract_bench.roles.driven_connector import ConnectorOptions, DrivenConnector, drive_connector

__all__ = ["SCENARIOS", "ScenarioContext"]

NO_SUCH_TOKEN = "pat-na1-00000000-0000-4000-8000-00000000dead"  # noqa: S105 - an invalid token on purpose
NO_SUCH_ID = "999999999999999"


@dataclass(frozen=True, slots=True)
class ScenarioContext:
    """What a scenario needs.

    Attributes:
        url: The address of the recording proxy.
    """

    url: str
    token: str
    object_type: str
    proxy: RecordingProxy
    client: RecordingClient
    connector: ConnectorOptions


def full_walk(context: ScenarioContext) -> None:
    """Record one full pull, from the first page to the last."""
    with drive_connector(context.connector, base_url=context.url, token=context.token) as driven:
        pull_or_fail(driven, may_stop=context.proxy.max_pages is not None)


def incremental(context: ScenarioContext) -> None:
    """Record an incremental pull. The full pull before it is not kept."""
    with drive_connector(context.connector, base_url=context.url, token=context.token, with_since=True) as driven:
        pull_or_fail(driven)
        context.client.clear()
        pull_or_fail(driven, may_stop=context.proxy.max_pages is not None)


def pull_or_fail(driven: DrivenConnector, *, may_stop: bool = False) -> None:
    """Run the pipe once.

    Args:
        driven: The connector with its node.
        may_stop: Whether a failure is expected because the recorder stops after `max_pages`.

    Raises:
        RecordingError: The pump failed.
    """
    result = driven.pull()
    if not result.ok and not may_stop:
        why = result.events[-1].get("original_error_message") if result.events else None
        raise RecordingError(
            f"the connector's pull failed, so nothing was recorded: {_short(str(why or 'unknown reason'))}. "
            f"Check the connector's log, and try its address with `curl`."
        )


def _short(text: str) -> str:
    return " ".join(text.split())[:300]


@dataclass(frozen=True, slots=True)
class ErrorRequest:
    """A request that HubSpot rejects or handles in an unusual way. An empty token stands for the valid one."""

    method: str
    target: str
    body: bytes = b""
    token: str | None = ""


def error_requests(object_type: str) -> tuple[ErrorRequest, ...]:
    """Return requests without side effects whose responses differ most between HubSpot and imitations.

    Each has a different target, because the authorization header is not recorded and cannot distinguish them.
    """
    records = f"/crm/v3/objects/{object_type}"
    malformed = json.dumps({"filterGroups": [{"filters": [{"value": "1"}]}]}).encode()
    return (
        ErrorRequest("GET", f"{records}?limit=1", token=NO_SUCH_TOKEN),
        ErrorRequest("GET", f"{records}?limit=2", token=None),
        ErrorRequest("GET", f"{records}?limit=abc"),
        ErrorRequest("GET", f"{records}?limit=101"),
        ErrorRequest("GET", f"{records}?after=abc"),
        ErrorRequest("GET", f"{records}/{NO_SUCH_ID}"),
        ErrorRequest("GET", f"{records}/0"),
        ErrorRequest("GET", f"{records}/abc"),
        ErrorRequest("GET", "/crm/v3/objects/butterflies"),
        ErrorRequest("POST", f"{records}/search", b"{"),
        ErrorRequest("POST", f"{records}/search", malformed),
        ErrorRequest("GET", f"{records}?limit=1&properties=no_such_property_at_all"),
    )


def errors(context: ScenarioContext) -> None:
    """Record the responses to invalid requests."""
    with urllib3.PoolManager() as pool:
        for one in error_requests(context.object_type):
            token = context.token if one.token == "" else one.token
            headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
            if token is not None:
                headers["Authorization"] = f"Bearer {token}"
            if one.body:
                headers["Content-Type"] = "application/json"
            pool.request(one.method, context.url + one.target, headers=headers, body=one.body or None, retries=False)


SCENARIOS: dict[str, Callable[[ScenarioContext], None]] = {
    "full-walk": full_walk,
    "incremental": incremental,
    "errors": errors,
}
