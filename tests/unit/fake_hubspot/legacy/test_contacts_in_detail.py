"""The APIs of contacts, lists and e-mail in detail: limits, cursors, odd names, and each answer in full."""

from typing import Any

import pytest

from fake_hubspot.legacy import change_log, contacts, pages
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import created

NOW = 1_790_000_000_000
DAY = 86_400_000
CONTACT, LISTS = "/contacts/v1/contact", "/contacts/v1/lists"
MAIL = "/email/public/v1"
EMPTY_CHANGES: dict[str, list[str]] = {
    "newAssociations": [], "removedAssociations": [], "newListMemberships": [], "removedListMemberships": [],
}  # fmt: skip


def contact(fake: Fake, **values: str) -> int:
    """Create a contact."""
    return int(created(fake, "contacts", values))


def at(fake: Fake, ms: int) -> None:
    """Set the clock."""
    fake.portal.clock.freeze(ms)


def rows(fake: Fake, path: str, member: str = "contacts") -> list[int]:
    """Return the ids of the contacts of a page."""
    return [row["vid"] for row in fake.get(path).json()[member]]


def test_the_log_has_whole_rows_of_the_last_day(empty: Fake) -> None:
    """The first is exactly a day old. Changes of one moment are in the order of their words, then of their ids."""
    needed = {"hs_pipeline": "0", "hs_pipeline_stage": "1"}
    path = "/crm-objects/v1/change-log/tickets"
    at(empty, NOW - DAY - 1)
    early, gone = sorted(int(created(empty, "tickets", {"subject": "a", **needed})) for _ in range(2))
    at(empty, NOW - DAY)
    for one in (early, gone):
        empty.request("PATCH", f"/crm/v3/objects/tickets/{one}", {"properties": {"subject": "b", "content": "c"}})
    late = int(created(empty, "tickets", {"subject": "a", **needed}))
    empty.request("DELETE", f"/crm/v3/objects/tickets/{gone}")
    at(empty, NOW)

    log = empty.get(path).json()

    begin = NOW - DAY
    assert [(row["timestamp"], row["changeType"], row["objectId"]) for row in log] == [
        (begin, "CHANGED", early), (begin, "CHANGED", gone), (begin, "CREATED", late), (begin, "DELETED", gone),
    ]  # fmt: skip
    names = ["content", "hs_lastmodifieddate", "subject"]
    assert list(log[0]["changes"].items()) == [("changedProperties", names), *EMPTY_CHANGES.items()]
    assert log[2]["changes"]["changedProperties"] == sorted(log[2]["changes"]["changedProperties"])
    assert list(log[3].items()) == [
        ("timestamp", begin), ("changeType", "DELETED"), ("objectId", gone),
        ("changes", {"changedProperties": [], **EMPTY_CHANGES}),
    ]  # fmt: skip
    at(empty, NOW + 1)
    assert empty.get(path).json() == []


def test_the_log_goes_on_after_the_change_that_is_named(empty: Fake, cases: Cases, monkeypatch: Any) -> None:
    """After all three of its values; if one is missing, after its time. A page has 1,000 rows."""
    needed = {"hs_pipeline": "0", "hs_pipeline_stage": "1"}
    path = "/crm-objects/v1/change-log/tickets"
    at(empty, NOW)
    first, second = sorted(int(created(empty, "tickets", {"subject": "a", **needed})) for _ in range(2))
    at(empty, NOW + 1)
    third = int(created(empty, "tickets", {"subject": "a", **needed}))

    for query, expected in {
        f"timestamp={NOW}": [third],
        f"timestamp={NOW - 1}": [first, second, third],
        f"timestamp={NOW}&changeType=CREATED&objectId={first}": [second, third],
        f"timestamp={NOW}&changeType=CREATED&objectId={second}": [third],
        f"timestamp={NOW}&changeType=CHANGED&objectId={second}": [first, second, third],
        f"timestamp={NOW}&objectId={first}": [third],
        f"timestamp={NOW}&changeType=CREATED": [third],
        f"changeType=CREATED&objectId={second}": [first, second, third],
        f"timestamp={NOW + 1}": [],
    }.items():
        with cases.case(query):
            assert [row["objectId"] for row in empty.get(f"{path}?{query}").json()] == expected
    assert change_log.ROWS_OF_A_PAGE == 1000
    monkeypatch.setattr(change_log, "ROWS_OF_A_PAGE", 2)
    assert [row["objectId"] for row in empty.get(path).json()] == [first, second]


