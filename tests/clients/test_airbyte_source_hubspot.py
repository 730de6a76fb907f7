"""Airbyte's `source-hubspot`."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from contract_bench.roles.hubspot import HubSpotPortal
from tests.clients.account import ACTIVITIES, Account, Values
from tests.clients.driver import PROGRAMS, ClientError, Driver
from tests.clients.environments import python_of
from tests.clients.faults import FAULTS, struck
from tests.support.cases import Cases

# It computes for seconds with each run, on a busy machine for minutes.
pytestmark = pytest.mark.timeout(900)
# Each month since then is a request of its own for some streams.
BEFORE_THE_ACCOUNT = "2026-01-01T00:00:00Z"
# The type in the account whose records each stream must return.
OF_RECORDS = {
    **{kind: kind for kind in ("contacts", "companies", "deals", "tickets", "products", "line_items")},
    **{f"engagements_{kind}": kind for kind in ACTIVITIES},
    "car": "p_car",
    "forms": "forms",
    "workflows": "workflows",
    "marketing_emails": "marketing_emails",
    "campaigns": "campaigns",
    "email_events": "email_events",
}
OTHERS = {"owners", "deal_pipelines", "ticket_pipelines", "engagements", "contact_lists", "email_subscriptions"}
OTHERS |= {"subscription_changes", "form_submissions"}
HISTORIES = {f"{kind}_property_history" for kind in ("contacts", "companies", "deals")}
EMPTY = {"deal_splits", "deals_archived", "goals", "leads", "owners_archived"}


@dataclass
class Read:
    """What a run of the source has printed.

    Attributes:
        given: What was in the account then.
    """

    messages: list[dict[str, Any]]
    given: dict[str, dict[str, Values]] = field(default_factory=dict)

    def of(self, stream: str) -> list[dict[str, Any]]:
        """Return the records of a stream."""
        records = (each["record"] for each in self.messages if each["type"] == "RECORD")
        return [each["data"] for each in records if each["stream"] == stream]

    def ids(self, stream: str) -> set[str]:
        """Return the ids of the records of a stream."""
        return {str(each["id"]) for each in self.of(stream)}

    @property
    def statuses(self) -> dict[str, str]:
        """The last status of each stream."""
        traces = [each["trace"] for each in self.messages if each["type"] == "TRACE"]
        told = [each["stream_status"] for each in traces if each["type"] == "STREAM_STATUS"]
        return {each["stream_descriptor"]["name"]: each["status"] for each in told}

    @property
    def states(self) -> list[dict[str, Any]]:
        """The last state of each stream, with which the next run continues."""
        states = [each["state"] for each in self.messages if each["type"] == "STATE"]
        last = {each["stream"]["stream_descriptor"]["name"]: each for each in states}
        return list(last.values())


@dataclass
class Source:
    """The source, in a process that keeps its packages loaded."""

    client: Driver
    home: Path

    def file(self, name: str, content: object) -> str:
        """Write a file for the source and return its path."""
        (self.home / name).write_text(json.dumps(content))
        return str(self.home / name)

    def run(self, command: str, portal: HubSpotPortal, *arguments: str) -> Read:
        """Run a command for a portal."""
        credentials = {"credentials_title": "Private App Credentials", "access_token": portal.token}
        config = self.file("config.json", {"start_date": BEFORE_THE_ACCOUNT, "credentials": credentials})
        return Read(self.client.call("run", arguments=[command, "--config", config, *arguments]))

    def read(
        self, portal: HubSpotPortal, catalog: Mapping[str, Any], streams: Sequence[str] = (), state: object = ()
    ) -> Read:
        """Read these streams, or all."""
        chosen = [each for each in catalog["streams"] if not streams or each["name"] in streams]
        configured = [
            {
                "stream": each,
                "sync_mode": sorted(each["supported_sync_modes"])[-1],
                "destination_sync_mode": "append",
            }
            for each in chosen
        ]
        arguments = ["--catalog", self.file("catalog.json", {"streams": configured})]
        return self.run("read", portal, *arguments, "--state", self.file("state.json", list(state)))  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """The client's program."""
    return [python_of("airbyte-source-hubspot", newest=(3, 11)), PROGRAMS / "airbyte_source.py"]


