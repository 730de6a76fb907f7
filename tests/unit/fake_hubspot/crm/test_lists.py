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


def in_list(list_id: object, operator: str = "IN_LIST") -> dict[str, Any]:
    """A branch that asks about membership in a list."""
    return {"filterBranchType": "AND", "filters": [{"filterType": "IN_LIST", "listId": list_id, "operator": operator}]}


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
        ({"filterBranch": {"filters": [{"filterType": "CTA"}]}}, 404, "the filter type CTA is not built"),
        ({"filterBranch": {"filterBranchType": "RESTRICTED"}}, 404, "the filter branch type RESTRICTED is"),
        ({"filterBranch": {"filterBranchType": "UNIFIED_EVENTS"}}, 400, "Invalid filterBranch: a branch of type UNI"),
        (
            {"filterBranch": {"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": "4-1555805"}},
            404,
            "the event type 4-1555805 of list filters is not built",
        ),
        (
            {"filterBranch": {"filters": [{"filterType": "IN_LIST"}]}},
            400,
            "Invalid filterBranch: a filter of type IN_LIST",
        ),
        ({"filterBranch": {"filters": [5]}}, 400, "Invalid filterBranch: Expected `object`, got `int`"),
        ({"filterBranch": branch("city", "IS_BEFORE", timePoint=5)}, 400, "Invalid filterBranch: Expected `object`"),
        ({"filterBranch": in_list("77")}, 400, "There is no list 77 to filter by"),
        (
            {"filterBranch": branch("closedate", "IS_BEFORE", timePoint={"timeType": "INDEXED"})},
            404,
            "the point in time {'timeType': 'INDEXED'} of list filters is not built",
        ),
        (
            {"filterBranch": branch("city", "IS_EQUAL_TO", pruningRefineBy={"type": "RELATIVE_COMPARATIVE"})},
            404,
            "the refinement RELATIVE_COMPARATIVE of list filters is not built",
        ),
        ({"listFolderId": 9}, 400, "There is no folder 9"),
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


DAYS = {"operationType": "ROLLING_DATE_RANGE", "numberOfDays": 5}
UPDATED = {"operationType": "ROLLING_PROPERTY_UPDATED", "numberOfDays": 5}


def indexed(reference: str, **offset: int) -> dict[str, Any]:
    """A point in time that moves with the present."""
    return {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": reference}, "offset": offset}


def test_times_are_compared_with_points_spans_and_other_properties(empty: Fake) -> None:
    """Contacts closed on 5, 15 and 25 January, seen on the 20th; the first one's city changed on the 18th."""
    days = {"1": "05", "2": "15", "3": "25"}
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-01-18T00:00:00Z"})
    empty.seed(
        "contacts",
        *(
            {"id": one, "properties": {"closedate": f"2026-01-{day}T12:00:00Z", "createdate": "2026-01-10T00:00:00Z"}}
            for one, day in days.items()
        ),
    )
    empty.request("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": "Oslo"}})
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-01-20T12:00:00Z"})
    date = {"timeType": "DATE", "zoneId": "UTC", "year": 2026, "month": 1, "day": 15, "hour": 12}
    cases: tuple[tuple[str, str, dict[str, Any], list[str]], ...] = (
        ("closedate", "IS_BEFORE", {"timestamp": 1_768_500_000_000}, ["1", "2"]),
        ("closedate", "IS_BEFORE", {"timePoint": date}, ["1"]),
        ("closedate", "IS_AFTER", {"timePoint": indexed("TODAY", days=-5)}, ["2", "3"]),
        ("closedate", "IS_AFTER", {"timePoint": indexed("NOW", days=-5, hours=1)}, ["3"]),
        ("closedate", "IS_AFTER", {"year": 2026, "month": "JANUARY", "day": 20}, ["3"]),
        ("closedate", "IS_AFTER", {"comparisonPropertyName": "createdate"}, ["2", "3"]),
        ("closedate", "IS_BEFORE", {"comparisonPropertyName": "nothing"}, []),
        ("closedate", "IS_LESS_THAN_X_DAYS_AGO", DAYS | {"numberOfDays": 6}, ["2"]),
        ("closedate", "IS_MORE_THAN_X_DAYS_AGO", DAYS, ["1"]),
        ("closedate", "IS_LESS_THAN_X_DAYS_FROM_NOW", DAYS | {"numberOfDays": 6}, ["3"]),
        ("closedate", "IS_MORE_THAN_X_DAYS_FROM_NOW", DAYS | {"numberOfDays": 4}, ["3"]),
        (
            "closedate",
            "IS_BETWEEN",
            {"lowerBoundTimePoint": date, "upperBoundTimePoint": indexed("NOW", weeks=1)},
            ["2", "3"],
        ),
        ("city", "UPDATED_IN_LAST_X_DAYS", UPDATED, ["1"]),
        ("city", "NOT_UPDATED_IN_LAST_X_DAYS", UPDATED | {"includeObjectsWithNoValueSet": True}, ["2", "3"]),
        ("city", "NOT_UPDATED_IN_LAST_X_DAYS", UPDATED | {"numberOfDays": 1}, ["1"]),
    )

    for number, (name, operator, operation, expected) in enumerate(cases):
        given = branch(name, operator, **operation)
        found = members(empty, new(empty, str(number), processingType="DYNAMIC", filterBranch=given))
        assert found == expected, (name, operator, operation)


