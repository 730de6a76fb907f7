"""CSV into the account and out of it."""

import csv
import io
import json
from typing import Any

from tests.support.cases import Cases
from tests.unit.fake_hubspot.crm.test_files import send
from tests.unit.fake_hubspot.inprocess import Fake

IMPORTS = "/crm/v3/imports"
EXPORTS = "/crm/v3/exports/export/async"
CONTACT = [("First", "firstname"), ("Mail", "email")]


def mapping(column: str, name: str, type_id: str = "0-1", **more: str) -> dict[str, str]:
    """Return what an import is told about a column."""
    return {"columnName": column, "propertyName": name, "columnObjectTypeId": type_id} | more


def start(
    fake: Fake, text: str, mappings: list[dict[str, str]], operations: dict[str, str] | None = None
) -> dict[str, Any]:
    """Import a file and return the import when it is done."""
    page = {"hasHeader": True, "columnMappings": mappings}
    files = [{"fileName": "a.csv", "fileFormat": "CSV", "fileImportPage": page}]
    request = {"name": "People", "importOperations": operations or {}, "files": files}
    answer = send(fake, "POST", IMPORTS, importRequest=json.dumps(request), files=("a.csv", text.encode()))
    assert answer.status == 200, answer.content
    assert answer.json()["state"] == "STARTED"
    made: dict[str, Any] = fake.get(f"{IMPORTS}/{answer.json()['id']}").json()
    assert made["state"] == "DONE"
    return made


def exported(fake: Fake, **wanted: Any) -> list[list[str]]:
    """Export records and return the rows of the file."""
    body = {"exportType": "VIEW", "format": "CSV", "exportName": "All", "language": "EN", "objectType": "contacts"}
    answer = fake.post(EXPORTS, body | {"objectProperties": ["firstname", "email"]} | wanted)
    assert answer.status == 202, answer.content
    status = fake.get(f"{EXPORTS}/tasks/{answer.json()['id']}/status").json()
    assert status["status"] == "COMPLETE"
    file = fake.get(status["result"].removeprefix("http://api.test"), headers={"authorization": ""})
    return list(csv.reader(io.StringIO(file.content.decode())))


def test_rows_become_records_and_are_found_again(empty: Fake) -> None:
    """By their e-mail address; blank rows and cells change nothing."""
    text = '\ufeffFirst,Mail,Ignored\n"Ada, A.",ada@example.com,x\n\nBob,bob@example.com,y\n'
    mappings = [mapping(*one) for one in CONTACT]

    first = start(empty, text, mappings)
    second = start(empty, "Mail,First\nADA@example.com,Adele\nbob@example.com,\n", mappings)
    rows = exported(empty)

    counters = first["metadata"]["counters"]
    assert (counters["TOTAL_ROWS"], counters["CREATED_OBJECTS"], counters["PROPERTY_VALUES_EMITTED"]) == (2, 2, 4)
    assert second["metadata"]["counters"]["UPDATED_OBJECTS"] == 2
    assert rows[0] == ["Record ID", "First Name", "Email"]
    assert sorted(row[1:] for row in rows[1:]) == [["Adele", "ADA@example.com"], ["Bob", "bob@example.com"]]


def test_records_of_one_row_are_linked(empty: Fake) -> None:
    """Companies are found by their domain."""
    mappings = [mapping(*CONTACT[1]), mapping("Site", "domain", "0-2"), mapping("Firm", "name", "0-2")]
    text = "Mail,Site,Firm\na@example.com,example.com,Ex\nb@example.com,example.com,Ex\n"

    done = start(empty, text, mappings)
    (company,) = empty.get("/crm/v3/objects/companies?associations=contacts").json()["results"]
    (header, *rows) = exported(empty, objectType="companies", objectProperties=[], associatedObjectType="CONTACT")

    assert done["mappedObjectTypeIds"] == ["0-1", "0-2"]
    assert done["metadata"]["counters"]["UNIQUE_OBJECTS_WRITTEN"] == 3
    assert len({one["id"] for one in company["associations"]["contacts"]["results"]}) == 2
    assert header == ["Record ID", "Associated contact IDs"]
    assert len(rows[0][1].split(";")) == 2