def test_a_contact_is_missing_in_the_same_words_by_each_name(empty: Fake, cases: Cases) -> None:
    """A cookie is that of a contact only as a whole."""
    vid = contact(empty, email="a@example.com")
    utk = empty.get(f"{CONTACT}/vid/{vid}/profile").json()["identity-profiles"][0]["identities"][1]["value"]
    other = ("1" if utk[0] != "1" else "2") + utk[1:]
    assert empty.get(f"{CONTACT}/utk/{utk}/profile").json()["vid"] == vid

    for name, text in (("vid", "99"), ("vid", "x"), ("email", "b@example.com"), ("utk", other), ("utk", "x-y")):
        with cases.case((name, text)):
            answer = empty.get(f"{CONTACT}/{name}/{text}/profile")
            told = answer.json()
            assert answer.status == 404
            assert list(told.items()) == [
                ("status", "error"), ("message", "contact does not exist"), ("correlationId", told["correlationId"]),
                ("errors", [{"message": f"The contact {text} does not exist."}]), ("category", "OBJECT_NOT_FOUND"),
            ]  # fmt: skip


def test_a_profile_shows_what_it_is_asked_for(empty: Fake, cases: Cases) -> None:
    """Everything with its past values, unless it is told otherwise."""
    at(empty, NOW)
    vid = contact(empty, firstname="A", city="Oslo")
    empty.request("PATCH", f"/crm/v3/objects/contacts/{vid}", {"properties": {"firstname": "B"}})
    path = f"{CONTACT}/vid/{vid}/profile"

    with cases.case("all"):
        found = empty.get(path).json()
        assert [one["value"] for one in found["properties"]["firstname"]["versions"]] == ["B", "A"]
        assert {"firstname", "city", "lastmodifieddate", "createdate"} <= found["properties"].keys()
        (identity,) = found["identity-profiles"][0]["identities"]
        assert (identity["type"], identity["timestamp"]) == ("LEAD_GUID", NOW)
    with cases.case("some"):
        assert list(empty.get(f"{path}?property=city").json()["properties"]) == ["city"]
    with cases.case("values only"):
        found = empty.get(f"{path}?property=firstname&propertyMode=value_only").json()["properties"]
        assert found == {"firstname": {"value": "B"}}
    with cases.case("no lists"):
        assert "list-memberships" not in empty.get(f"{path}?showListMemberships=FALSE").json()
        assert "list-memberships" in empty.get(f"{path}?showListMemberships=no").json()


def test_an_address_that_is_taken_names_its_contact(empty: Fake) -> None:
    """As a profile; keys in the order of the recording."""
    at(empty, NOW)
    vid = contact(empty, email="a@example.com")
    body = {"properties": [{"property": "email", "value": "a@example.com"}]}

    told = empty.post(CONTACT, body).json()
    guid = told["identityProfile"]["identity"][1]["value"]
    changed = empty.post(f"{CONTACT}/vid/{contact(empty, email='b@example.com')}/profile", body)

    profile = {
        "vid": vid,
        "identity": [
            {"type": "EMAIL", "value": "a@example.com", "timestamp": NOW, "isPrimary": True},
            {"type": "LEAD_GUID", "value": guid, "timestamp": NOW},
        ],
        "linkedVid": [], "isContact": True, "savedAtTimestamp": NOW,
    }  # fmt: skip
    assert list(told.items()) == [
        ("message", "Contact already exists"), ("identityProfile", profile),
        ("errors", [{"message": "A contact with email a@example.com already exists.", "in": "email"}]),
        ("status", "error"), ("correlationId", told["correlationId"]),
        ("category", "OBJECT_ALREADY_EXISTS"), ("error", "CONTACT_EXISTS"),
    ]  # fmt: skip
    assert (changed.status, changed.json()["identityProfile"]) == (409, profile)


def test_a_batch_finds_each_contact_by_what_it_has(empty: Fake, cases: Cases) -> None:
    """Its id, its address or the address among its properties; a hundred are not too many."""
    vid = contact(empty, email="a@example.com")
    mail = {"property": "email", "value": "a@example.com"}

    def value(name: str) -> str:
        found: str = empty.get(f"{CONTACT}/vid/{vid}/profile").json()["properties"][name]["value"]
        return found

    by: list[dict[str, Any]] = [{"vid": vid}, {"email": "a@example.com"}, {"properties": [mail]}]
    for number, row in enumerate(by):
        with cases.case(row):
            given = [*row.get("properties", []), {"property": "city", "value": str(number)}]
            assert empty.post(f"{CONTACT}/batch/", [{**row, "properties": given}]).status == 202
            assert value("city") == str(number)
    with cases.case("a new one"):
        assert empty.post(f"{CONTACT}/batch/", [{"properties": [{"property": "lastname", "value": "x"}]}]).status == 202
        assert empty.post(f"{CONTACT}/batch/", [{"email": "c@example.com"}]).status == 202
        assert len(empty.get("/crm/v3/objects/contacts").json()["results"]) == 3
        assert empty.get(f"{CONTACT}/email/c@example.com/profile").status == 200
    with cases.case("no such id"):
        answer = empty.post(f"{CONTACT}/batch/", [{"email": "d@example.com"}, {"vid": 99}])
        assert (answer.status, answer.json()["errors"][0]["message"]) == (404, "The contact 99 does not exist.")
        assert empty.get(f"{CONTACT}/email/d@example.com/profile").status == 404
    with cases.case("a hundred"):
        assert contacts.BATCH_MAX == 100
        assert empty.post(f"{CONTACT}/batch/", [{"vid": vid}] * 100).status == 202
        answer = empty.post(f"{CONTACT}/batch/", [{"vid": vid}] * 101)
        assert (answer.status, answer.json()["message"]) == (400, "A batch has at most 100 contacts, not 101")