@pytest.mark.parametrize(
    ("name", "operator", "operation", "expected"),
    [
        ("city", "HAS_EVER_BEEN_EQUAL_TO", {"value": "oslo"}, ["1"]),
        ("city", "HAS_NEVER_BEEN_EQUAL_TO", {"value": "oslo"}, ["2"]),
        ("city", "HAS_NEVER_BEEN_EQUAL_TO", {"value": "oslo", "includeObjectsWithNoValueSet": True}, ["2", "3"]),
        ("city", "HAS_EVER_CONTAINED", {"value": "erg"}, ["1", "2"]),
        ("hs_persona", "HAS_EVER_BEEN_ANY_OF", {"values": ["x"]}, ["1"]),
        ("hs_persona", "HAS_EVER_BEEN_EXACTLY", {"values": ["y", "x"]}, ["1"]),
        ("hs_persona", "HAS_NEVER_CONTAINED_ALL", {"values": ["x", "y"]}, []),
        ("city", "CONTAINS_EXACTLY", {"values": ["Berg"]}, ["1", "2"]),
        ("city", "DOES_NOT_CONTAIN_EXACTLY", {"values": ["berg"]}, ["1", "2"]),
        ("city", "IS_NOT_KNOWN", {}, ["3"]),
    ],
)
def test_past_values_count_where_the_operator_asks_for_them(
    empty: Fake, name: str, operator: str, operation: dict[str, Any], expected: list[str]
) -> None:
    """The first contact lived in Oslo before, the second one did not, the third one has no city."""
    empty.seed("contacts", *CONTACTS)
    empty.app.portals.default.portal.definitions.define("0-1", "hs_persona")
    empty.request("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": "Bergen"}})

    made = new(empty, "D", processingType="DYNAMIC", filterBranch=branch(name, operator, **operation))

    assert members(empty, made) == expected


