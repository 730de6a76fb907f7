"""Search: operators, limits, the maximum number of results, the lag of the index."""

from typing import Any

import pytest

from tests.support.contacts import BRIAN_ID, MARIA_ID
from tests.unit.fake_hubspot.inprocess import Fake

SEARCH = "/crm/v3/objects/contacts/search"
PEOPLE = (
    {"id": 1, "properties": {"firstname": "Ada", "city": "Oslo", "associatedcompanyid": "5", "lifecyclestage": "lead"}},
    {"id": 2, "properties": {"firstname": "ada-lise", "city": "oslo", "associatedcompanyid": "40"}},
    {"id": 3, "properties": {"firstname": "Bo", "city": "Bergen", "email": "bo.berg@example.com"}},
    {"id": 4, "properties": {"firstname": "", "lifecyclestage": "customer", "closedate": "2026-01-31T12:00:00Z"}},
)


def condition(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """Return one filter."""
    given = {"propertyName": name, "operator": operator, **more}
    return given if value is None else given | {"value": value}


def found(fake: Fake, *filters: dict[str, Any], **more: Any) -> list[int]:
    """Return the ids of the results in ascending order."""
    body = {"filterGroups": [{"filters": list(filters)}], "limit": 200, **more}
    answer = fake.post(SEARCH, body)
    assert answer.status == 200, answer.content
    return sorted(int(row["id"]) for row in answer.json()["results"])


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (condition("city", "EQ", "OSLO"), [1, 2]),
        (condition("city", "NEQ", "oslo"), [3, 4]),
        (condition("lifecyclestage", "EQ", "LEAD"), []),
        (condition("lifecyclestage", "EQ", "lead"), [1]),
        (condition("associatedcompanyid", "GT", 5), [2]),
        (condition("associatedcompanyid", "GTE", "5"), [1, 2]),
        (condition("associatedcompanyid", "LT", "40"), [1]),
        (condition("associatedcompanyid", "LTE", "40"), [1, 2]),
        (condition("associatedcompanyid", "BETWEEN", "6", highValue="40"), [2]),
        (condition("city", "IN", values=["bergen", "oslo"]), [1, 2, 3]),
        (condition("city", "NOT_IN", values=["oslo"]), [3, 4]),
        (condition("firstname", "HAS_PROPERTY"), [1, 2, 3]),
        (condition("firstname", "NOT_HAS_PROPERTY"), [4]),
        (condition("firstname", "CONTAINS_TOKEN", "ada*"), [1, 2]),
        (condition("firstname", "CONTAINS_TOKEN", "ada"), [1]),
        (condition("firstname", "NOT_CONTAINS_TOKEN", "ada*"), [3, 4]),
        (condition("email", "CONTAINS_TOKEN", "*@example.com"), [3]),
        (condition("email", "EQ", "BO.berg@example.com"), [3]),
        (condition("closedate", "GTE", "1769860800000"), [4]),
        (condition("closedate", "LT", "2026-01-31T12:00:00.001Z"), [4]),
        (condition("hs_object_id", "GT", "2"), [3, 4]),
        (condition("hs_object_id", "BETWEEN", "2", highValue="3"), [2, 3]),
        (condition("hs_object_id", "IN", values=["1", "4"]), [1, 4]),
    ],
)
def test_each_operator(empty: Fake, wanted: dict[str, Any], ids: list[int]) -> None:
    """On text, enumerations, numbers, times and ids."""
    empty.seed("contacts", *PEOPLE)

    assert found(empty, wanted) == ids


def test_filters_in_a_group_must_all_hold_and_groups_are_alternatives(empty: Fake) -> None:
    """AND within a group, OR between groups; top-level filters form a group."""
    empty.seed("contacts", *PEOPLE)
    groups = [{"filters": [condition("city", "EQ", "bergen")]}]

    assert found(empty, condition("city", "EQ", "oslo"), condition("associatedcompanyid", "EQ", "5")) == [1]
    assert found(empty, filterGroups=groups, filters=[condition("lifecyclestage", "EQ", "customer")]) == [3, 4]


def test_a_group_without_filters_is_none(empty: Fake) -> None:
    """Beside another group, and alone."""
    empty.seed("contacts", *PEOPLE)
    oslo = {"filters": [condition("city", "EQ", "oslo")]}

    assert found(empty, filterGroups=[{"filters": []}, oslo]) == [1, 2]
    assert found(empty, filterGroups=[oslo, {}], filters=[]) == [1, 2]
    assert found(empty, filterGroups=[{"filters": []}]) == [1, 2, 3, 4]