def test_several_contacts_are_read_by_any_name(empty: Fake) -> None:
    """Those that do not exist are left out."""
    one, two, three = (contact(empty, email=f"{name}@example.com") for name in "abc")
    utk = empty.get(f"{CONTACT}/vid/{three}/profile").json()["identity-profiles"][0]["identities"][1]["value"]

    found = empty.get(f"{CONTACT}/vids/batch/?vid={one}&vid=99&vid=x&vid={two}&property=email").json()

    assert list(found) == [str(one), str(two)]
    assert list(found[str(one)]["properties"]) == ["email"]
    for query, expected in (
        (f"vids/batch/?vid={one}&vid=99&vid={two}", [one, two]),
        ("emails/batch/?email=a@example.com&email=none@example.com&email=b@example.com", [one, two]),
        (f"utks/batch/?utk=none&utk={utk}&utk=0", [three]),
        ("vids/batch/?vid=99", []),
        ("vids/batch/", []),
    ):
        assert list(empty.get(f"{CONTACT}/{query}").json()) == [str(each) for each in expected]


def test_a_search_of_contacts_says_what_it_has_found(empty: Fake) -> None:
    """With all the properties, or those that are asked for."""
    at(empty, NOW)
    emails = {
        contact(empty, email=f"{number}@example.com", city="Oslo"): f"{number}@example.com" for number in range(3)
    }
    vids = sorted(emails)
    contact(empty, email="other@elsewhere.test")

    first = empty.get("/contacts/v1/search/query?q=example&count=2&property=city").json()
    rest = empty.get(f"/contacts/v1/search/query?q=example&count=2&offset={first['offset']}").json()
    every = empty.get("/contacts/v1/search/query").json()

    assert list(first) == ["query", "offset", "has-more", "total", "contacts"]
    assert {name: first[name] for name in list(first)[:4]} == {
        "query": "example", "offset": 2, "has-more": True, "total": 3,
    }  # fmt: skip
    assert first["contacts"][0]["properties"] == {"city": {"value": "Oslo"}}
    assert (rest["offset"], rest["has-more"], rest["total"]) == (3, False, 3)
    assert rest["contacts"][0]["properties"]["email"] == {"value": emails[vids[2]]}
    assert [one["vid"] for page in (first, rest) for one in page["contacts"]] == vids
    assert (every["query"], every["total"]) == ("", 4)


def test_what_becomes_of_a_contact_is_answered(empty: Fake, cases: Cases) -> None:
    """Merged, deleted, counted, created or changed by an address."""
    at(empty, NOW)
    assert empty.get("/contacts/v1/contacts/statistics").json() == {"contacts": 0, "last-new-contact-at": 0}
    one = contact(empty, email="a@example.com")
    at(empty, NOW + 5)
    two = contact(empty, email="b@example.com")

    with cases.case("counted"):
        found = empty.get("/contacts/v1/contacts/statistics").json()
        assert list(found.items()) == [("contacts", 2), ("last-new-contact-at", NOW + 5)]
    with cases.case("merged"):
        assert empty.post(f"{CONTACT}/merge-vids/{one}/", {"vidToMerge": 99}).json()["errors"] == [
            {"message": "The contact 99 does not exist."}
        ]
        itself = empty.post(f"{CONTACT}/merge-vids/{one}/", {"vidToMerge": one})
        told = itself.json()
        text = "Cannot merge a contact with itself"
        inner = f'{{"status":"error","message":"{text}","correlationId":"{told["correlationId"]}"}}'
        assert (itself.status, list(told)) == (400, ["status", "message", "correlationId"])
        assert (told["status"], told["message"]) == ("error", inner)
        merged = empty.post(f"{CONTACT}/merge-vids/{one}/", {"vidToMerge": two})
        assert (merged.status, merged.headers["content-type"]) == (200, "text/plain;charset=utf-8")
        assert empty.get(f"{CONTACT}/vid/{one}/profile").json()["merged-vids"] == [one, two]
    with cases.case("created or changed"):
        body = {"properties": [{"property": "email", "value": "d@example.com"}]}
        made = empty.post(f"{CONTACT}/createOrUpdate/email/c@example.com/", body).json()
        assert list(made) == ["vid", "isNew"]
        assert empty.get(f"{CONTACT}/email/d@example.com/profile").json()["vid"] == made["vid"]
        assert empty.get(f"{CONTACT}/email/c@example.com/profile").status == 404
    with cases.case("deleted"):
        last = contact(empty, email="e@example.com")
        gone = empty.request("DELETE", f"{CONTACT}/vid/{last}").json()
        assert list(gone.items()) == [("vid", last), ("deleted", True), ("reason", "OK")]
        assert empty.request("DELETE", f"{CONTACT}/vid/{last}").status == 404


