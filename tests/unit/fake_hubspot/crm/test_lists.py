"""Lists: what their answers look like, and which records are in them."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

LISTS = "/crm/v3/lists"
HEAD = (
    *("listId", "listVersion", "createdAt", "updatedAt", "filtersUpdatedAt", "processingStatus", "createdById"),
    *("updatedById", "processingType", "objectTypeId", "name"),
)
TAIL = ("listPermissions", "membershipSettings")


def branch(name: str, operator: str, kind: str = "STRING", **operation: Any) -> dict[str, Any]:
    """A branch with one filter."""
    one: dict[str, Any] = {"filterType": "PROPERTY", "property": name}
    one |= {"operation": {"operationType": kind, "operator": operator, **operation}}
    inner = {"filterBranches": [], "filterBranchType": "AND", "filters": [one]}
    return {"filterBranches": [inner], "filterBranchType": "OR", "filters": []}


def new(fake: Fake, name: str, **more: Any) -> dict[str, Any]:
    """Make a list of contacts."""
    answer = fake.post(LISTS, {"name": name, "objectTypeId": "0-1", "processingType": "MANUAL"} | more)
    assert answer.status == 200, answer.json()
    found: dict[str, Any] = answer.json()["list"]
    return found


def members(fake: Fake, known: dict[str, Any]) -> list[str]:
    """The ids of the members."""
    page = fake.get(f"{LISTS}/{known['listId']}/memberships").json()
    assert page["total"] == len(page["results"])
    return [row["recordId"] for row in page["results"]]


def test_a_list_has_its_keys_in_the_recorded_order(empty: Fake) -> None:
    """As recorded in 2026-04: the size only among several lists, other numbers in a search."""
    made = new(empty, "L")

    read = empty.get(f"{LISTS}/{made['listId']}").json()["list"]
    (several,) = empty.get(f"{LISTS}?listIds={made['listId']}").json()["lists"]
    (found,) = empty.post(f"{LISTS}/search", {}).json()["lists"]

    assert tuple(made) == tuple(read) == (*HEAD, *TAIL)
    assert tuple(several) == (*HEAD, "size", *TAIL)
    assert tuple(found) == (*HEAD, "additionalProperties")
    assert found["additionalProperties"] == {"hs_list_size": "0", "hs_list_reference_count": "0"}
    assert made["listPermissions"] == {"teamsWithEditAccess": [], "usersWithEditAccess": []}
    assert made["membershipSettings"] == {"membershipTeamId": None, "includeUnassigned": None}


def test_a_dynamic_list_answers_its_filters_as_recorded(empty: Fake) -> None:
    """It is being processed at first; later reads show the filters only if they are asked to."""
    given = branch("twitterhandle", "IS_EQUAL_TO", value="@hubspot")

    made = new(empty, "D", processingType="DYNAMIC", filterBranch=given)
    path = f"{LISTS}/{made['listId']}"

    assert made["processingStatus"] == "PROCESSING"
    assert tuple(made) == (*HEAD, "filterBranch", *TAIL)
    operation = {"operator": "IS_EQUAL_TO", "includeObjectsWithNoValueSet": False, "value": "@hubspot"}
    operation["operationType"] = "STRING"
    one = {"property": "twitterhandle", "operation": operation, "filterType": "PROPERTY"}
    inner = {"filterBranches": [], "filters": [one], "filterBranchType": "AND", "filterBranchOperator": "AND"}
    whole = {"filterBranches": [inner], "filters": [], "filterBranchType": "OR", "filterBranchOperator": "OR"}
    assert made["filterBranch"] == whole
    assert "filterBranch" not in empty.get(path).json()["list"]
    later = empty.get(f"{path}?includeFilters=true").json()["list"]
    assert (later["filterBranch"], later["processingStatus"]) == (whole, "COMPLETE")


CONTACTS = (
    {"id": "1", "properties": {"email": "a@example.com", "city": "Oslo", "num_notes": "3", "hs_persona": "x;y"}},
    {"id": "2", "properties": {"email": "b@example.org", "city": "Bergen", "num_notes": "10"}},
    {"id": "3", "properties": {"email": "c@example.com", "closedate": "2026-01-05T00:00:00Z"}},
)


@pytest.mark.parametrize(
    ("name", "operator", "operation", "expected"),
    [
        ("city", "IS_EQUAL_TO", {"value": "oslo"}, ["1"]),
        ("city", "IS_NOT_EQUAL_TO", {"value": "Oslo"}, ["2"]),
        ("city", "IS_NOT_EQUAL_TO", {"value": "Oslo", "includeObjectsWithNoValueSet": True}, ["2", "3"]),
        ("email", "CONTAINS", {"value": "EXAMPLE.com"}, ["1", "3"]),
        ("email", "DOES_NOT_CONTAIN", {"values": [".com"]}, ["2"]),
        ("email", "STARTS_WITH", {"values": ["a@", "c@"]}, ["1", "3"]),
        ("email", "ENDS_WITH", {"value": ".org"}, ["2"]),
        ("num_notes", "IS_EQUAL_TO", {"value": 3.0}, ["1"]),
        ("num_notes", "IS_GREATER_THAN", {"value": 3}, ["2"]),
        ("num_notes", "IS_GREATER_THAN_OR_EQUAL_TO", {"value": 3}, ["1", "2"]),
        ("num_notes", "IS_LESS_THAN", {"value": "10"}, ["1"]),
        ("num_notes", "IS_LESS_THAN_OR_EQUAL_TO", {"value": 10}, ["1", "2"]),
        ("num_notes", "IS_BETWEEN", {"lowerBound": 3, "upperBound": 9}, ["1"]),
        ("num_notes", "IS_NOT_BETWEEN", {"lowerBound": 3, "upperBound": 9}, ["2"]),
        ("closedate", "IS_GREATER_THAN", {"value": "2026-01-04T00:00:00Z"}, ["3"]),
        ("city", "IS_GREATER_THAN", {"value": 1}, []),
        ("hs_persona", "IS_ANY_OF", {"values": ["y", "z"]}, ["1"]),
        ("hs_persona", "IS_NONE_OF", {"values": ["y"], "includeObjectsWithNoValueSet": True}, ["2", "3"]),
        ("hs_persona", "CONTAINS_ALL", {"values": ["x", "z"]}, []),
        ("hs_persona", "IS_EXACTLY", {"values": ["y", "x"]}, ["1"]),
        ("city", "IS_KNOWN", {}, ["1", "2"]),
        ("city", "IS_UNKNOWN", {}, ["3"]),
    ],
)
def test_a_dynamic_list_has_the_records_that_its_filters_select(
    empty: Fake, name: str, operator: str, operation: dict[str, Any], expected: list[str]
) -> None:
    """At any time; a snapshot keeps those of its beginning."""
    empty.seed("contacts", *CONTACTS)
    given = branch(name, operator, **operation)
    dynamic = new(empty, "D", processingType="DYNAMIC", filterBranch=given)
    snapshot = new(empty, "S", processingType="SNAPSHOT", filterBranch=given)

    assert members(empty, dynamic) == members(empty, snapshot) == expected
    for one in expected:
        empty.request("DELETE", f"/crm/v3/objects/contacts/{one}")
    assert members(empty, dynamic) == []
    assert members(empty, snapshot) == expected


def test_branches_are_joined_by_their_types(empty: Fake) -> None:
    """Without any filter nothing is selected."""
    empty.seed("contacts", *CONTACTS)
    oslo = branch("city", "IS_EQUAL_TO", value="Oslo")
    many = branch("num_notes", "IS_GREATER_THAN", value=2)

    either = {"filterBranchType": "OR", "filterBranches": [oslo, many], "filters": []}
    both = either | {"filterBranchType": "AND"}
    none = {"filterBranchType": "AND", "filterBranches": [], "filters": []}

    found = [
        members(empty, new(empty, str(number), processingType="DYNAMIC", filterBranch=one))
        for number, one in enumerate((either, both, none))
    ]
    assert found == [["1", "2"], ["1"], []]


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"processingType": "DYNAMIC"}, 400, "A DYNAMIC list needs a filterBranch"),
        ({"processingType": "MAGIC"}, 400, "MAGIC is not one of DYNAMIC, MANUAL, SNAPSHOT"),
        ({"name": "taken"}, 400, "A list already exists with the name 'Taken'."),
        (
            {"filterBranch": branch("city", "HAS_EVER_BEEN")},
            404,
            "the operator HAS_EVER_BEEN of list filters is not built",
        ),
        ({"filterBranch": {"filters": [{"filterType": "IN_LIST"}]}}, 404, "the filter type IN_LIST is not built"),
    ],
)
def test_a_wrong_list_is_refused(empty: Fake, change: dict[str, Any], status: int, text: str) -> None:
    """What the fake cannot evaluate is told in its own words."""
    new(empty, "Taken")

    answer = empty.post(LISTS, {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"} | change)

    assert answer.status == status
    assert answer.json()["message"].startswith(text)
    assert empty.post(f"{LISTS}/search", {}).json()["total"] == 1


def test_members_are_added_and_removed_as_recorded(empty: Fake) -> None:
    """As recorded in 2026-04: only the lists of ids that are not empty."""
    empty.seed("contacts", *CONTACTS)
    path = f"{LISTS}/{new(empty, 'L')['listId']}/memberships"

    answers = [
        empty.request("PUT", f"{path}/{verb}", ids).json()
        for verb, ids in (("add", [2, 1, 9]), ("add", [1]), ("remove", [42]), ("remove", [1]))
    ]

    assert answers == [
        {"recordsIdsAdded": ["1", "2"], "recordIdsMissing": ["9"]},
        {},
        {"recordIdsMissing": ["42"]},
        {"recordIdsRemoved": ["1"]},
    ]


def test_the_members_of_a_dynamic_list_cannot_be_set(empty: Fake) -> None:
    """Its filters set them."""
    made = new(empty, "D", processingType="DYNAMIC", filterBranch=branch("city", "IS_KNOWN"))

    for verb in ("add", "remove"):
        assert empty.request("PUT", f"{LISTS}/{made['listId']}/memberships/{verb}", [1]).status == 400


def test_the_cursor_of_members_is_the_next_id_in_eight_bytes(empty: Fake) -> None:
    """As recorded in 2026-04, percent-encoded; another text is refused."""
    ids = [216_907_872_614, 216_914_751_496]
    empty.seed("contacts", *({"id": str(one)} for one in ids))
    path = f"{LISTS}/{new(empty, 'L')['listId']}/memberships"
    empty.request("PUT", f"{path}/add", ids)

    first = empty.get(f"{path}?limit=1").json()
    after = first["paging"]["next"]["after"]

    assert after == "AAAAMoEgcAg%3D"
    assert empty.get(first["paging"]["next"]["link"].removeprefix("http://api.test")).json()["results"][0] == {
        "membershipTimestamp": first["results"][0]["membershipTimestamp"],
        "recordId": str(ids[1]),
    }
    assert empty.get(f"{path}?after=AAAA").status == empty.get(f"{path}?after=!").status == 400


def test_a_list_is_renamed(empty: Fake) -> None:
    """As recorded in 2026-04: its other values stay; a name of another list is taken."""
    made, other = new(empty, "L"), new(empty, "M")
    path = f"{LISTS}/{made['listId']}/update-list-name"

    changed = empty.request("PUT", f"{path}?listName=updated%20list%20name", {})

    assert (changed.status, changed.json()) == (200, {"updatedList": made | {"name": "updated list name"}})
    assert empty.request("PUT", f"{path}?listName={other['name']}", {}).status == 400


def test_a_missing_list_is_marked_as_such(empty: Fake) -> None:
    """As recorded in 2026-04."""
    answer = empty.get(f"{LISTS}/-1")

    assert (answer.status, answer.headers["x-hubspot-notfound"]) == (404, "true")
