"""Singer's `tap-hubspot`."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.clients.account import ACTIVITIES, Account, Values
from tests.clients.driver import PROGRAMS
from tests.clients.environments import python_of
from tests.clients.faults import FAULTS, struck
from tests.support.cases import Cases

LONG_AGO, TEN_YEARS_MS = "2020-01-01T00:00:00Z", 10 * 365 * 24 * 3_600_000
# The key of each stream, and the type in the account whose records it must return.
OF_RECORDS = {
    "contacts": ("id", "contacts"),
    "companies": ("companyId", "companies"),
    "deals": ("dealId", "deals"),
    "tickets": ("id", "tickets"),
    "car": ("id", "p_car"),
    "forms": ("guid", "forms"),
    "workflows": ("id", "workflows"),
    "contact_lists": ("listId", "lists"),
    "campaigns": ("id", "campaigns"),
    "email_events": ("id", "email_events"),
}
OTHERS = {"owners", "engagements", "deal_pipelines", "contacts_by_company", "list_memberships"}
OTHERS |= {"subscription_changes", "form_submissions"}


@dataclass
class Synced:
    """What a run of the tap has printed.

    Attributes:
        given: What was in the account then.
    """

    messages: list[dict[str, Any]]
    given: dict[str, dict[str, Values]] = field(default_factory=dict)

    def of(self, stream: str) -> list[dict[str, Any]]:
        """Return the records of a stream."""
        return [each["record"] for each in self.messages if each["type"] == "RECORD" and each["stream"] == stream]

    @property
    def state(self) -> dict[str, Any]:
        """The last state, with which the next run continues."""
        states: list[dict[str, Any]] = [each["value"] for each in self.messages if each["type"] == "STATE"]
        return states[-1]


@dataclass
class Tap:
    """The tap, configured for an account."""

    account: Account
    home: Path

    def run(self, *arguments: str | Path) -> str:
        """Return what it prints. A failure is a `CalledProcessError`."""
        config = {"start_date": LONG_AGO, "api_key": self.account.portal.token}
        config |= dict.fromkeys(("email_chunk_size", "subscription_chunk_size"), str(TEN_YEARS_MS))
        (self.home / "config.json").write_text(json.dumps(config))
        command = [python_of("tap-hubspot"), PROGRAMS / "singer_tap.py", self.account.portal.url]
        command += ["--config", self.home / "config.json", *arguments]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def sync(self, catalog: Mapping[str, Any], streams: Sequence[str] = (), state: object = None) -> Synced:
        """Return what a run prints that reads these streams, or all."""
        chosen = json.loads(json.dumps(catalog))
        for stream in chosen["streams"]:
            selected = not streams or stream["stream"] in streams
            next(each for each in stream["metadata"] if not each["breadcrumb"])["metadata"]["selected"] = selected
        (self.home / "catalog.json").write_text(json.dumps(chosen))
        (self.home / "state.json").write_text(json.dumps(state or {}))
        arguments = ("--properties", self.home / "catalog.json", "--state", self.home / "state.json")
        return Synced([json.loads(line) for line in self.run(*arguments).splitlines()])


@pytest.fixture(scope="module")
def tap(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Tap:
    """The tap, configured for the account."""
    return Tap(account, tmp_path_factory.mktemp("tap"))


@pytest.fixture(scope="module")
def catalog(tap: Tap) -> dict[str, Any]:
    """What the tap discovers."""
    found: dict[str, Any] = json.loads(tap.run("--discover"))
    return found


@pytest.fixture(scope="module")
def whole(tap: Tap, catalog: dict[str, Any], account: Account) -> Synced:
    """One run that reads every stream."""
    return replace(tap.sync(catalog), given=deepcopy(account.records))


def test_every_stream_is_discovered_and_every_property_is_a_field(catalog: dict[str, Any], account: Account) -> None:
    """The custom type is among them."""
    found = {each["stream"]: each for each in catalog["streams"]}
    stored = account.call("GET", "/crm/v3/properties/contacts")["results"]

    assert set(found) == OF_RECORDS.keys() | OTHERS
    assert {f"property_{each['name']}" for each in stored} <= found["contacts"]["schema"]["properties"].keys()


def test_every_stream_of_records_has_each_with_its_values(whole: Synced, cases: Cases) -> None:
    """Older streams give a value as an object with a time, newer ones as it is."""
    for stream, (key, kind) in OF_RECORDS.items():
        with cases.case(stream):
            found = {str(each[key]): each for each in whole.of(stream)}
            given = whole.given[kind]

            assert found.keys() == given.keys()
            assert {one: _values(found[one], values) for one, values in given.items()} == given


def _values(record: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a record for the names that were given, as text."""
    read = {name: record.get(f"property_{name}", record.get(name)) for name in given}
    plain = {name: value["value"] if isinstance(value, dict) else value for name, value in read.items()}
    return {name: given[name] if _is_number(value, given[name]) else value for name, value in plain.items()}