def new_list(fake: Fake, name: str, **options: Any) -> dict[str, Any]:
    """Create a list."""
    made: dict[str, Any] = fake.post(LISTS, {"name": name, **options}).json()
    return made


def test_a_list_in_full(empty: Fake, cases: Cases) -> None:
    """It is processed by the time that it is read."""
    at(empty, NOW)
    vid = contact(empty, email="a@example.com")
    static, dynamic = new_list(empty, "S"), new_list(empty, "D", dynamic=True)
    empty.post("/crm/v3/lists", {"name": "C", "objectTypeId": "0-2", "processingType": "MANUAL"})
    other = next(one.list_id for one in empty.portal.lists.current() if one.object_type_id == "0-2")

    for made, is_dynamic in ((static, False), (dynamic, True)):
        with cases.case(is_dynamic):
            meta = {
                "size": 0, "lastSizeChangeAt": 0, "processing": "INITIALIZING", "lastProcessingStateChangeAt": NOW,
                "error": "", "listReferencesCount": None, "parentFolderId": None,
            }  # fmt: skip
            expected = {
                "portalId": 62515, "listId": made["listId"], "internalListId": made["listId"], "createdAt": NOW,
                "updatedAt": NOW, "name": "D" if is_dynamic else "S",
                "listType": "DYNAMIC" if is_dynamic else "STATIC", "authorId": made["authorId"], "filters": [],
                "metaData": meta, "archived": False, "teamIds": [], "dynamic": is_dynamic,
            }  # fmt: skip
            assert (made, list(made), list(made["metaData"])) == (expected, list(expected), list(meta))
            read = empty.get(f"{LISTS}/{made['listId']}").json()
            assert read == expected | {"metaData": meta | {"processing": "DONE"}}
    with cases.case("its size"):
        at(empty, NOW + 7)
        empty.post(f"{LISTS}/{static['listId']}/add", {"vids": [vid]})
        meta = empty.get(f"{LISTS}/{static['listId']}").json()["metaData"]
        assert (meta["size"], meta["lastSizeChangeAt"]) == (1, NOW + 7)
    with cases.case("of companies"):
        assert empty.get(f"{LISTS}/{other}").json()["message"] == f"List with id {other} does not exist"
        listed = [row["name"] for row in empty.get(LISTS).json()["lists"]]
        assert listed == ["S", "D"]
    with cases.case("of each kind"):
        assert [row["name"] for row in empty.get(f"{LISTS}/static").json()["lists"]] == ["S"]
        assert [row["name"] for row in empty.get(f"{LISTS}/dynamic").json()["lists"]] == ["D"]
        page = empty.get(f"{LISTS}?count=1").json()
        assert (list(page), page["offset"], page["has-more"]) == (["offset", "lists", "has-more"], 1, True)
        rest = empty.get(f"{LISTS}?count=1&offset=1").json()
        assert ([row["name"] for row in rest["lists"]], rest["offset"], rest["has-more"]) == (["D"], 2, False)
    with cases.case("several"):
        query = f"listId={dynamic['listId']}&listId=99&listId={other}&listId={static['listId']}"
        assert [row["name"] for row in empty.get(f"{LISTS}/batch?{query}").json()["lists"]] == ["D", "S"]
    with cases.case("renamed"):
        path = f"{LISTS}/{static['listId']}"
        assert empty.post(path, {"name": "T"}).json()["name"] == "T"
        for nothing in ({}, {"name": ""}):
            assert empty.post(path, nothing).json()["name"] == "T"


def test_members_that_are_added_and_removed_are_told_apart(empty: Fake) -> None:
    """Each once, in the order of the request; those that stay keep their time."""
    at(empty, NOW)
    one, two, three = (contact(empty, email=f"{name}@example.com") for name in "abc")
    path = f"{LISTS}/{new_list(empty, 'L')['listId']}"
    assert empty.post(f"{path}/add", {"vids": [two]}).json()["updated"] == [two]
    at(empty, NOW + 9)

    mixed = {"vids": [three, 99, two, three], "emails": ["x@example.com", "a@example.com", "b@example.com"]}
    added = empty.post(f"{path}/add", mixed).json()
    times = {int(key): value for key, value in members(empty).items()}
    removed = empty.post(f"{path}/remove", {"vids": [three, 99, one, three, 98]}).json()
    again = empty.post(f"{path}/remove", {"vids": [three]}).json()

    assert list(added.items()) == [
        ("updated", [three, one]), ("discarded", [two]), ("invalidVids", [99]), ("invalidEmails", ["x@example.com"]),
    ]  # fmt: skip
    assert times == {two: NOW, three: NOW + 9, one: NOW + 9}
    assert list(removed.items()) == [
        ("updated", [three, one]), ("discarded", [99, 98]), ("invalidVids", []), ("invalidEmails", []),
    ]  # fmt: skip
    assert again == {"updated": [], "discarded": [three], "invalidVids": [], "invalidEmails": []}
    assert members(empty) == {str(two): NOW}