def test_a_query_looks_into_the_default_properties(empty: Fake) -> None:
    """A record matches if it contains all the words."""
    empty.seed("contacts", *PEOPLE)

    assert found(empty, query="berg bo") == [3]
    assert found(empty, query="nobody") == []


def test_without_a_sort_the_oldest_come_first(empty: Fake) -> None:
    """By time of creation, not by id."""
    times = [(1, "2026-03-01T00:00:00Z"), (2, "2026-01-01T00:00:00Z"), (3, "2026-02-01T00:00:00Z")]
    empty.seed("contacts", *({"id": one, "properties": {"createdate": at}} for one, at in times))

    rows = empty.post(SEARCH, {}).json()["results"]
    downward = empty.post(SEARCH, {"sorts": ["-createdate"]}).json()["results"]

    assert [row["id"] for row in rows] == ["2", "3", "1"]
    assert [row["id"] for row in downward] == ["1", "3", "2"]


def test_a_page_has_an_offset_as_cursor_and_no_link(empty: Fake) -> None:
    """`total, results, paging`."""
    empty.seed("contacts", *PEOPLE)

    first = empty.post(SEARCH, {"limit": 3}).json()
    last = empty.post(SEARCH, {"limit": 3, "after": first["paging"]["next"]["after"]}).json()

    assert list(first) == ["total", "results", "paging"]
    assert first["paging"] == {"next": {"after": "3"}}
    assert (len(last["results"]), "paging" in last) == (1, False)


CITY = condition("city", "EQ", "x")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"limit": 201}, "limit must be between 1 and 200"),
        ({"limit": 0}, "limit must be between 1 and 200"),
        ({"after": "9999", "limit": 2}, "Paging ends at 10000 results"),
        ({"after": "x"}, "after must be a number"),
        ({"sorts": ["city", "phone"]}, "Only one sort is allowed"),
        ({"sorts": ["city", {"propertyName": "phone"}, "-city"]}, "Only one sort is allowed"),
        ({"filterGroups": [{"filters": [CITY]}] * 6}, "There may be 5 filter groups, not 6"),
        ({"filterGroups": [{"filters": [CITY] * 7}]}, "There may be 6 filters in a group and 18 in total"),
        ({"filterGroups": [{"filters": [CITY] * 6}] * 4}, "There may be 6 filters in a group and 18 in total"),
        ({"filters": [condition("city", "LIKE", "x")]}, "LIKE is no operator"),
        ({"filters": [condition("city", "BETWEEN", "x")]}, "value must be non-empty and non-blank"),
        ({"filters": [condition("city", "IN")]}, "value must be non-empty and non-blank"),
        ({"query": "x" * 3001}, "The request body is longer than 3000 characters"),
    ],
)
def test_what_is_too_much_is_refused(fake: Fake, body: dict[str, Any], message: str) -> None:
    """400, VALIDATION_ERROR; paging ends at 10,000 results."""
    answer = fake.post(SEARCH, body)

    assert answer.status == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert message in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 200},
        {"limit": 1},
        {"after": "9998", "limit": 2},
        {"sorts": ["city"]},
        {"filterGroups": [{"filters": [CITY]}] * 5},
        {"filterGroups": [{"filters": [CITY] * 6}] * 3},
    ],
)
def test_what_is_just_not_too_much_is_answered(fake: Fake, body: dict[str, Any]) -> None:
    assert fake.post(SEARCH, body).status == 200


def test_a_blank_value_and_a_missing_operator_have_hubspots_words(fake: Fake) -> None:
    """As recorded."""
    blank = fake.post(SEARCH, {"filters": [condition("phone", "EQ", "")]}).json()["message"]
    unset = fake.post(SEARCH, {"filters": [{}]}).json()["message"]

    assert blank.endswith("value must be non-empty and non-blank, if specified {propertyName: 'phone'}")
    assert unset.endswith("Cannot build Filter, some of required attributes are not set [propertyName, operator]")


def test_archived_records_and_links_never_appear(fake: Fake) -> None:
    """Neither does history."""
    fake.request("DELETE", f"/crm/v3/objects/contacts/{BRIAN_ID}")

    rows = fake.post(SEARCH, {"properties": ["email"]}).json()["results"]

    assert [row["id"] for row in rows] == [MARIA_ID]


