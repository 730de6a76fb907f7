"""Families that are collections: the same rules for each of them, tried on all."""

from fake_hubspot.context import Route
from fake_hubspot.crm.families.collection import Collection
from fake_hubspot.crm.families.simple import COLLECTIONS
from tests.support.cases import Cases, for_each
from tests.unit.fake_hubspot.inprocess import Fake

BODY: dict[str, object] = {
    "name": "One",
    "properties": {"hs_name": "One"},
    "label": "One",
    "title": "One",
    "actionUrl": "https://a.test",
}
BODY |= {"objectType": "contacts", "fromCurrencyCode": "EUR", "conversionRate": 2}
MAKING = [one for one in COLLECTIONS if "create" in one.operations]


def at(collection: Collection, number: int = 0) -> str:
    """Return the path of a collection, with an app in it where it belongs to one."""
    return collection.paths[number].replace("{appId}", "77")


def make(fake: Fake, collection: Collection, **fields: object) -> str:
    """Make a thing and return its id."""
    answer = fake.post(at(collection), BODY | fields)
    assert answer.status == collection.created, answer.content
    made: str = answer.json()["id"]
    return made


def test_what_was_made_is_read_on_every_path_until_it_is_archived(empty: Fake, cases: Cases) -> None:
    """And is found among the archived things then."""
    for collection in MAKING:
        with cases.case(collection.name):
            made = make(empty, collection)
            for number in range(len(collection.paths)):
                one = f"{at(collection, number)}/{made}"
                assert empty.get(one).json()["id"] == made
                assert [each["id"] for each in empty.get(at(collection, number)).json()["results"]] == [made]
            if "archive" not in collection.operations:
                continue
            assert empty.request("DELETE", one).status == 204
            assert empty.get(one).status == 404
            assert empty.get(f"{one}?archived=true").json()["id"] == made
            assert empty.get(at(collection)).json()["results"] == []
            assert len(empty.get(f"{at(collection)}?archived=true").json()["results"]) == 1


def test_pages_return_everything_once(empty: Fake, cases: Cases) -> None:
    """Also if the first thing is archived in between; `after` of the link leads on, filters stay in it."""
    for collection in MAKING:
        with cases.case(collection.name):
            made = [make(empty, collection, name=f"N{number}") for number in range(5)]
            first = empty.get(f"{at(collection)}?limit=2&createdAtAfter=0").json()
            if "archive" in collection.operations:
                empty.request("DELETE", f"{at(collection)}/{made[0]}")
            found, link = first["results"], first["paging"]["next"]["link"]
            while link:
                assert "createdAtAfter=0" in link
                page = empty.get(link.removeprefix("http://api.test")).json()
                found += page["results"]
                link = page.get("paging", {}).get("next", {}).get("link")
            assert [one["id"] for one in found] == made