def members(fake: Fake) -> dict[str, int]:
    """Return the members of the only list, with the times at which they were added."""
    (only,) = fake.portal.lists.current()
    return only.members


def test_the_contacts_of_a_list_are_paged_by_id(empty: Fake) -> None:
    """A page that is just full is the last; after the last id there is none. Deleted contacts are left out."""
    at(empty, NOW)
    vids = sorted(contact(empty, email=f"{name}@example.com") for name in "abcd")
    at(empty, NOW + 1)
    path = f"{LISTS}/{new_list(empty, 'L')['listId']}"
    empty.post(f"{path}/add", {"vids": vids})
    empty.request("DELETE", f"{CONTACT}/vid/{vids[3]}")

    for listed, added in ((f"{LISTS}/all", NOW), (path, NOW + 1)):
        pages_ = [empty.get(f"{listed}/contacts/all?count={count}").json() for count in (2, 3)]
        assert [(page["vid-offset"], page["has-more"]) for page in pages_] == [(vids[1], True), (vids[2], False)]
        assert list(pages_[0]) == ["contacts", "has-more", "vid-offset"]
        assert [(row["vid"], row["addedAt"]) for row in pages_[1]["contacts"]] == [(one, added) for one in vids[:3]]
        rest = empty.get(f"{listed}/contacts/all?count=2&vidOffset={vids[1]}").json()
        assert [row["vid"] for row in rest["contacts"]] == [vids[2]]
        behind = empty.get(f"{listed}/contacts/all?vidOffset={vids[2]}").json()
        assert behind == {"contacts": [], "has-more": False, "vid-offset": vids[2]}


def test_recent_contacts_are_those_of_thirty_days(empty: Fake, cases: Cases) -> None:
    """The latest first, of one moment the highest id; the cursor is the last time with the last id."""
    at(empty, NOW - 30 * DAY - 1)
    old = contact(empty, email="old@example.com")
    at(empty, NOW - 30 * DAY)
    edge = contact(empty, email="edge@example.com")
    at(empty, NOW)
    one, two, three = sorted(contact(empty, email=f"{name}@example.com") for name in "abc")
    path = f"{LISTS}/{new_list(empty, 'L')['listId']}"
    empty.post(f"{path}/add", {"vids": [old, one]})

    for name in ("all/contacts/recent", "recently_updated/contacts/recent"):
        with cases.case(name):
            begin = f"{LISTS}/{name}"
            page = empty.get(f"{begin}?count=2").json()
            assert list(page) == ["contacts", "has-more", "vid-offset", "time-offset"]
            assert [row["vid"] for row in page["contacts"]] == [three, two]
            assert (page["has-more"], page["vid-offset"], page["time-offset"]) == (True, two, NOW)
            assert rows(empty, f"{begin}?count=2&timeOffset={NOW}&vidOffset={two}") == [one, edge]
            assert rows(empty, f"{begin}?timeOffset={NOW}&vidOffset={one}") == [edge]
            assert rows(empty, f"{begin}?timeOffset={NOW + 1}&vidOffset={one}") == [three, two, one, edge]
            assert rows(empty, f"{begin}?timeOffset={NOW}") == [edge]
            full = empty.get(f"{begin}?count=4").json()
            assert (full["has-more"], full["vid-offset"], full["time-offset"]) == (False, edge, NOW - 30 * DAY)
            behind = empty.get(f"{begin}?timeOffset=7&vidOffset=8").json()
            assert behind == {"contacts": [], "has-more": False, "vid-offset": 8, "time-offset": 7}
    with cases.case("of a list, by when they were added"):
        at(empty, NOW + 3)
        empty.post(f"{path}/add", {"vids": [two]})
        page = empty.get(f"{path}/contacts/recent").json()
        assert [(row["vid"], row["addedAt"]) for row in page["contacts"]] == [
            (two, NOW), *sorted([(one, NOW), (old, NOW - 30 * DAY - 1)], reverse=True),
        ]  # fmt: skip
        assert (page["vid-offset"], page["time-offset"]) == (min(one, old), NOW)
        empty.request("DELETE", f"{CONTACT}/vid/{one}")
        assert rows(empty, f"{path}/contacts/recent") == [two, old]
    with cases.case("changed"):
        at(empty, NOW + 8)
        empty.request("PATCH", f"/crm/v3/objects/contacts/{old}", {"properties": {"city": "Oslo"}})
        assert rows(empty, f"{LISTS}/recently_updated/contacts/recent?count=1") == [old]
        assert old not in rows(empty, f"{LISTS}/all/contacts/recent")
    with cases.case("none"):
        at(empty, NOW + 90 * DAY)
        none = empty.get(f"{LISTS}/all/contacts/recent").json()
        assert none == {"contacts": [], "has-more": False, "vid-offset": 0, "time-offset": 0}