def test_a_lagging_index_sees_the_past(fake: Fake) -> None:
    """New contacts are missing, changed ones match by their old values, archived ones still count; later it catches up.

    Source: recording (grouparoo 2022-02): the rows have the new values, and an archived record has none.
    """
    fake.request("PUT", "/_fake/clock", {"freeze": True})
    fake.post("/_fake/changes/search-lag", {"lagMs": 30_000})
    made = fake.post("/crm/v3/objects/contacts", {"properties": {"firstname": "New"}}).json()["id"]
    fake.request("PATCH", f"/crm/v3/objects/contacts/{BRIAN_ID}", {"properties": {"firstname": "Bryan"}})
    fake.request("DELETE", f"/crm/v3/objects/contacts/{MARIA_ID}")

    def seen() -> dict[str, str]:
        rows = fake.post(SEARCH, {"properties": ["firstname"]}).json()["results"]
        return {row["id"]: row["properties"]["firstname"] for row in rows}

    assert seen() == {BRIAN_ID: "Bryan"}
    old, new, gone = (
        fake.post(SEARCH, {"filters": [condition("firstname", "EQ", name)]}).json()
        for name in ("Brian", "Bryan", "Maria")
    )
    assert (old["total"], [row["properties"]["firstname"] for row in old["results"]]) == (1, ["Bryan"])
    assert new == {"total": 0, "results": []}
    assert gone == {"total": 1, "results": []}
    assert len(fake.get("/crm/v3/objects/contacts").json()["results"]) == 2
    fake.request("PUT", "/_fake/clock", {"advanceMs": 30_000})
    assert seen() == {BRIAN_ID: "Bryan", made: "New"}


def test_a_batch_update_gives_identical_times_that_search_must_page_through(empty: Fake) -> None:
    """As in airbyte #43317."""
    empty.seed("contacts", *({"id": number} for number in range(1, 31)))

    changed = empty.post("/_fake/changes/touch", {"properties": {"city": "Oslo"}}).json()["changed"]

    rows = empty.post(SEARCH, {"limit": 30, "sorts": ["lastmodifieddate"]}).json()["results"]
    assert changed == 30
    assert len({row["updatedAt"] for row in rows}) == 1
    assert [int(row["id"]) for row in rows] == list(range(1, 31))


@pytest.mark.parametrize("kind", ["products", "deals", "tickets"])
def test_a_written_time_of_creation_is_the_one_that_search_knows(empty: Fake, kind: str) -> None:
    """At creation and by a change; by a filter and in the order of a sort."""
    path = f"/crm/v3/objects/{kind}"
    required = {"products": {"name": "x"}, "deals": {"dealname": "x"}, "tickets": {"hs_pipeline_stage": "1"}}[kind]
    times = ["2020-01-01T00:00:00Z", "2019-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]
    first, second, third = (
        empty.post(path, {"properties": required | {"createdate": at}}).json()["id"] for at in times
    )
    changed = empty.request("PATCH", f"{path}/{first}", {"properties": {"createdate": "2018-01-01T00:00:00Z"}}).json()

    early = {"filters": [condition("createdate", "LTE", "2019-01-01T00:00:00Z")]}
    rows = empty.post(f"{path}/search", early).json()["results"]
    downward = empty.post(f"{path}/search", {"sorts": ["-createdate"]}).json()["results"]

    assert changed["createdAt"] == "2018-01-01T00:00:00Z"
    assert [row["id"] for row in rows] == [first, second]
    assert [row["id"] for row in downward] == [third, second, first]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"limit": 200}, 200),
        ({"limit": 201}, 400),
        ({"limit": 1}, 200),
        ({"limit": 0}, 400),
        ({"after": "9990", "limit": 10}, 200),
        ({"after": "9991", "limit": 10}, 400),
        ({"after": 9990}, 200),
        ({"filterGroups": [{"filters": [condition("city", "EQ", "x")]}] * 5}, 200),
        ({"filterGroups": [{"filters": [condition("city", "EQ", "x")] * 6}]}, 200),
        ({"filterGroups": [{"filters": [condition("city", "EQ", "x")] * 6}] * 3}, 200),
        (
            {
                "filterGroups": [{"filters": [condition("city", "EQ", "x")] * 6}] * 3,
                "filters": [condition("a", "EQ", "x")],
            },
            400,
        ),
        ({"filterGroups": [{"filters": []}]}, 200),
        ({"filters": [condition("city", "BETWEEN", "x", highValue="y")]}, 200),
        ({"filters": [condition("city", "BETWEEN", highValue="y")]}, 400),
        ({"filters": [condition("city", "eq", "x")]}, 200),
        ({"filters": [condition("city", "EQ", " ")]}, 400),
        ({"filters": [condition("city", "NEQ", "")]}, 400),
        ({"filters": [condition("city", "IN", values=[])]}, 400),
        ({"filters": [condition("city", "HAS_PROPERTY")]}, 200),
        ({"filters": [condition("city", "EQ", 0)]}, 200),
        ({"sorts": ["city"]}, 200),
        ({"sorts": []}, 200),
    ],
)
def test_what_is_just_allowed_is_answered(fake: Fake, body: dict[str, Any], status: int) -> None:
    """At each limit and one beyond."""
    assert fake.post(SEARCH, body).status == status