def test_rows_that_break_a_rule_are_errors_and_write_nothing(empty: Fake) -> None:
    """The others are imported."""
    text = "First,Mail,Id\nA,no-address,\nB,b@example.com,\nC,c@example.com,404\n"
    done = start(
        empty, text, [mapping(*one) for one in CONTACT] + [mapping("Id", "", idColumnType="HUBSPOT_OBJECT_ID")]
    )
    errors = f"{IMPORTS}/{done['id']}/errors"

    told = empty.get(f"{errors}?includeErrorMessage=true&includeRowData=true").json()["results"]
    terse = empty.get(errors).json()["results"]
    pages = empty.get(f"{errors}?limit=1").json()

    assert [one["errorType"] for one in told] == ["INVALID_EMAIL", "INVALID_OBJECT_ID"]
    assert [one["sourceData"]["lineNumber"] for one in told] == [2, 4]
    assert told[0]["sourceData"]["rowData"] == ["A", "no-address", ""]
    assert "errorMessage" not in terse[0]
    assert len(empty.get(pages["paging"]["next"]["link"].removeprefix("http://api.test")).json()["results"]) == 1
    assert done["metadata"]["counters"]["ERRORS"] == 2
    assert [row[1] for row in exported(empty)[1:]] == ["B"]


def test_an_import_only_updates_or_only_creates_as_it_is_told(empty: Fake) -> None:
    """A record that an update does not find, or a creation finds, is an error."""
    mappings = [mapping(*one) for one in CONTACT]

    missing = start(empty, "First,Mail\nA,a@example.com\n", mappings, {"0-1": "UPDATE"})
    made = start(empty, "First,Mail\nA,a@example.com\n", mappings, {"0-1": "CREATE"})
    again = start(empty, "First,Mail\nA,a@example.com\n", mappings, {"0-1": "CREATE"})

    counters = [one["metadata"]["counters"] for one in (missing, made, again)]
    assert [one.get("ERRORS", 0) for one in counters] == [1, 0, 1]
    assert [one["id"] for one in empty.get(IMPORTS).json()["results"]] == [missing["id"], made["id"], again["id"]]
    assert empty.request("POST", f"{IMPORTS}/{made['id']}/cancel").json()["status"] == "CANCELED"


def test_imports_that_cannot_begin_are_refused(empty: Fake, cases: Cases) -> None:
    """Without the request, the file, a column or a known type and format."""
    page = {"columnMappings": [mapping(*CONTACT[0])]}
    file = {"fileName": "a.csv", "fileImportPage": page}
    for name, request in {
        "no JSON": "{",
        "too deep": json.dumps({"other": 0, "name": "x", "files": [file]}).replace("0", "[" * 9_000 + "]" * 9_000, 1),
        "no such file": json.dumps({"name": "x", "files": [file | {"fileName": "b.csv"}]}),
        "no column": json.dumps({"name": "x", "files": [file | {"fileImportPage": {"columnMappings": []}}]}),
        "spreadsheet": json.dumps({"name": "x", "files": [file | {"fileFormat": "SPREADSHEET"}]}),
        "unknown type": json.dumps(
            {"name": "x", "files": [file | {"fileImportPage": {"columnMappings": [mapping("A", "b", "9-9")]}}]}
        ),
    }.items():
        with cases.case(name):
            answer = send(empty, "POST", IMPORTS, importRequest=request, files=("a.csv", b"First\nA\n"))
            assert answer.status in (400, 404)
    assert send(empty, "POST", IMPORTS, files=("a.csv", b"First\nA\n")).status == 400
    assert empty.get(IMPORTS).json()["results"] == []


def test_exports_take_a_search_or_a_list(fake: Fake) -> None:
    """And the names of the properties instead of their labels."""
    ids = [one["id"] for one in fake.get("/crm/v3/objects/contacts").json()["results"]]
    made = fake.post("/crm/v3/lists", {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"}).json()["list"]
    assert fake.request("PUT", f"/crm/v3/lists/{made['listId']}/memberships/add", ids[:1]).status == 200
    search = {"filters": [{"propertyName": "hs_object_id", "operator": "EQ", "value": ids[1]}]}

    listed = exported(fake, exportType="LIST", listId=made["listId"])
    found = exported(fake, publicCrmSearchRequest=search, exportInternalValuesOptions=["NAMES"])

    assert [row[0] for row in listed[1:]] == ids[:1]
    assert found[0] == ["Record ID", "firstname", "email"]
    assert [row[0] for row in found[1:]] == ids[1:]


def test_exports_of_what_does_not_exist_are_refused(fake: Fake, cases: Cases) -> None:
    """An empty file would look like a complete one."""
    body = {"exportType": "VIEW", "format": "CSV", "exportName": "All", "objectType": "contacts"}
    body |= {"language": "EN"}
    for change in (
        {"exportType": "ALL"},
        {"format": "PDF"},
        {"format": "XLSX"},
        {"objectType": "boats"},
        {"objectProperties": ["no_such"]},
        {"exportType": "LIST", "listId": 99},
        {"publicCrmSearchRequest": {"filters": [{"propertyName": "no_such", "operator": "EQ", "value": "1"}]}},
    ):
        with cases.case(str(change)):
            assert fake.post(EXPORTS, body | {"objectProperties": ["email"]} | change).status in (400, 404)