def test_a_row_of_a_list_shows_what_it_is_asked_for(empty: Fake) -> None:
    """Four properties always; past values and lists only on demand."""
    vid = contact(empty, firstname="A", lastname="B", company="C", city="Oslo")
    path = f"{LISTS}/all/contacts/all"

    plain = empty.get(path).json()["contacts"][0]
    asked = empty.get(f"{path}?property=city&property=firstname&propertyMode=value_and_history").json()["contacts"][0]

    assert list(plain["properties"]) == ["firstname", "lastname", "company", "lastmodifieddate"]
    assert list(asked["properties"]) == ["firstname", "lastname", "company", "lastmodifieddate", "city"]
    assert asked["properties"]["city"]["versions"][0]["value"] == "Oslo"
    assert [
        "list-memberships" in empty.get(f"{path}?showListMemberships={word}").json()["contacts"][0]
        for word in ("TRUE", "true", "yes", "false", "")
    ] == [True, True, False, False, False]
    made = new_list(empty, "L")["listId"]
    at(empty, NOW)
    empty.post(f"{LISTS}/{made}/add", {"vids": [vid]})
    row = empty.get(f"{path}?showListMemberships=true").json()["contacts"][0]
    assert row["list-memberships"] == [
        {"static-list-id": made, "internal-list-id": made, "timestamp": NOW, "vid": vid, "is-member": True}
    ]


def test_the_limits_of_recent_records(empty: Fake, monkeypatch: pytest.MonkeyPatch, cases: Cases) -> None:
    """Thirty days and ten thousand records, of which the last can be reached."""
    at(empty, NOW - 30 * DAY - 1)
    created(empty, "companies", {"name": "old"})
    at(empty, NOW - 30 * DAY)
    edge = created(empty, "companies", {"name": "edge"})
    at(empty, NOW)
    one, two = sorted(int(created(empty, "companies", {"name": name})) for name in "ab")
    path = "/companies/v2/companies/recent"

    def found(query: str) -> list[int]:
        return [row["companyId"] for row in empty.get(f"{path}/{query}").json()["results"]]

    for name in ("modified", "created"):
        with cases.case(name):
            assert found(name) == [one, two, int(edge)]
            assert found(f"{name}?since={NOW}") == [one, two]
            assert found(f"{name}?since={NOW - 31 * DAY}") == [one, two, int(edge)]
            page = empty.get(f"{path}/{name}?count=2&offset=1").json()
            assert list(page) == ["results", "hasMore", "offset", "total"]
            assert (page["hasMore"], page["offset"], page["total"]) == (False, 3, 3)
            assert empty.get(f"{path}/{name}?offset=9999").json()["results"] == []
            refused = empty.get(f"{path}/{name}?offset=10000")
            assert (refused.status, refused.json()["category"]) == (400, "VALIDATION_ERROR")
            assert refused.json()["message"] == (
                "offset must be below 10000: only the latest 10000 records can be read"
            )
    with cases.case("changed and created differ"):
        at(empty, NOW + 1)
        empty.request("PATCH", f"/crm/v3/objects/companies/{edge}", {"properties": {"name": "new"}})
        assert found("modified") == [int(edge), one, two]
        assert found("created") == [one, two]
    with cases.case("no more than so many"):
        monkeypatch.setattr(pages, "RECENT_ROWS", 2)
        assert (found("modified")[0], len(found("modified"))) == (int(edge), 2)


def test_the_rows_of_a_page(account: Fake, cases: Cases) -> None:
    """Zero means the default, a number below one row one, one that is too large the largest."""
    path = "/companies/v2/companies/paged"
    for limit, expected in (("", 7), ("0", 7), ("-3", 1), ("1", 1), ("6", 6), ("251", 7), ("2147483647", 7)):
        with cases.case(limit):
            page = account.get(f"{path}?limit={limit}").json()
            assert len(page["companies"]) == expected
            assert page["has-more"] is (expected < 7)
    with cases.case("too large"):
        assert account.get(f"{path}?limit=2147483648").status == 400
    with cases.case("an offset before the first"):
        assert len(account.get(f"{path}?offset=-5").json()["companies"]) == 7
        search = account.get("/contacts/v1/search/query?q=example&offset=-5").json()
        assert (len(search["contacts"]), search["offset"]) == (7, 7)
    with cases.case("behind the last"):
        page = account.get(f"{path}?offset=999999999999").json()
        assert (page["companies"], page["offset"], page["has-more"]) == ([], 999_999_999_999, False)
    assert list(page) == ["has-more", "offset", "companies"]