@pytest.mark.parametrize(("length", "status"), [(3000, 200), (3001, 400)])
def test_a_body_has_3000_characters_at_most(fake: Fake, length: int, status: int) -> None:
    """Counted as sent."""
    body = b'{"query": "' + b"x" * (length - 13) + b'"}'

    assert fake.post(SEARCH, body).status == status


def test_a_search_has_ten_rows_unless_it_asks_for_others(empty: Fake) -> None:
    """The last page has no cursor, and one that ends exactly there has none either."""
    empty.seed("contacts", *({"id": number} for number in range(1, 21)))

    first = empty.post(SEARCH, {}).json()
    second = empty.post(SEARCH, {"after": first["paging"]["next"]["after"]}).json()

    assert (len(first["results"]), first["total"], first["paging"]["next"]) == (10, 20, {"after": "10"})
    assert ([row["id"] for row in second["results"]], "paging" in second) == ([str(n) for n in range(11, 21)], False)


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("firstname", [1, 2, 3, 4]),
        ("+firstname", [1, 2, 3, 4]),
        ("-firstname", [4, 3, 2, 1]),
        ({"propertyName": "firstname"}, [1, 2, 3, 4]),
        ({"propertyName": "firstname", "direction": "ASCENDING"}, [1, 2, 3, 4]),
        ({"propertyName": "firstname", "direction": "DESCENDING"}, [4, 3, 2, 1]),
        ({"propertyName": "firstname", "direction": "desc"}, [4, 3, 2, 1]),
        ({"propertyName": "firstname", "direction": "asc"}, [1, 2, 3, 4]),
    ],
)
def test_a_sort_has_a_direction_in_each_spelling(empty: Fake, sort: Any, ids: list[int]) -> None:
    """As text or as an object."""
    empty.seed("contacts", *PEOPLE)

    rows = empty.post(SEARCH, {"sorts": [sort]}).json()["results"]

    assert [int(row["id"]) for row in rows] == ids


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("contacts", name) for name in ("firstname", "lastname", "email", "phone", "company", "mobilephone", "fax")),
        *(("companies", name) for name in ("website", "phone", "name", "domain")),
        *(("deals", name) for name in ("dealname", "description", "dealtype", "pipeline", "dealstage")),
        *(("tickets", name) for name in ("subject", "content", "hs_ticket_category")),
        *(("products", name) for name in ("name", "description", "price", "hs_sku")),
        *(("line_items", name) for name in ("name", "description", "hs_sku")),
    ],
)
def test_a_query_looks_into_these_properties_of_each_type(empty: Fake, kind: str, name: str) -> None:
    """And into no other."""
    empty.seed(kind, {"id": 1, "properties": {name: "Xylo 12"}}, {"id": 2, "properties": {"zzz": "Xylo 12"}})

    rows = empty.post(f"/crm/v3/objects/{kind}/search", {"query": "xylo"}).json()["results"]

    assert [row["id"] for row in rows] == ["1"]


@pytest.mark.parametrize(
    ("body", "page"),
    [
        ({}, 1),
        ({"after": 0}, 1),
        ({"after": "30"}, 4),
        ({"after": 5, "limit": 2}, 3),
        ({"after": 1, "limit": 1}, 2),
        ({"after": 29}, 3),
        ({"after": 20, "limit": -1}, 1),
        ({"after": 20, "limit": 0}, 3),
        ({"after": "x", "limit": 1}, 1),
        ({"after": 20, "limit": "x"}, 1),
        (b"{", 1),
    ],
)
def test_the_journal_has_the_page_that_a_search_asks_for(empty: Fake, body: Any, page: int) -> None:
    """As if every page before had been full, even if the search is refused."""
    empty.post(SEARCH, body)

    (entry,) = empty.portal.journal
    assert (entry.route, entry.page) == ("objects.search", page)


