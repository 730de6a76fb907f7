"""HubSpot's own Python client on the families besides records: its models parse what the fake answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fidelity.conftest import MakePortal
from tests.support.cases import Cases

# Some modules of the client have escape sequences that Python warns of when it compiles them.
pytestmark = pytest.mark.filterwarnings("ignore:.*invalid escape sequence")

EXPORT = {"exportType": "VIEW", "format": "CSV", "exportName": "e", "language": "EN", "objectType": "contacts"}
COLUMNS = [
    {"columnObjectTypeId": "0-1", "columnName": "First", "propertyName": "firstname"},
    {"columnObjectTypeId": "0-1", "columnName": "Mail", "propertyName": "email"},
]
PAGES: dict[str, Callable[[Any], Any]] = {
    "files": lambda client: client.files.files_api.do_search(),
    "folders": lambda client: client.files.folders_api.do_search(),
    "imports": lambda client: client.crm.imports.core_api.get_page(),
    "users": lambda client: client.settings.users.users_api.get_page(),
    "roles": lambda client: client.settings.users.roles_api.get_all(),
    "teams": lambda client: client.settings.users.teams_api.get_all(),
    "forms": lambda client: client.marketing.forms.forms_api.get_page(),
    "emails": lambda client: client.marketing.emails.marketing_emails_api.get_page(),
    "events": lambda client: client.events.events_api.get_page(),
    "marketing events": lambda client: client.marketing.events.basic_api.get_all(),
    "tokens": lambda client: client.marketing.transactional.public_smtp_tokens_api.get_tokens_page(),
}


def test_every_page_is_parsed(make_portal: MakePortal, cases: Cases) -> None:
    """Empty or not."""
    client = make_portal().client()
    assert client.marketing.forms.forms_api.create({"name": "F", "formType": "hubspot"}).name == "F"
    assert client.marketing.emails.marketing_emails_api.create({"name": "E"}).state == "DRAFT"

    for name, read in PAGES.items():
        with cases.case(name):
            assert isinstance(read(client).results, list)


def test_a_file_goes_in_and_can_be_read(make_portal: MakePortal, tmp_path: Path) -> None:
    """Uploaded as the client sends forms."""
    api = make_portal().client().files.files_api
    path = tmp_path / "up.txt"
    path.write_bytes(b"a\r\nb")

    made = api.upload(file=str(path), folder_path="/x", options=json.dumps({"access": "PRIVATE"}))

    assert (made.path, made.size) == ("/x/up.txt", 4)
    assert [one.id for one in api.do_search(name="up").results] == [made.id]
    assert "signature=" in api.get_signed_url(made.id).url


def test_a_csv_goes_in_and_out(make_portal: MakePortal, tmp_path: Path) -> None:
    """With counters and a status."""
    client = make_portal(contacts=0).client()
    path = tmp_path / "up.csv"
    path.write_text("First,Mail\nZed,zed@example.com\nBad,none\n")
    page = {"hasHeader": True, "columnMappings": COLUMNS}
    request = {"name": "n", "files": [{"fileName": "up.csv", "fileFormat": "CSV", "fileImportPage": page}]}

    started = client.crm.imports.core_api.create(files=str(path), import_request=json.dumps(request))
    done = client.crm.imports.core_api.get_by_id(started.id)
    (error,) = client.crm.imports.public_imports_api.get_errors(started.id).results
    task = client.crm.exports.public_exports_api.start(EXPORT | {"objectProperties": ["email"]})
    status = client.crm.exports.public_exports_api.get_status(task.id)

    assert (done.state, done.metadata.counters["CREATED_OBJECTS"], error.error_type) == ("DONE", 1, "INVALID_EMAIL")
    assert status.status == "COMPLETE"
    assert status.result.startswith("http")


def test_subscriptions_of_an_address(make_portal: MakePortal) -> None:
    """Read after they were changed."""
    client = make_portal().client().communication_preferences
    client.status_api.subscribe({"emailAddress": "a@example.com", "subscriptionId": "1"})

    statuses = client.status_api.get_email_status("a@example.com").subscription_statuses

    assert [one.status for one in statuses] == ["SUBSCRIBED", "NOT_SUBSCRIBED", "NOT_SUBSCRIBED"]
    assert len(client.definition_api.get_page().subscription_definitions) == 3