def test_the_subscriptions_of_an_address(empty: Fake, cases: Cases) -> None:
    """What an address gets, from each way to say it."""
    at(empty, NOW)
    path = f"{MAIL}/subscriptions/a@example.com"
    reasons = {"legalBasis": "PERFORMANCE_OF_CONTRACT", "legalBasisExplanation": "why"}

    with cases.case("nothing known"):
        told = empty.get(path).json()
        assert list(told.items()) == [
            ("subscribed", True), ("markedAsSpam", False), ("unsubscribeFromPortal", False), ("portalId", 62515),
            ("bounced", False), ("email", "a@example.com"), ("subscriptionStatuses", []), ("status", "subscribed"),
        ]  # fmt: skip
    for given, is_in, state in (
        ({"subscribed": True}, True, "OPT_IN"),
        ({"subscribed": False}, False, "OPT_OUT"),
        ({"optState": "OPT_OUT"}, False, "OPT_OUT"),
        ({"optState": "NOT_OPTED"}, True, "NOT_OPTED"),
        ({"subscribed": False, "optState": "NOT_OPTED"}, False, "NOT_OPTED"),
        ({}, True, "OPT_IN"),
    ):
        with cases.case(given):
            changed = empty.request("PUT", path, {"subscriptionStatuses": [{"id": 2, **given, **reasons}]})
            assert (changed.status, changed.content, changed.headers.get("content-type")) == (200, b"", None)
            (row,) = empty.get(path).json()["subscriptionStatuses"]
            expected = {"id": 2, "subscribed": is_in, "optState": state, **reasons}
            assert {name: row[name] for name in expected} == expected
            assert empty.get(path).json()["subscribed"] is True
    with cases.case("from all"):
        at(empty, NOW + 1)
        changed = empty.request("PUT", path, {"unsubscribeFromAll": True})
        assert changed.status == 200
        told = empty.get(path).json()
        assert (told["subscribed"], told["unsubscribeFromPortal"], told["status"]) == (False, True, "unsubscribed")
        (event, *_) = empty.get(f"{MAIL}/events?eventType=STATUSCHANGE").json()["events"]
        changes = empty.get(f"{MAIL}/subscriptions/timeline").json()["timeline"][0]["changes"]
        assert event["portalSubscriptionStatus"] == changes[-1]["change"] == "UNSUBSCRIBED"
        assert changes[-1] == {
            "change": "UNSUBSCRIBED", "timestamp": event["created"], "source": event["source"], "portalId": 62515,
            "changeType": "PORTAL_STATUS", "causedByEvent": {"id": event["id"], "created": event["created"]},
        }  # fmt: skip
    with cases.case("another address"):
        assert empty.get(f"{MAIL}/subscriptions/b@example.com").json()["status"] == "subscribed"
    with cases.case("unknown"):
        answer = empty.request("PUT", path, {"subscriptionStatuses": [{"id": 1}, {"id": 98}, {"id": 99}]})
        assert (answer.status, answer.json()["message"]) == (400, "Subscription 98 does not exist")


def test_events_of_mails_and_changes_of_subscriptions(empty: Fake, cases: Cases) -> None:
    """By each of the parameters; the second bound of the time is exclusive."""
    at(empty, NOW)
    events = [
        {"id": "a", "type": "OPEN", "created": 10, "recipient": "a@example.com", "emailCampaignId": 1, "appId": 7},
        {"id": "b", "type": "CLICK", "created": 30, "recipient": "b@example.com", "emailCampaignId": 2, "appId": 8},
        {
            "id": "c", "type": "STATUSCHANGE", "created": 20, "recipient": "c@example.com",
            "subscriptions": [{"id": 4, "status": "SUBSCRIBED"}, {"id": 5, "status": "UNSUBSCRIBED"}],
        },
    ]  # fmt: skip
    assert empty.post("/_fake/seed", {"resources": {"email-events": events}}).status == 200
    path, timeline = f"{MAIL}/events", f"{MAIL}/subscriptions/timeline"

    for query, expected in {
        "": ["b", "c", "a"], "recipient=b@example.com": ["b"], "eventType=OPEN": ["a"], "campaignId=2": ["b"],
        "appId=7": ["a"], "appId=7&eventType=CLICK": [], "startTimestamp=20": ["b", "c"],
        "startTimestamp=21": ["b"], "endTimestamp=20": ["a"], "endTimestamp=21": ["c", "a"], "limit=1&offset=1": ["c"],
    }.items():  # fmt: skip
        with cases.case(query):
            assert [one["id"] for one in empty.get(f"{path}?{query}").json()["events"]] == expected
    with cases.case("a page"):
        page = empty.get(f"{path}?limit=2").json()
        assert (list(page), page["hasMore"], page["offset"]) == (["hasMore", "offset", "events"], True, "2")
    with cases.case("one"):
        assert list(empty.get(f"{path}/10/a").json().items()) == list(
            {"id": "a", "portalId": 62515, "created": 10, **events[0]}.items()
        )
        for place in ("10/b", "11/a", "x/a"):
            answer = empty.get(f"{path}/{place}")
            assert (answer.status, answer.json()["message"]) == (404, f"No event found with id {place[-1]}")
    with cases.case("the timeline"):
        common = {"timestamp": 20, "source": "SOURCE_HUBSPOT_CUSTOMER", "portalId": 62515}
        cause = {"changeType": "SUBSCRIPTION_STATUS", "causedByEvent": {"id": "c", "created": 20}}
        told = empty.get(timeline).json()
        changes = [
            {"change": status, **common, "subscriptionId": number, **cause}
            for number, status in ((4, "SUBSCRIBED"), (5, "UNSUBSCRIBED"))
        ]
        row = {"timestamp": 20, "portalId": 62515, "recipient": "c@example.com", "changes": changes}
        assert [list(one.items()) for one in told["timeline"]] == [list(row.items())]
        assert [list(one) for one in told["timeline"][0]["changes"]] == [list(changes[0])] * 2
        assert list(told) == ["hasMore", "offset", "timeline"]
    for query, count in {
        "recipient=c@example.com": 1, "recipient=a@example.com": 0, "startTimestamp=21": 0, "endTimestamp=20": 0,
        "startTimestamp=20&endTimestamp=21": 1,
    }.items():  # fmt: skip
        with cases.case(f"timeline {query}"):
            assert len(empty.get(f"{timeline}?{query}").json()["timeline"]) == count