def test_a_cursor_that_was_handed_out_leads_to_its_own_page(empty: Fake) -> None:
    """Whatever limit the next search has."""
    empty.seed("contacts", *PEOPLE)
    for body in ({"limit": 3}, {"limit": 1, "after": 3}):
        empty.post(SEARCH, body)

    assert [entry.page for entry in empty.portal.journal][-2:] == [1, 2]


def test_the_same_search_of_another_type_finds_others(empty: Fake) -> None:
    """Pages are cached by what is searched and by the whole request, until something changes."""
    empty.seed("contacts", *PEOPLE)
    empty.seed("companies", {"id": 9})
    path = "/crm/v3/objects/companies/search"

    def totals() -> list[int]:
        wanted = {"filters": [condition("hs_object_id", "LT", 3)]}
        return [empty.post(*each).json()["total"] for each in ((SEARCH, {}), (path, {}), (SEARCH, wanted))]

    assert [totals(), totals()] == [[4, 1, 2]] * 2
    empty.seed("companies", {"id": 1})
    assert totals() == [4, 2, 2]


def test_the_document_describes_searches(empty: Fake) -> None:
    """Under every spelling of their path: name, summary, body and response."""
    document = empty.get("/_fake/openapi.json").json()
    paths = [path for path in document["paths"] if path.endswith("/{objectType}/search")]

    assert paths == [
        "/crm/v3/objects/{objectType}/search",
        "/crm/objects/v3/{objectType}/search",
        "/crm/objects/2025-09/{objectType}/search",
        "/crm/objects/2026-03/{objectType}/search",
        "/crm/objects/2026-09/{objectType}/search",
        "/crm/v4/objects/{objectType}/search",
    ]
    for path in paths:
        (method,) = document["paths"][path]
        search = document["paths"][path]["post"]
        assert (method, search["operationId"], search["summary"]) == (
            "post",
            f"objects.search:POST:{path}",
            "Search records",
        )
        assert search["requestBody"]["content"]["application/json"]["schema"] == {
            "$ref": "#/components/schemas/SearchInput"
        }
        found = search["responses"]["200"]["content"]["application/json"]["schema"]
        assert found == {"$ref": "#/components/schemas/SearchResponse"}
    schemas = document["components"]["schemas"]
    assert schemas["SortInput"]["properties"]["direction"]["default"] == "ASCENDING"
    assert schemas["GroupInput"]["properties"]["filters"]["default"] == []
    assert set(schemas["FilterInput"]["properties"]) == {"propertyName", "operator", "value", "highValue", "values"}
    fields = {"filterGroups", "filters", "sorts", "query", "properties", "limit", "after"}
    assert set(schemas["SearchInput"]["properties"]) == fields


def test_a_search_needs_the_right_to_read_its_type_and_has_limits_of_its_own(empty: Fake) -> None:
    """Five in a second."""
    token = empty.post("/_fake/tokens", {"scopes": ["crm.objects.companies.read"]}).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    empty.request("PUT", "/_fake/clock", {"freeze": True})
    empty.request("PUT", "/_fake/limits", {"enforced": True})

    assert empty.post("/crm/v3/objects/companies/search", {}, headers=headers).status == 200
    assert empty.post(SEARCH, {}, headers=headers).status == 403
    answers = [empty.post(SEARCH, {}) for _ in range(6)]
    assert answers[-1].status == 429
    assert answers[-1].json()["policyName"] == "SECONDLY"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"operator": "EQ"}, "Cannot build Filter, some of required attributes are not set [propertyName]"),
        ({"propertyName": "city"}, "Cannot build Filter, some of required attributes are not set [operator]"),
        (
            condition("city", "like", "x"),
            "like is no operator; there are BETWEEN, CONTAINS_TOKEN, EQ, GT, GTE, HAS_PROPERTY, IN, LT, LTE, NEQ, "
            "NOT_CONTAINS_TOKEN, NOT_HAS_PROPERTY, NOT_IN",
        ),
    ],
)
def test_a_filter_that_cannot_be_built_says_why(fake: Fake, given: dict[str, Any], message: str) -> None:
    answer = fake.post(SEARCH, {"filters": [given]})

    assert (answer.status, answer.json()["message"]) == (400, f"Invalid input JSON on line 1, column 1: {message}")


