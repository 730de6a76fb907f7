"""Companies, deals, CRM objects and their links in detail: parameters, limits, refusals, and answers in full."""

from typing import Any

from fake_hubspot.legacy import companies, records
from fake_hubspot.legacy.bodies import whole_numbers
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import created
from tests.unit.fake_hubspot.legacy.test_writes import linked, named, v3

NOW = 1_790_000_000_000
COMPANIES, DEAL, OBJECTS = "/companies/v2/companies", "/deals/v1/deal", "/crm-objects/v1/objects"
NEEDED: dict[str, dict[str, str]] = {
    "tickets": {"hs_pipeline": "0", "hs_pipeline_stage": "1"},
    "deals": {"pipeline": "default", "dealstage": "closedwon"},
}


def record(fake: Fake, plural: str, /, **values: str) -> int:
    """Create a record."""
    return int(created(fake, plural, values | NEEDED.get(plural, {})))


def change(fake: Fake, plural: str, record_id: int, /, **values: str) -> None:
    """Change a record."""
    assert fake.request("PATCH", f"/crm/v3/objects/{plural}/{record_id}", {"properties": values}).status == 200


def told(fake: Fake, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """Return the status and the error of a response, without its correlation id."""
    answer = fake.request(method, path, body)
    error = answer.json()
    assert error.pop("correlationId")
    return answer.status, error


def history(row: dict[str, Any], name: str) -> list[str]:
    """Return the values that a property has had."""
    return [one["value"] for one in row["properties"][name]["versions"]]


def test_histories_are_shown_on_demand(empty: Fake, cases: Cases) -> None:
    """In each list by its own parameters; a single company always has them, a deal only if asked."""
    company, deal, ticket = (
        record(empty, name, **{title: "a"})
        for name, title in (("companies", "name"), ("deals", "dealname"), ("tickets", "subject"))
    )
    for name, number, title in (
        ("companies", company, "name"), ("deals", deal, "dealname"), ("tickets", ticket, "subject"),
    ):  # fmt: skip
        change(empty, name, number, **{title: "b"})
    one_deal, one_ticket = f"{DEAL}/{deal}", f"{OBJECTS}/tickets/{ticket}"

    for path, member, title, versions in (
        (f"{COMPANIES}/paged?properties=name", "companies", "name", ["b"]),
        (f"{COMPANIES}/paged?propertiesWithHistory=name", "companies", "name", ["b", "a"]),
        (f"{COMPANIES}/recent/modified", "results", "name", ["b", "a"]),
        (f"{COMPANIES}/{company}", "", "name", ["b", "a"]),
        (f"{DEAL}/paged?properties=dealname", "deals", "dealname", ["b"]),
        (f"{DEAL}/paged?propertiesWithHistory=dealname", "deals", "dealname", ["b", "a"]),
        (f"{DEAL}/paged?includeAllProperties=true", "deals", "dealname", ["b"]),
        (
            f"{DEAL}/paged?includeAllProperties=TRUE&allPropertiesFetchMode=latest_version_and_history", "deals",
            "dealname", ["b", "a"],
        ),
        (
            f"{DEAL}/paged?properties=dealname&allPropertiesFetchMode=latest_version_and_history", "deals", "dealname",
            ["b"],
        ),
        (f"{DEAL}/paged?includeAllProperties=true&allPropertiesFetchMode=latest_version", "deals", "dealname", ["b"]),
        (f"{DEAL}/recent/modified", "results", "dealname", ["b"]),
        (f"{DEAL}/recent/created?includePropertyVersions=true", "results", "dealname", ["b", "a"]),
        (one_deal, "", "dealname", ["b"]),
        (f"{one_deal}?includePropertyVersions=true", "", "dealname", ["b", "a"]),
        (f"{one_ticket}?properties=subject", "", "subject", ["b"]),
        (f"{one_ticket}?propertiesWithHistory=subject&properties=content", "", "subject", ["b", "a"]),
    ):  # fmt: skip
        with cases.case(path):
            answer = empty.get(path).json()
            row = answer[member][0] if member else answer
            assert history(row, title) == versions
    with cases.case("only what is asked for"):
        (row,) = empty.get(f"{COMPANIES}/paged?properties=name,name&properties=domain").json()["companies"]
        assert list(row["properties"]) == ["name"]
        assert empty.get(f"{COMPANIES}/paged").json()["companies"][0]["properties"] == {}
        assert empty.get(one_ticket).json()["properties"] == {}
    with cases.case("of another source"):
        kind = empty.portal.types["companies"]
        known = empty.portal.records.find(kind, company)
        assert known is not None
        empty.portal.records.overwrite(kind, known, {"name": "c"}, at_ms=NOW, source="CALCULATED")
        value = empty.get(f"{COMPANIES}/{company}").json()["properties"]["name"]
        assert (value["source"], value["sourceId"], value["timestamp"]) == ("CALCULATED", None, NOW)
        version = value["versions"][0]
        assert (version["source"], version["sourceId"], version["timestamp"]) == ("CALCULATED", None, NOW)
        assert [one["sourceId"] for one in value["versions"][1:]] == ["23237921"] * 2


def test_a_company_in_full(empty: Fake, cases: Cases) -> None:
    """Read, listed, changed and deleted; each refusal in its own words."""
    company = record(empty, "companies", name="A")
    path = f"{COMPANIES}/{company}"
    keys = [
        "portalId", "companyId", "isDeleted", "properties", "additionalDomains", "stateChanges", "mergeAudits",
    ]  # fmt: skip

    with cases.case("read"):
        row = empty.get(path).json()
        assert list(row) == keys
        assert [row[name] for name in keys if name != "properties"] == [62515, company, False, [], [], []]
    with cases.case("listed"):
        page = empty.get(f"{COMPANIES}/paged").json()
        assert list(page.items())[:2] == [("has-more", False), ("offset", company + 1)]
        assert page["companies"] == [row | {"properties": {}}]
    with cases.case("deleted"):
        other = record(empty, "companies", name="B")
        gone = empty.request("DELETE", f"{COMPANIES}/{other}").json()
        assert list(gone.items()) == [("companyId", other), ("deleted", True)]
    for method, place in (
        ("PUT", ""), ("DELETE", ""), ("GET", "/vids"), ("GET", "/contacts"), ("PUT", "/contacts/1"),
        ("DELETE", "/contacts/1"),
    ):  # fmt: skip
        with cases.case((method, place)):
            status, error = told(empty, method, f"{COMPANIES}/{other}{place}", {} if method == "PUT" else None)
            assert status == 404
            assert list(error.items()) == [
                ("status", "error"),
                ("message", f"Couldn't find a company with the ID '{other}' in portal '62515'"),
                ("errors", [{"message": f"This company {other} does not exist."}]),
                ("category", "OBJECT_NOT_FOUND"), ("subCategory", "COMPANY_NOT_FOUND"),
            ]  # fmt: skip
    with cases.case("a contact that does not exist"):
        for text, number in (("9", 9), ("x", 0)):
            status, error = told(empty, "PUT", f"{path}/contacts/{text}")
            assert (status, error["message"]) == (404, f"Contact {number} does not exist")
            assert empty.request("DELETE", f"{path}/contacts/{text}").status == 204
    with cases.case("a contact whose id is no number"):
        empty.seed("contacts", {"id": "1", "properties": {"email": "one@example.com"}})
        assert empty.request("PUT", f"{path}/contacts/1").status == 200
        assert empty.request("DELETE", f"{path}/contacts/x").status == 204
        assert linked(empty, "companies", company, "contacts") == ["1"]
        deal = record(empty, "deals", dealname="D")
        empty.request("PUT", f"{DEAL}/{deal}/associations/CONTACT?id=1")
        note = int(created(empty, "notes", {"hs_timestamp": "2026-11-28T10:00:00Z"}))
        links = f"/engagements/v1/engagements/{note}/associations/CONTACT"
        assert [empty.request(*one).status for one in (("PUT", f"{links}/1"), ("DELETE", f"{links}/x"))] == [204, 204]
        assert linked(empty, "notes", note, "contacts") == ["1"]
        assert len(empty.get(f"{DEAL}/associated/contact/1").json()["deals"]) == 1
        assert empty.get(f"{DEAL}/associated/contact/x").json()["deals"] == []
        of_contact = "/engagements/v1/engagements/associated/CONTACT"
        assert [len(empty.get(f"{of_contact}/{one}/paged").json()["results"]) for one in ("1", "x")] == [1, 0]
    with cases.case("a text that looks like a time"):
        dated = record(empty, "companies", name="2026-11-28")
        assert empty.get(f"{COMPANIES}/{dated}").json()["properties"]["name"]["value"] == "2026-11-28"
    with cases.case("validation"):
        status, error = told(empty, "POST", COMPANIES, {"properties": named(nope="1", numberofemployees="x")})
        assert (status, list(error)) == (400, ["validationResults", "status", "message"])
        assert [list(one) for one in error["validationResults"]] == [["isValid", "message", "error", "name"]] * 2
        assert [(one["isValid"], one["name"]) for one in error["validationResults"]] == [
            (False, "nope"), (False, "numberofemployees"),
        ]  # fmt: skip
        assert error["message"] == "Property values were not valid"


def test_contacts_of_a_company_have_exact_pages(empty: Fake, cases: Cases) -> None:
    """The next page begins behind the last id; one that is just full is the last."""
    company = record(empty, "companies", name="A")
    ids = sorted(record(empty, "contacts", firstname=name) for name in "abc")
    for each in ids:
        empty.request("PUT", f"{COMPANIES}/{company}/contacts/{each}")
    for query, found, offset, more in (
        ("count=2", ids[:2], ids[1], True), ("count=3", ids, ids[2], False), ("", ids, ids[2], False),
        (f"count=2&vidOffset={ids[1]}", ids[2:], ids[2], False), (f"vidOffset={ids[2]}", [], ids[2], False),
        (f"count=1&vidOffset={ids[0] - 1}", ids[:1], ids[0], True),
    ):  # fmt: skip
        with cases.case(query):
            page = empty.get(f"{COMPANIES}/{company}/vids?{query}").json()
            assert list(page.items()) == [("vids", found), ("vidOffset", offset), ("hasMore", more)]
            page = empty.get(f"{COMPANIES}/{company}/contacts?{query}").json()
            assert list(page) == ["contacts", "vidOffset", "hasMore"]
            assert [one["vid"] for one in page["contacts"]] == found
    with cases.case("without an address"):
        (row, *_) = empty.get(f"{COMPANIES}/{company}/contacts").json()["contacts"]
        assert row["identities"] == [{"vid": ids[0], "identity": [], "linkedVid": []}]
        assert {one["name"] for one in row["properties"]} == {"firstname", "lastmodifieddate"}


def test_companies_of_a_domain_have_pages(empty: Fake, cases: Cases) -> None:
    """One company each unless told otherwise, a hundred at most; behind the company in the offset."""
    ids = sorted(record(empty, "companies", name=name, domain="a.example") for name in "abc")
    record(empty, "companies", name="d", domain="b.example")
    path = "/companies/v2/domains/a.example/companies"

    for body, found, more in (
        ({}, ids[:1], True), ({"limit": 2}, ids[:2], True), ({"limit": 3}, ids, False), ({"limit": 0}, ids[:1], True),
        ({"limit": -1}, ids[:1], True), ({"limit": 500, "offset": {"companyId": ids[0]}}, ids[1:], False),
        ({"offset": {"companyId": ids[2]}}, [], False), ({"limit": 1, "offset": {"companyId": ids[1]}}, ids[2:], False),
        ({"offset": {"companyId": None, "isPrimary": False}}, ids[:1], True),
    ):  # fmt: skip
        with cases.case(body):
            page = empty.post(path, body).json()
            assert list(page) == ["results", "hasMore", "offset"]
            assert ([one["companyId"] for one in page["results"]], page["hasMore"]) == (found, more)
            begin = body.get("offset", {}).get("companyId") or 0  # type: ignore[attr-defined]
            assert page["offset"] == {"companyId": found[-1] if found else begin, "isPrimary": True}
            assert all(one["properties"] == {} for one in page["results"])
    assert companies.DOMAIN_MAX == 100
    change(empty, "companies", ids[0], name="later")
    (first,) = empty.post(path, {"requestOptions": {"properties": ["name"]}}).json()["results"]
    assert history(first, "name") == ["later"]
    listed = empty.get(f"{COMPANIES}/domain/a.example").json()
    assert [one["companyId"] for one in listed] == ids
    assert listed[0]["properties"]["domain"]["value"] == "a.example"


def test_batches_have_a_hundred_records(empty: Fake, cases: Cases) -> None:
    """Of companies and of deals."""
    assert records.BATCH_MAX == 100
    for name, path, title in (("companies", "/companies/v1", "name"), ("deals", "/deals/v1", "dealname")):
        with cases.case(name):
            number = record(empty, name, **{title: "a"})
            row = {"objectId": number, "properties": named(**{title: "b"})}
            nothing = {"objectId": number, "properties": []}
            answer = empty.post(f"{path}/batch-async/update", [nothing] * 99 + [row])
            assert (answer.status, answer.content) == (202, b"")
            assert v3(empty, name, number, title) == ["b"]
            status, error = told(empty, "POST", f"{path}/batch-async/update", [nothing] * 101)
            assert (status, error["message"]) == (400, "A batch has at most 100 records, not 101")
            status, error = told(empty, "POST", f"{path}/batch-async/update", [{"objectId": 9, "properties": []}])
            word = "company" if name == "companies" else "deal"
            assert (status, error["message"]) == (404, f"No {word} found for objectId=9 portalId=62515")


def test_a_deal_and_its_links(empty: Fake, cases: Cases) -> None:
    """With each type; of a list only if they are asked for."""
    ids = {
        name: record(empty, name, **{title: "x@example.com"})
        for name, title in (
            ("contacts", "email"), ("companies", "name"), ("deals", "dealname"), ("tickets", "subject"),
        )
    }  # fmt: skip
    members = {
        "contacts": "associatedVids", "companies": "associatedCompanyIds", "deals": "associatedDealIds",
        "tickets": "associatedTicketIds",
    }  # fmt: skip
    given = {member: [str(ids[name]), None, "x"] for name, member in members.items()} | {"other": [1]}

    made = empty.post(DEAL, {"properties": named(dealname="D", amount="5"), "associations": given}).json()
    deal = made["dealId"]

    assert list(made) == ["portalId", "dealId", "isDeleted", "associations", "properties", "stateChanges"]
    assert list(made["associations"].items()) == [(member, [ids[name]]) for name, member in members.items()]
    for name, word in (("contacts", "Contact"), ("companies", "company"), ("deals", "DEAL"), ("tickets", "ticket")):
        with cases.case(name):
            links = f"{DEAL}/{deal}/associations/{word}?id={ids[name]}&id=x"
            assert empty.request("DELETE", links).status == 204
            assert linked(empty, "deals", deal, name) == []
            assert empty.request("PUT", links).status == 204
            assert linked(empty, "deals", deal, name) == [str(ids[name])]
            for tail in ("", "/paged"):
                path = f"{DEAL}/associated/{word}/{ids[name]}{tail}"
                page = empty.get(path).json()
                assert list(page) == ["deals", "hasMore", "offset"]
                assert ([one["dealId"] for one in page["deals"]], page["hasMore"], page["offset"]) == ([deal], False, 1)
                (row,) = page["deals"]
                assert row["associations"] == dict.fromkeys(members.values(), [])  # noqa: RUF024  # compared only
                assert (history(row, "dealname"), "amount" in row["properties"]) == (["D"], True)
                (row,) = empty.get(f"{path}?properties=dealname&includeAssociations=true").json()["deals"]
                assert (list(row["properties"]), row["associations"]) == (["dealname"], made["associations"])
    with cases.case("none"):
        none = {"deals": [], "hasMore": False, "offset": 0}
        assert empty.get(f"{DEAL}/associated/contact/x").json() == none
    for method, place, status, text in (
        ("PUT", f"{deal}/associations/CONTACT?id=9", 404, "Contact 9 does not exist"),
        ("PUT", f"{deal}/associations/OWNER?id=9", 400, "Invalid enum constant 'OWNER' for class ObjectType"),
        ("GET", "associated/OWNER/9", 400, "Invalid enum constant 'OWNER' for class ObjectType"),
        ("PUT", "9/associations/CONTACT?id=9", 404, "No deal found for dealId=9 portalId=62515"),
    ):
        with cases.case(place):
            found, error = told(empty, method, f"{DEAL}/{place}")
            assert (found, error["message"]) == (status, text)
    with cases.case("missing"):
        for method in ("GET", "PUT", "DELETE"):
            found, error = told(empty, method, f"{DEAL}/9", {} if method == "PUT" else None)
            assert found == 404
            assert list(error.items())[1:] == [
                ("message", "No deal found for dealId=9 portalId=62515"),
                ("errors", [{"message": "This deal 9 does not exist."}]), ("category", "OBJECT_NOT_FOUND"),
            ]  # fmt: skip
    with cases.case("not made"):
        body = {"properties": named(dealname="E"), "associations": {"associatedVids": [9]}}
        assert empty.post(DEAL, body).status == 404
        assert len(empty.get("/crm/v3/objects/deals").json()["results"]) == 2


def test_a_crm_object_in_full(empty: Fake, cases: Cases) -> None:
    """Its version is how many values the time of its last change had."""
    empty.portal.clock.freeze(NOW)
    ticket = record(empty, "tickets", subject="a")
    product = int(created(empty, "products", {"name": "P"}))
    path = f"{OBJECTS}/tickets"
    row = {
        "objectType": "TICKET", "portalId": 62515, "objectId": ticket, "properties": {}, "version": 1,
        "isDeleted": False,
    }  # fmt: skip

    with cases.case("read"):
        assert list(empty.get(f"{path}/{ticket}").json().items()) == list(row.items())
        assert empty.get(f"{OBJECTS}/products/{product}").json()["objectType"] == "PRODUCT"
    with cases.case("changed"):
        empty.portal.clock.freeze(NOW + 1)
        changed = empty.request("PUT", f"{path}/{ticket}", named(subject="b")).json()
        assert (changed["version"], changed["properties"]["subject"]["value"]) == (2, "b")
        assert history(changed, "subject") == ["b"]
        assert empty.get(f"{path}/{ticket}").json()["version"] == 2
    with cases.case("listed"):
        page = empty.get(f"{path}/paged").json()
        assert list(page.items()) == [("objects", [row | {"version": 2}]), ("hasMore", False), ("offset", ticket + 1)]
    with cases.case("several"):
        assert empty.post(f"{path}/batch-read", {"ids": [9, ticket]}).json() == {str(ticket): row | {"version": 2}}
        given = [named(subject=name, **NEEDED["tickets"]) for name in "xy"]
        many = empty.post(f"{path}/batch-create", given).json()
        assert [one["properties"]["subject"]["value"] for one in many] == ["x", "y"]
        changes = [{"objectId": one["objectId"], "properties": named(subject="z")} for one in many]
        updated = empty.post(f"{path}/batch-update", changes).json()
        assert [(one["objectId"], history(one, "subject")) for one in updated] == [
            (one["objectId"], ["z"]) for one in many
        ]
        wrong = [{**changes[0], "properties": named(subject="w")}, {"objectId": 9, "properties": []}]
        assert empty.post(f"{path}/batch-update", wrong).status == 404
        assert v3(empty, "tickets", many[0]["objectId"], "subject") == ["z"]
        assert empty.post(f"{path}/batch-create", [given[0], named(nope="x")]).status == 400
        assert len(empty.get(f"{path}/paged").json()["objects"]) == 3
    with cases.case("deleted"):
        assert empty.post(f"{path}/batch-delete", {"ids": [9, *(one["objectId"] for one in many)]}).status == 204
        assert [one["objectId"] for one in empty.get(f"{path}/paged").json()["objects"]] == [ticket]
        gone = f"{path}/{many[0]['objectId']}"
        assert empty.get(f"{gone}?includeDeletes=TRUE").json()["isDeleted"] is True
        for word in ("?includeDeletes=false", ""):
            status, error = told(empty, "GET", f"{gone}{word}")
            assert status == 404
            assert list(error.items())[1:] == [
                ("message", f"No TICKET found with objectId={many[0]['objectId']}"), ("category", "OBJECT_NOT_FOUND"),
            ]  # fmt: skip
    for word in ("contacts", "boats", "calls"):
        with cases.case(word):
            status, error = told(empty, "GET", f"{OBJECTS}/{word}/{ticket}")
            assert (status, error["message"]) == (400, f"Invalid enum constant '{word}' for class ObjectType")
    for word in ("ticket", "products", "line_items"):
        with cases.case(word):
            assert empty.get(f"{OBJECTS}/{word}/paged").status == 200


def test_every_definition_of_a_link_is_of_two_types(empty: Fake, cases: Cases) -> None:
    """Each links its types, and the one of the other direction finds the link."""
    path = "/crm-associations/v1/associations"
    stand = {"hs_timestamp": "2026-11-28T10:00:00Z"}
    ids = {
        name: int(created(empty, name, values | NEEDED.get(name, {})))
        for name, values in {
            "contacts": {"email": "a@example.com"}, "companies": {"name": "A"}, "deals": {"dealname": "D"},
            "tickets": {"subject": "T"}, "line_items": {"name": "L"}, "notes": stand, "tasks": stand, "meetings": stand,
            "calls": stand, "emails": stand,
        }.items()
    }  # fmt: skip
    pairs = {
        1: ("contacts", "companies", 2), 3: ("deals", "contacts", 4), 5: ("deals", "companies", 6),
        15: ("contacts", "tickets", 16), 19: ("deals", "line_items", 20), 25: ("companies", "tickets", 26),
        27: ("deals", "tickets", 28),
    }  # fmt: skip

    for number, (source, target, back) in pairs.items():
        body = {"fromObjectId": ids[source], "toObjectId": ids[target], "definitionId": number}
        for tail in ("", "-batch"):
            with cases.case((number, tail)):
                sent = [body] if tail else body
                assert empty.request("PUT", f"{path}/create{tail}" if tail else path, sent).status == 204
                assert linked(empty, source, ids[source], target) == [str(ids[target])]
                place = f"{path}/{ids[target]}/HUBSPOT_DEFINED/{back}"
                assert empty.get(place).json() == {"results": [ids[source]], "hasMore": False, "offset": 1}
                assert empty.request("PUT", f"{path}/delete{tail}", sent).status == 204
                assert linked(empty, source, ids[source], target) == []
    for number, back, name in ((7, 8, "companies"), (9, 10, "contacts"), (11, 12, "deals"), (17, 18, "tickets")):
        for activity in ("notes", "tasks", "meetings", "calls", "emails"):
            with cases.case((number, activity)):
                body = {"fromObjectId": ids[activity], "toObjectId": ids[name], "definitionId": back}
                assert empty.request("PUT", path, body).status == 204
                assert linked(empty, activity, ids[activity], name) == [str(ids[name])]
        with cases.case(number):
            found = empty.get(f"{path}/{ids[name]}/HUBSPOT_DEFINED/{number}?limit=4").json()
            assert (found["results"], found["hasMore"]) == (
                sorted(ids[one] for one in ids if one in ACTIVITIES)[:4],
                True,
            )
    for body, status, text in (
        ({"definitionId": 999}, 400, "999 is not a known association definition"),
        ({"definitionId": 1, "fromObjectId": 9}, 404, f"One or more associations are invalid: 9 to {ids['companies']}"),
        ({"definitionId": 1, "toObjectId": 9}, 404, "Company 9 does not exist"),
        (
            {"definitionId": 9, "toObjectId": 9}, 404,
            f"One or more associations are invalid: {ids['contacts']} to 9",
        ),
    ):  # fmt: skip
        with cases.case(body):
            sent = {"fromObjectId": ids["contacts"], "toObjectId": ids["companies"], **body}
            found_status, error = told(empty, "PUT", path, sent)
            assert (found_status, error["message"]) == (status, text)
    for place, text in (
        ("x/HUBSPOT_DEFINED/1", "objectId is not the id of a record"),
        ("1/HUBSPOT_DEFINED/x", "None is not a known association definition"),
    ):
        with cases.case(place):
            assert told(empty, "GET", f"{path}/{place}")[1]["message"] == text


ACTIVITIES = ("notes", "tasks", "meetings", "calls", "emails")


def test_whole_numbers_are_taken_from_lists() -> None:
    assert whole_numbers([1, "2", None, "x", -3, "4.5", 0]) == [1, 2, 0]