def test_times_select_and_sort(empty: Fake, cases: Cases) -> None:
    """As incremental readers use them; a text that is no time is refused."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-01-01T00:00:00Z"})
    for collection in MAKING:
        with cases.case(collection.name):
            old = make(empty, collection, name="Old")
            assert empty.request("PUT", "/_fake/clock", {"advanceMs": 60_000}).status == 200
            between = empty.portal.clock.now_ms()
            assert empty.request("PUT", "/_fake/clock", {"advanceMs": 60_000}).status == 200
            new = make(empty, collection, name="New")
            asked = {
                f"createdAtAfter={between}": [new],
                f"createdAtBefore={between}": [old],
                "sort=-createdAt": [new, old],
            }
            for query, expected in asked.items():
                found = empty.get(f"{at(collection)}?{query}").json()["results"]
                assert [one["id"] for one in found] == expected, query
            assert empty.get(f"{at(collection)}?createdAtAfter=yesterday").status == 400


def test_what_is_missing_is_refused(empty: Fake, cases: Cases) -> None:
    """Unknown ids with 404, bodies without a required field with 400 and its name."""
    for collection in COLLECTIONS:
        with cases.case(collection.name):
            assert empty.get(f"{at(collection)}/12").status == 404
            if collection.required and "create" in collection.operations:
                answer = empty.post(at(collection), {})
                assert answer.status == 400
                assert all(name in answer.json()["message"] for name in collection.required)


@for_each("collection", COLLECTIONS)
def test_a_collection_has_a_parameter_and_a_noun_of_its_own(collection: Collection) -> None:
    """So routes can be told apart in the journal and in the document."""
    assert [one.name for one in COLLECTIONS].count(collection.name) == 1
    assert collection.key not in collection.paths[0]


def test_forms_emails_and_campaigns_have_the_keys_that_readers_expect(empty: Fake) -> None:
    """And campaigns the properties that are asked for."""
    form = empty.post("/marketing/v3/forms/", {"name": "Contact us"}).json()
    assert {"id", "formType", "fieldGroups", "configuration", "displayOptions", "legalConsentOptions"} <= form.keys()
    made = empty.post("/marketing/v3/campaigns", {"properties": {"hs_name": "Spring", "hs_notes": "x"}}).json()
    assert made["properties"] == {"hs_name": "Spring"}
    asked = empty.get(f"/marketing/v3/campaigns/{made['id']}?properties=hs_notes,hs_owner").json()
    assert asked["properties"] == {"hs_notes": "x"}
    assert list(asked) == ["id", "properties", "createdAt", "updatedAt", "businessUnits"]
    assert empty.get("/marketing/v3/campaigns").json()["total"] == 1


def test_cursors_are_encoded_counts(empty: Fake) -> None:
    """Percent-encoded in the body too, so that clients encode them once more; a plain number is taken."""
    for name in "ABC":
        empty.post("/marketing/v3/forms", {"name": name})
    following = empty.get("/marketing/v3/forms?after=&limit=2&formTypes=hubspot").json()["paging"]["next"]

    assert following["after"] == "Mg%3D%3D"
    assert following["link"].endswith("/marketing/v3/forms?limit=2&formTypes=hubspot&after=Mg%3D%3D")
    for after in ("Mg%3D%3D", "Mg%253D%253D", "2"):
        assert [one["name"] for one in empty.get(f"/marketing/v3/forms?after={after}").json()["results"]] == ["C"]
    for after in ("M", "-1", "eA%3D%3D", "%C3%A9", "/w%3D%3D"):
        assert empty.get(f"/marketing/v3/forms?after={after}").status == 400


def test_a_new_form_has_what_hubspot_sets(empty: Fake) -> None:
    """In HubSpot's order; what is given of a part replaces only that."""
    form = empty.post("/marketing/v3/forms", {"name": "F", "configuration": {"language": "de"}}).json()

    order = "id name createdAt updatedAt archived fieldGroups configuration displayOptions legalConsentOptions formType"
    assert list(form) == order.split()
    assert form["configuration"]["language"] == "de"
    assert form["configuration"]["postSubmitAction"] == {"type": "thank_you", "value": ""}


def test_the_keys_of_emails_are_sorted(empty: Fake) -> None:
    """A draft has those that HubSpot's has."""
    email = empty.post("/marketing/v3/emails", {"name": "E"}).json()

    assert list(email) == sorted(email)
    assert email["emailTemplateMode"] == "DRAG_AND_DROP"


def test_scheduling_pages_are_listed(empty: Fake) -> None:
    """There are none until one is seeded."""
    assert empty.get("/scheduler/v3/meetings/meeting-links").json() == {"total": 0, "results": []}


def test_shallow_families_say_so(empty: Fake) -> None:
    """For the table of coverage."""
    routes: list[Route] = empty.app.router.routes
    shallow = {route.name for route in routes if route.is_shallow}

    assert "cards.read" in shallow
    assert not {"forms.list", "emails.list", "campaigns.list", "objects.list"} & shallow