@pytest.mark.parametrize(
    ("operator", "more", "status"),
    [
        *((one, {"value": "x"}, 200) for one in ("EQ", "NEQ", "LT", "LTE", "GT", "GTE")),
        *((one, {"value": "x"}, 200) for one in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")),
        *((one, {"value": " "}, 400) for one in ("EQ", "NEQ", "LT", "LTE", "GT", "GTE")),
        *((one, {}, 400) for one in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")),
        *((one, {}, 200) for one in ("HAS_PROPERTY", "NOT_HAS_PROPERTY")),
        *((one, {"values": ["x"]}, 200) for one in ("IN", "NOT_IN")),
        *((one, {"value": "x"}, 400) for one in ("IN", "NOT_IN")),
        ("BETWEEN", {"value": "x", "highValue": "y"}, 200),
        ("BETWEEN", {"value": "x"}, 400),
        ("BETWEEN", {"highValue": "x"}, 400),
        ("BETWEEN", {"value": "", "highValue": ""}, 400),
    ],
)
def test_each_operator_needs_its_values(fake: Fake, operator: str, more: dict[str, Any], status: int) -> None:
    """One, none, several or two."""
    assert fake.post(SEARCH, {"filters": [{"propertyName": "city", "operator": operator} | more]}).status == status


def test_values_of_filters_may_be_numbers(empty: Fake) -> None:
    """Single ones, bounds and members."""
    empty.seed("contacts", *PEOPLE)

    assert found(empty, condition("associatedcompanyid", "EQ", 40)) == [2]
    assert found(empty, condition("associatedcompanyid", "BETWEEN", 5, highValue=6)) == [1]
    assert found(empty, condition("associatedcompanyid", "IN", values=[5, 40])) == [1, 2]


def test_a_search_returns_the_properties_that_it_asks_for(empty: Fake) -> None:
    """And the default ones if it asks for none."""
    empty.seed("contacts", PEOPLE[0])

    (asked,) = empty.post(SEARCH, {"properties": ["city"]}).json()["results"]
    (default,) = empty.post(SEARCH, {}).json()["results"]

    assert asked["properties"]["city"] == "Oslo"
    assert "firstname" not in asked["properties"]
    assert "city" not in default["properties"]
    assert default["properties"]["firstname"] == "Ada"


def test_a_page_of_a_lagging_index_may_have_fewer_rows_than_it_counts(empty: Fake) -> None:
    """A record that was archived in the meantime leaves a gap, and the walk goes on."""
    empty.seed("contacts", *PEOPLE)
    empty.request("PUT", "/_fake/clock", {"freeze": True})
    empty.post("/_fake/changes/search-lag", {"lagMs": 60_000})
    empty.request("DELETE", "/crm/v3/objects/contacts/1")

    first = empty.post(SEARCH, {"limit": 2}).json()
    second = empty.post(SEARCH, {"limit": 2, "after": first["paging"]["next"]["after"]}).json()

    assert (first["total"], [row["id"] for row in first["results"]]) == (4, ["2"])
    assert (second["total"], [row["id"] for row in second["results"]]) == (4, ["3", "4"])


LINKED_CASES: list[tuple[dict[str, Any], list[int]]] = [
    (condition("associations.contact", "EQ", "11"), [1, 2]),
    (condition("associations.contact", "EQ", 11), [1, 2]),
    (condition("associations.CONTACTS", "EQ", 12), [2]),
    (condition("associations.0-1", "IN", values=["11", 12]), [1, 2]),
    (condition("associations.contact", "EQ", "13"), []),
    (condition("associations.contact", "EQ", "nobody"), []),
    (condition("associations.contact", "NEQ", "12"), [1, 3]),
    (condition("associations.contact", "NOT_IN", values=["11"]), [3]),
    (condition("associations.contact", "HAS_PROPERTY"), [1, 2]),
    (condition("associations.contact", "NOT_HAS_PROPERTY"), [3]),
    (condition("associations.ticket", "HAS_PROPERTY"), []),
]


@pytest.mark.parametrize(("wanted", "ids"), LINKED_CASES)
def test_a_search_finds_records_by_their_links(empty: Fake, wanted: dict[str, Any], ids: list[int]) -> None:
    """By an id as a text or as a number; `after` too may be a number.

    Source: recording (hubspot-api-ruby 2022-11 and 2024-12).
    """
    empty.seed("contacts", *({"id": number, "properties": {"lastname": "L"}} for number in (11, 12, 13)))
    empty.seed("meetings", *({"id": number, "properties": {"hs_meeting_title": "M"}} for number in (1, 2, 3)))
    for meeting, contact in ((1, 11), (2, 11), (2, 12)):
        empty.request("PUT", f"/crm/v4/objects/meetings/{meeting}/associations/default/contacts/{contact}")

    answer = empty.post("/crm/v3/objects/meetings/search", {"filters": [wanted], "after": 0, "limit": 100}).json()

    assert sorted(int(row["id"]) for row in answer["results"]) == ids
    assert answer["total"] == len(ids)


UNKNOWN_NAMES: list[tuple[dict[str, Any], str]] = [
    ({"filters": [condition("no_such", "EQ", "1")]}, "There is no property 'no_such' to filter by"),
    ({"filters": [condition("no_such", "NOT_HAS_PROPERTY")]}, "There is no property 'no_such' to filter by"),
    ({"filters": [condition("no_such", "HAS_PROPERTY")]}, "There is no property 'no_such' to filter by"),
    ({"sorts": ["-no_such"]}, "There is no property 'no_such' to sort by"),
    ({"sorts": ["+No_such"]}, "There is no property 'No_such' to sort by"),
    ({"sorts": ["-Xno_suchX"]}, "There is no property 'Xno_suchX' to sort by"),
    ({"sorts": [{"propertyName": "no_such"}]}, "There is no property 'no_such' to sort by"),
    (
        {"sorts": [{"propertyName": "email", "direction": "UP"}]},
        "direction must be one of ASCENDING, DESCENDING, ASC, DESC, not",
    ),
    ({"filters": [condition("associations.boats", "EQ", "1")]}, "Unable to infer object type from: boats"),
    ({"filters": [condition("associations.campaigns", "EQ", "1")]}, "the object type 'campaigns' is not built"),
]


@pytest.mark.parametrize(("body", "message"), UNKNOWN_NAMES)
def test_a_name_that_does_not_exist_is_no_empty_answer(fake: Fake, body: dict[str, Any], message: str) -> None:
    """Unless the portal is told to ignore it."""
    refused = fake.post(SEARCH, body)

    assert refused.status in (400, 404)
    assert refused.json()["message"].startswith(message)
    fake.request("PATCH", "/_fake/assumptions", {"search-unknown-name": "ignore"})
    assert fake.post(SEARCH, body).status == 200


def test_the_names_of_properties_do_not_count_towards_the_length_of_a_search(fake: Fake) -> None:
    """What MeltanoLabs' tap sends: 150 names. Filters count; with the option everything does."""
    names = {"limit": 1, "properties": [f"a_property_{number:08d}" for number in range(150)]}
    long_filter = {"filters": [condition("email", "EQ", "x" * 3000)]}

    assert fake.post(SEARCH, names).status == 200
    assert fake.post(SEARCH, names | long_filter).status == 400
    fake.request("PATCH", "/_fake/assumptions", {"search-body-length": "whole-body"})
    assert fake.post(SEARCH, names).json()["message"] == "The request body is longer than 3000 characters"


def test_the_journal_says_which_index_a_search_has_made(empty: Fake) -> None:
    """A first search of many records takes longer; the journal, and not the answer, says why."""
    records = [{"id": number, "properties": {"city": "Oslo"}} for number in range(1, 300)]
    empty.post("/_fake/seed", {"records": records})
    body = {"filterGroups": [{"filters": [condition("city", "EQ", "Oslo")]}]}

    first, second = empty.post(SEARCH, body), empty.post(SEARCH, body | {"limit": 5})

    notes = [entry["note"] for entry in empty.get("/_fake/journal").json()["entries"]]
    assert notes[-2:] == ["made a search index of contacts by city; createdate", None]
    assert first.json()["total"] == second.json()["total"] == 299


def test_what_is_no_text_in_a_field_that_nobody_reads_is_no_matter(fake: Fake) -> None:
    """The length of such a body is counted all the same."""
    assert fake.request("POST", SEARCH, b'{"limit": 1, "other": "\xff"}').status == 200
    assert fake.request("POST", SEARCH, b'{"limit": 1, "other": "' + b"\xff" * 3_000 + b'"}').status == 400