def _is_number(value: object, text: str) -> bool:
    """Whether the tap has turned a text into the number that it stands for."""
    return isinstance(value, int | float) and value == float(text)


def test_activities_links_owners_pipelines_and_memberships_are_those_of_the_account(
    whole: Synced, account: Account
) -> None:
    """The activities of five types are one stream."""
    contacts, company = account.ids("contacts"), account.ids("companies")[0]
    activities = {each for kind in ACTIVITIES for each in account.ids(kind)}
    owners = {each["id"] for each in account.call("GET", "/crm/v3/owners")["results"]}

    links = {(str(each["company-id"]), str(each["contact-id"])) for each in whole.of("contacts_by_company")}

    assert {str(each["engagement_id"]) for each in whole.of("engagements")} == activities
    assert links == {(company, each) for each in contacts[:3]}
    assert {each["id"] for each in whole.of("owners")} == owners
    assert [each["pipelineId"] for each in whole.of("deal_pipelines")] == account.ids("pipelines")
    assert {each["recordId"] for each in whole.of("list_memberships")} == set(contacts[:3])


def test_submissions_and_changes_of_subscriptions_are_those_of_the_account(whole: Synced) -> None:
    """A submission has the form that it belongs to."""
    submitted = [(each["formId"], each["values"][0]["value"]) for each in whole.of("form_submissions")]
    changes = [(each["recipient"], each["changes"][0]["change"]) for each in whole.of("subscription_changes")]
    causes = [each["changes"][0]["causedByEvent"]["id"] for each in whole.of("subscription_changes")]

    assert sorted(submitted) == sorted((form, one["email"]) for form, one in whole.given["submissions"].items())
    assert changes == [("person0@example.com", "UNSUBSCRIBED")]
    assert causes == list(whole.given["subscription_changes"])


def test_the_next_run_reads_what_has_changed(
    tap: Tap, catalog: dict[str, Any], whole: Synced, account: Account
) -> None:
    """The tap reads everything again and passes on what is as new as its bookmark."""
    changed = account.ids("contacts")[7]
    account.change("contacts", changed, lastname="Changed")
    bookmark = whole.state["bookmarks"]["contacts"]["updatedAt"]

    found = {each["id"]: each for each in tap.sync(catalog, ["contacts"], whole.state).of("contacts")}

    assert found[changed]["property_lastname"] == "Changed"
    assert len(found) < len(account.ids("contacts"))
    assert all(each["updatedAt"] >= bookmark for each in found.values())


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_every_contact_is_there(tap: Tap, catalog: dict[str, Any], account: Account, fault: str) -> None:
    """The tap tries every request up to five times, after a 401 too."""
    with struck(account.portal, fault):
        found = tap.sync(catalog, ["contacts"]).of("contacts")

    assert {each["id"] for each in found} == set(account.ids("contacts"))