def test_lists_ask_about_lists_and_about_linked_records(empty: Fake) -> None:
    """In, not in, linked with a record that meets filters or is in a list, none of, all of, and constants."""
    empty.seed("contacts", *CONTACTS)
    empty.seed("companies", {"id": "7", "properties": {"city": "Oslo"}}, {"id": "8", "properties": {"city": "Rome"}})
    for contact, company in (("1", "7"), ("1", "8"), ("2", "8")):
        empty.request("PUT", f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    by_hand = new(empty, "H")["listId"]
    empty.request("PUT", f"{LISTS}/{by_hand}/memberships/add", ["2", "3"])
    in_oslo = new(
        empty,
        "O",
        objectTypeId="0-2",
        processingType="DYNAMIC",
        filterBranch=branch("city", "IS_EQUAL_TO", value="Oslo"),
    )
    link = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    linked = {"filterBranchType": "ASSOCIATION", "objectTypeId": "0-2", "operator": "IN_LIST", **link}
    city = branch("city", "IS_EQUAL_TO", value="Oslo")["filterBranches"][0]["filters"]
    in_company = {"filterType": "ASSOCIATION", "listId": in_oslo["listId"], "operator": "IN_LIST", **link}

    def all_with(refine: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
        one = in_company | more | ({"coalescingRefineBy": refine} if refine else {})
        return {"filterBranchType": "AND", "filters": [one]}

    cases: tuple[tuple[dict[str, Any], list[str]], ...] = (
        (in_list(by_hand), ["2", "3"]),
        (in_list(int(by_hand), "NOT_IN_LIST"), ["1"]),
        ({"filterBranchType": "OR", "filterBranches": [linked | {"filters": city}]}, ["1"]),
        ({"filterBranchType": "OR", "filterBranches": [linked | {"filters": []}]}, ["1", "2"]),
        ({"filterBranchType": "OR", "filterBranches": [linked | {"operator": "NOT_IN_LIST"}]}, ["3"]),
        (all_with(None), ["1"]),
        (all_with(None, operator="NOT_IN_LIST"), ["1", "2"]),
        (all_with({"type": "SET_OCCURRENCES", "setType": "NONE"}), ["2", "3"]),
        (all_with({"type": "SET_OCCURRENCES", "setType": "NONE_EXCLUDE_EMPTY"}), ["2"]),
        (all_with({"type": "SET_OCCURRENCES", "setType": "ALL"}, operator="NOT_IN_LIST"), ["2"]),
        (all_with({"type": "NUM_OCCURRENCES", "minOccurrences": 2}, operator="NOT_IN_LIST"), []),
        (all_with({"type": "NUM_OCCURRENCES", "minOccurrences": 0, "maxOccurrences": 0}), ["2", "3"]),
        ({"filterBranchType": "NOT_ANY", "filterBranches": [in_list(by_hand)]}, ["1"]),
        ({"filterBranchType": "NOT_ALL", "filterBranches": [in_list(by_hand), linked]}, ["1", "3"]),
        ({"filterBranchType": "AND", "filters": [{"filterType": "CONSTANT", "shouldAccept": True}]}, ["1", "2", "3"]),
    )
    for number, (given, expected) in enumerate(cases):
        made = new(empty, f"D{number}", processingType="DYNAMIC", filterBranch=given)
        assert members(empty, made) == expected, given
        if "filterBranches" in given and "operator" in given["filterBranches"][0]:
            (told,) = made["filterBranch"]["filterBranches"]
            assert (told["operator"], told["associationTypeId"], told["filterBranchOperator"]) == (
                given["filterBranches"][0]["operator"],
                279,
                "AND",
            )
    found = {one["listId"]: one["additionalProperties"] for one in empty.post(f"{LISTS}/search", {}).json()["lists"]}
    assert found[by_hand]["hs_list_reference_count"] == "4"


def test_lists_that_ask_about_each_other_contain_nothing_for_that(empty: Fake) -> None:
    """HubSpot refuses such lists; the fake at least ends."""
    empty.seed("contacts", *CONTACTS)
    first = new(empty, "A", processingType="DYNAMIC", filterBranch=branch("city", "IS_KNOWN"))
    second = new(empty, "B", processingType="DYNAMIC", filterBranch=in_list(first["listId"]))

    path = f"{LISTS}/{first['listId']}/update-list-filters"
    changed = empty.request("PUT", path, {"filterBranch": in_list(second["listId"])}).json()["updatedList"]

    assert (changed["listVersion"], changed["filterBranch"]["filters"][0]["listId"]) == (2, second["listId"])
    assert members(empty, first) == members(empty, second) == []


def test_filters_are_changed_except_where_there_are_none(empty: Fake) -> None:
    """A snapshot is taken again."""
    empty.seed("contacts", *CONTACTS)
    oslo, bergen = (branch("city", "IS_EQUAL_TO", value=city) for city in ("Oslo", "Bergen"))
    snapshot, by_hand = new(empty, "S", processingType="SNAPSHOT", filterBranch=oslo), new(empty, "H")

    answers = [
        empty.request("PUT", f"{LISTS}/{one['listId']}/update-list-filters", {"filterBranch": bergen})
        for one in (snapshot, by_hand)
    ]

    assert [one.status for one in answers] == [200, 400]
    assert members(empty, snapshot) == ["2"]


def test_a_list_is_found_by_its_name_and_restored(empty: Fake) -> None:
    """In any case of the name; deleted ones are not found until they are restored."""
    made = new(empty, "My list")
    path = f"{LISTS}/object-type-id/contacts/name/MY%20LIST"

    found = empty.get(path).json()["list"]
    empty.request("DELETE", f"{LISTS}/{made['listId']}")
    gone = empty.get(path)
    restored = empty.request("PUT", f"{LISTS}/{made['listId']}/restore")

    assert found == made
    assert (gone.status, gone.json()["subCategory"]) == (404, "ListError.LIST_NAME_DOES_NOT_EXIST")
    assert (restored.status, empty.get(path).status) == (204, 200)
    assert empty.request("PUT", f"{LISTS}/99/restore").status == 404


def test_what_is_given_with_a_list_is_kept(empty: Fake) -> None:
    """Permissions, settings and custom properties; a search can be narrowed to types and ids."""
    more = {
        "listPermissions": {"usersWithEditAccess": [5]},
        "membershipSettings": {"membershipTeamId": 3},
        "customProperties": {"colour": "red"},
    }
    made, other = new(empty, "L", **more), new(empty, "C", objectTypeId="0-2")

    assert made["listPermissions"] == {"teamsWithEditAccess": [], "usersWithEditAccess": [5]}
    assert made["membershipSettings"] == {"membershipTeamId": 3, "includeUnassigned": None}
    narrowed = (
        empty.post(f"{LISTS}/search", body).json()["lists"]
        for body in ({"objectTypeId": "companies"}, {"listIds": [made["listId"]]})
    )
    assert [[one["listId"] for one in lists] for lists in narrowed] == [[other["listId"]], [made["listId"]]]
    (found,) = empty.post(f"{LISTS}/search", {"query": "l", "additionalProperties": ["colour"]}).json()["lists"]
    assert found["additionalProperties"]["colour"] == "red"
    (bare,) = empty.post(f"{LISTS}/search", {"query": "l"}).json()["lists"]
    assert "colour" not in bare["additionalProperties"]


def test_all_lists_are_listed_by_their_ids(empty: Fake) -> None:
    """In 2026-09 alone; a cursor belongs to what was asked for."""
    path = "/crm/lists/2026-09/all"
    ids = [new(empty, name)["listId"] for name in "CAB"]
    new(empty, "D", objectTypeId="0-2")
    body = {"objectTypeId": "0-1", "processingTypes": ["MANUAL"], "count": 2}

    first = empty.post(path, body).json()
    after = first["paging"]["next"]["after"]
    second = empty.post(path, body | {"after": after}).json()
    wrong = [
        empty.post(path, given)
        for given in (body | {"after": after, "objectTypeId": "0-2"}, {"after": "!"}, {"processingTypes": ["MAGIC"]})
    ]

    assert [one["listId"] for one in first["results"] + second["results"]] == ids
    assert tuple(second) == ("results",)
    assert tuple(first["results"][0]) == (*HEAD, "additionalProperties")
    assert [(one.status, one.json()["subCategory"]) for one in wrong] == [
        (400, "ListError.INVALID_CURSOR"),
        (400, "ListError.INVALID_CURSOR"),
        (400, "ListError.INVALID_PROCESSING_TYPE"),
    ]
    assert len(empty.post(path, {}).json()["results"]) == 4
    assert empty.post("/crm/v3/lists/all", {}).status in (404, 405)


def test_a_filter_by_what_no_record_has_is_noted(empty: Fake) -> None:
    """HubSpot's answer is not known; the journal tells."""
    new(empty, "L", processingType="DYNAMIC", filterBranch=branch("favourite_colour", "IS_KNOWN"))

    notes = [one.get("note") for one in empty.get("/_fake/journal").json()["entries"]]

    assert "the list filters by what its records do not have: favourite_colour" in notes


def test_members_are_changed_at_once_copied_and_cleared(empty: Fake) -> None:
    """What is missing is told; a dynamic list takes nobody."""
    empty.seed("contacts", *CONTACTS)
    one, other = new(empty, "A"), new(empty, "B")
    dynamic = new(empty, "D", processingType="DYNAMIC", filterBranch=branch("city", "IS_KNOWN"))
    path = f"{LISTS}/{one['listId']}/memberships"
    empty.request("PUT", f"{path}/add", ["3"])

    body = {"recordIdsToAdd": ["1", 2, "99"], "recordIdsToRemove": ["3", "4"]}
    changed = empty.request("PUT", f"{path}/add-and-remove", body).json()
    copied = empty.request("PUT", f"{LISTS}/{other['listId']}/memberships/add-from/{dynamic['listId']}")

    assert changed == {"recordsIdsAdded": ["1", "2"], "recordIdsRemoved": ["3"], "recordIdsMissing": ["99", "4"]}
    assert (members(empty, one), copied.status, members(empty, other)) == (["1", "2"], 204, ["1", "2"])
    assert empty.request("PUT", f"{LISTS}/{dynamic['listId']}/memberships/add-and-remove", body).status == 400
    companies = new(empty, "C", objectTypeId="0-2")
    assert empty.request("PUT", f"{path}/add-from/{companies['listId']}").status == 400
    assert empty.request("DELETE", path).status == 204
    assert members(empty, one) == []


def test_members_come_in_the_order_in_which_they_were_added(empty: Fake) -> None:
    """Page by page."""
    empty.seed("contacts", *CONTACTS)
    path = f"{LISTS}/{new(empty, 'A')['listId']}/memberships"
    empty.request("PUT", "/_fake/clock", {"freeze": True})
    for one in ("3", "1", "2"):
        empty.request("PUT", f"{path}/add", [one])
        empty.request("PUT", "/_fake/clock", {"advanceMs": 1000})
    found, after = [], ""

    while True:
        page = empty.get(f"{path}/join-order?limit=1&after={after}").json()
        found += [row["recordId"] for row in page["results"]]
        if "paging" not in page:
            break
        after = page["paging"]["next"]["after"]
        assert f"/memberships/join-order?limit=1&after={after}" in page["paging"]["next"]["link"]

    assert found == ["3", "1", "2"]


def test_a_record_tells_its_lists(empty: Fake) -> None:
    """One by one and in a batch; a record that does not exist is in none."""
    empty.seed("contacts", *CONTACTS)
    by_hand = new(empty, "A")
    new(empty, "D", processingType="DYNAMIC", filterBranch=branch("city", "IS_EQUAL_TO", value="Oslo"))
    new(empty, "C", objectTypeId="0-2")
    empty.request("PUT", f"{LISTS}/{by_hand['listId']}/memberships/add", ["1", "2"])

    first = empty.get(f"{LISTS}/records/0-1/1/memberships").json()
    inputs = [{"objectTypeId": "contacts", "recordId": one} for one in ("2", "99")]
    batch = empty.post(f"{LISTS}/records/memberships/batch/read", {"inputs": inputs}).json()

    assert ([row["listId"] for row in first["results"]], first["total"]) == (["1", "2"], 2)
    assert list(first["results"][0]) == [
        "listId",
        "listVersion",
        "isPublicList",
        "firstAddedTimestamp",
        "lastAddedTimestamp",
    ]
    assert [
        (row["objectTypeId"], row["recordId"], [one["listId"] for one in row["recordListMemberships"]])
        for row in batch["results"]
    ] == [("0-1", "2", ["1"]), ("0-1", "99", [])]


def test_lists_lie_in_folders(empty: Fake) -> None:
    """Folders are made, renamed, moved, and deleted when they are empty."""
    folders = f"{LISTS}/folders"
    outer = empty.post(folders, {"name": "Outer"}).json()["folder"]
    inner = empty.post(folders, {"name": "Inner", "parentFolderId": outer["id"]}).json()["folder"]
    inside = new(empty, "L", listFolderId=int(inner["id"]))
    loose = new(empty, "M")
    empty.request("PUT", f"{folders}/move-list", {"listId": loose["listId"], "newFolderId": outer["id"]})

    root = empty.get(folders).json()["folder"]
    renamed = empty.request("PUT", f"{folders}/{inner['id']}/rename?newFolderName=Deep").json()["folder"]
    circle = empty.request("PUT", f"{folders}/{outer['id']}/move/{inner['id']}")
    full = empty.request("DELETE", f"{folders}/{inner['id']}")

    assert (root["id"], root["childLists"], [one["id"] for one in root["childNodes"]]) == ("0", [], [outer["id"]])
    assert root["childNodes"][0]["childLists"] == [int(loose["listId"])]
    assert root["childNodes"][0]["childNodes"][0]["childLists"] == [int(inside["listId"])]
    assert (renamed["name"], renamed["parentFolderId"]) == ("Deep", outer["id"])
    assert (circle.status, full.status) == (400, 400)
    found = {one["name"]: one["additionalProperties"] for one in empty.post(f"{LISTS}/search", {}).json()["lists"]}
    assert (found["L"]["hs_folder_name"], found["M"]["hs_folder_name"]) == ("Deep", "Outer")
    empty.request("PUT", f"{folders}/move-list", {"listId": inside["listId"], "newFolderId": "0"})
    assert empty.request("PUT", f"{folders}/{inner['id']}/move/0").json()["folder"]["parentFolderId"] == "0"
    assert empty.request("DELETE", f"{folders}/{inner['id']}").status == 204
    assert empty.get(f"{folders}?folderId={inner['id']}").status == 404


def test_a_dynamic_list_becomes_a_static_one_on_its_day(empty: Fake) -> None:
    """With the members that it has then; a plan can be read and cancelled."""
    empty.seed("contacts", *CONTACTS)
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-03-01T00:00:00Z"})
    made = new(empty, "D", processingType="DYNAMIC", filterBranch=branch("city", "IS_KNOWN"))
    path = f"{LISTS}/{made['listId']}"
    day = {"conversionType": "CONVERSION_DATE", "year": 2026, "month": 3, "day": 2}

    none = empty.get(f"{path}/schedule-conversion").status
    planned = empty.request("PUT", f"{path}/schedule-conversion", day).json()
    refused = [
        empty.request("PUT", f"{path}/schedule-conversion", wrong).status
        for wrong in ({"conversionType": "CONVERSION_DATE"}, day | {"month": 2, "day": 30}, {"conversionType": "X"})
    ]
    empty.request("DELETE", f"{path}/schedule-conversion")
    cancelled = empty.get(f"{path}/schedule-conversion").status
    empty.request("PUT", f"{path}/schedule-conversion", day)
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-03-02T00:00:00Z"})
    converted = empty.get(path).json()["list"]
    empty.request("DELETE", "/crm/v3/objects/contacts/1")

    assert (none, cancelled, refused) == (404, 404, [400, 400, 400])
    assert planned == {"listId": made["listId"], "requestedConversionTime": day}
    assert converted["processingType"] == "SNAPSHOT"
    assert members(empty, made) == ["1", "2"]
    assert "convertedAt" in empty.get(f"{path}/schedule-conversion").json()
    quiet = {"conversionType": "INACTIVITY", "timeUnit": "DAY", "offset": 1}
    assert empty.request("PUT", f"{path}/schedule-conversion", quiet).status == 400


def test_ids_of_the_first_version_lead_to_lists(empty: Fake) -> None:
    """They are the same; those that do not exist are told."""
    one = new(empty, "A")["listId"]

    assert empty.get(f"{LISTS}/idmapping?legacyListId={one}").json() == {"legacyListId": one, "listId": one}
    assert empty.get(f"{LISTS}/idmapping?legacyListId=99").status == 404
    assert empty.post(f"{LISTS}/idmapping", [one, 99]).json() == {
        "legacyListIdsToIdsMapping": [{"legacyListId": one, "listId": one}],
        "missingLegacyListIds": ["99"],
    }
    sizes = empty.get(f"{LISTS}/{one}/size-and-edits-history/between").json()
    assert ([row["size"] for row in sizes["sizeHistory"]], sizes["editHistory"]) == ([0], [])