def test_campaigns_and_marketing_mails(empty: Fake, cases: Cases) -> None:
    """The latest campaign first, or by id."""
    at(empty, NOW)
    campaigns = [
        {"id": 3, "lastUpdatedTime": 10, "appId": 5, "appName": "Other"}, {"id": 20, "lastUpdatedTime": 30}, {"id": 1},
    ]  # fmt: skip
    empty.post("/_fake/seed", {"resources": {"email-campaigns": campaigns}})
    made = empty.post("/marketing/v3/emails", {"name": "M"}).json()

    with cases.case("campaigns"):
        told = empty.get(f"{MAIL}/campaigns").json()
        assert [list(one.items()) for one in told["campaigns"]] == [
            [("id", 1), ("lastUpdatedTime", NOW), ("appId", 113), ("appName", "Batch")],
            [("id", 20), ("lastUpdatedTime", 30), ("appId", 113), ("appName", "Batch")],
            [("id", 3), ("lastUpdatedTime", 10), ("appId", 5), ("appName", "Other")],
        ]
        assert [one["id"] for one in empty.get(f"{MAIL}/campaigns/by-id").json()["campaigns"]] == [1, 3, 20]
        page = empty.get(f"{MAIL}/campaigns?limit=2").json()
        assert (page["hasMore"], page["offset"]) == (True, "2")
    with cases.case("one campaign"):
        assert empty.get(f"{MAIL}/campaigns/1").json() == {
            "id": 1, "lastUpdatedTime": NOW, "appId": 113, "appName": "Batch", "counters": {}, "numIncluded": 0,
            "type": "BATCH_EMAIL",
        }  # fmt: skip
        answer = empty.get(f"{MAIL}/campaigns/9")
        assert (answer.status, answer.json()["message"]) == (404, "No campaign found with id 9")
    for path in ("/marketing-emails/v1/emails", "/marketing-emails/v1/emails/with-statistics"):
        with cases.case(path):
            told = empty.get(path).json()
            assert list(told.items())[:1] + list(told.items())[2:] == [
                ("limit", 1), ("offset", 0), ("total", 1), ("totalCount", 1),
            ]  # fmt: skip
            (row,) = told["objects"]
            assert (row["id"], row["portalId"], row["name"]) == (int(made["id"]), 62515, "M")
            assert (row["created"], row["updated"]) == (NOW, NOW)
            behind = empty.get(f"{path}?offset=1").json()
            assert behind == {"limit": 0, "objects": [], "offset": 1, "total": 1, "totalCount": 1}


def test_own_kinds_of_mail_come_after_the_standard_ones(empty: Fake) -> None:
    """With the values that every kind has, unless they say otherwise."""
    own = [{"id": 77, "name": "Own", "active": False}, {"id": "text", "name": "Named"}]
    empty.post("/_fake/seed", {"resources": {"email-subscription-definitions": own}})

    found = empty.get(f"{MAIL}/subscriptions").json()["subscriptionDefinitions"]

    assert [one["name"] for one in found][3:] == ["Own", "Named"]
    assert found[3] == {
        "id": 77, "portalId": 62515, "active": False, "internal": False, "channel": "Email", "businessUnitId": 0,
        "name": "Own",
    }  # fmt: skip
    assert (
        empty.request("PUT", f"{MAIL}/subscriptions/a@example.com", {"subscriptionStatuses": [{"id": 77}]}).status
        == 200
    )