@pytest.fixture(scope="module")
def source(client: Driver, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The source, without an account."""
    return Source(client, tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def catalog(source: Source, account: Account) -> dict[str, Any]:
    """What the source discovers."""
    found = [each for each in source.run("discover", account.portal).messages if each["type"] == "CATALOG"]
    assert found, "the source printed no catalogue"
    catalog: dict[str, Any] = found[0]["catalog"]
    return catalog


@pytest.fixture(scope="module")
def whole(source: Source, catalog: dict[str, Any], account: Account) -> Read:
    """One run that reads every stream."""
    return replace(source.read(account.portal, catalog), given=deepcopy(account.records))


def test_the_connection_check_succeeds(source: Source, account: Account) -> None:
    """The source reads a stream for it."""
    told = [
        each["connectionStatus"] for each in source.run("check", account.portal).messages if "connectionStatus" in each
    ]

    assert [each["status"] for each in told if each] == ["SUCCEEDED"]


def test_every_stream_is_discovered_and_read_to_its_end(catalog: dict[str, Any], whole: Read) -> None:
    """The custom type is among them."""
    names = {each["name"] for each in catalog["streams"]}

    assert names == OF_RECORDS.keys() | OTHERS | HISTORIES | EMPTY
    assert whole.statuses == dict.fromkeys(names, "COMPLETE")


def test_every_stream_of_records_has_each_with_its_values(whole: Read, cases: Cases) -> None:
    """A number is a number in Airbyte's records, and a time has an offset."""
    for stream, kind in OF_RECORDS.items():
        with cases.case(stream):
            found = {str(each["id"]): each for each in whole.of(stream)}
            given = whole.given[kind]

            assert found.keys() == given.keys()
            assert {one: _values(found[one], values) for one, values in given.items()} == given


def _values(record: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a record for the names that were given, as they were given if they say the same."""
    read = {name: record.get("properties", record).get(name) for name in given}
    return {name: given[name] if _is_same(value, given[name]) else value for name, value in read.items()}


def _is_same(read: Any, given: str) -> bool:
    """Whether a value is what was given: the source turns texts into numbers and writes times in another way."""
    if isinstance(read, int | float):
        return read == float(given)
    return bool(read == given) or str(read).replace("+00:00", "Z") == given


def test_owners_pipelines_lists_and_activities_are_those_of_the_account(whole: Read, account: Account) -> None:
    """The activities of five types are one stream too. The source drops pipelines without times: those of HubSpot."""
    owners = {each["id"] for each in account.call("GET", "/crm/v3/owners")["results"]}
    activities = {each for kind in ACTIVITIES for each in account.ids(kind)}

    assert whole.ids("owners") == owners
    assert {each["pipelineId"] for each in whole.of("deal_pipelines")} == set(account.ids("pipelines")) - {"default"}
    assert whole.of("ticket_pipelines") == []
    assert {str(each["listId"]) for each in whole.of("contact_lists")} == set(account.ids("lists"))
    assert whole.ids("engagements") == activities
    assert whole.of("email_subscriptions")


def test_submissions_and_changes_of_subscriptions_are_those_of_the_account(whole: Read) -> None:
    """A submission has the form that it belongs to."""
    submitted = [(each["formId"], each["values"][0]["value"]) for each in whole.of("form_submissions")]
    changes = [(each["recipient"], each["changes"][0]["change"]) for each in whole.of("subscription_changes")]

    assert sorted(submitted) == sorted((form, one["email"]) for form, one in whole.given["submissions"].items())
    assert changes == [("person0@example.com", "UNSUBSCRIBED")]


def test_histories_have_the_values_that_were_given(whole: Read) -> None:
    """Every value of a property is a record."""
    told = {(str(each["vid"]), each["property"], each["value"]) for each in whole.of("contacts_property_history")}

    given = {(one, name, value) for one, values in whole.given["contacts"].items() for name, value in values.items()}
    assert given <= told


def test_the_next_run_reads_what_has_changed(
    source: Source, catalog: dict[str, Any], whole: Read, account: Account
) -> None:
    """The state of the first run is the start of the second, and the machine's time is its end."""
    changed = account.ids("contacts")[7]
    account.change("contacts", changed, lastname="Changed")

    found = source.read(account.portal, catalog, ["contacts"], whole.states).of("contacts")

    assert {each["id"]: each["properties"]["lastname"] for each in found}[changed] == "Changed"
    assert len(found) < len(account.ids("contacts"))


def test_after_faults_every_record_of_a_stream_is_there(
    source: Source, catalog: dict[str, Any], account: Account
) -> None:
    """Several strike the same read, which takes long: the source tries each request again."""
    place = {"objectType": "p_car", "page": 2}
    with ExitStack() as faults:
        faults.enter_context(struck(account.portal, "reset in the body", **place | {"page": 1}))
        for fault in set(FAULTS) - {"expired token", "reset in the body"}:
            faults.enter_context(struck(account.portal, fault, **place))
        found = source.read(account.portal, catalog, ["car"])

    assert found.statuses == {"car": "COMPLETE"}
    assert found.ids("car") == set(account.ids("p_car"))


def test_an_expired_token_fails_the_run(source: Source, catalog: dict[str, Any], account: Account) -> None:
    """The error says which stream it was."""
    place = {"objectType": "p_car", "page": 2}
    with struck(account.portal, "expired token", **place), pytest.raises(ClientError, match="read failure"):
        source.read(account.portal, catalog, ["car"])
