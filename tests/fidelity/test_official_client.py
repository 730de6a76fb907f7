"""HubSpot's own Python client against the fake: only the host differs, and its models parse every response."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hubspot.crm import contacts as contacts_api  # type: ignore[import-untyped]
from hubspot.crm.associations.v4 import ApiException as AssociationsError  # type: ignore[import-untyped]
from hubspot.crm.companies.exceptions import ForbiddenException  # type: ignore[import-untyped]
from hubspot.crm.contacts.exceptions import (  # type: ignore[import-untyped]
    NotFoundException,
    ServiceException,
    UnauthorizedException,
)
from urllib3.util.retry import Retry

from tests.fidelity.conftest import MakePortal
from tests.support.contacts import BRIAN_EMAIL, BRIAN_ID


def create(client: Any, **properties: str) -> Any:
    """Create a contact."""
    given = contacts_api.SimplePublicObjectInputForCreate(properties=properties)
    return client.crm.contacts.basic_api.create(simple_public_object_input_for_create=given)


def test_get_page_parses_into_the_clients_model(make_portal: MakePortal) -> None:
    """Ids, times and paging have the types that the model promises."""
    client = make_portal().client()

    page = client.crm.contacts.basic_api.get_page(limit=1, properties=["email", "phone"])

    contact = page.results[0]
    assert contact.created_at == datetime(2026, 2, 25, 15, 16, 50, 45000, tzinfo=UTC)
    assert contact.properties["phone"] is None
    assert contact.archived is False
    assert page.paging.next.after == str(int(contact.id) + 1)


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_get_all_gets_every_contact_once(make_portal: MakePortal, count: int) -> None:
    """The client pages by `after` until `paging` is absent."""
    client = make_portal(contacts=count).client()

    ids = [contact.id for contact in client.crm.contacts.get_all()]

    assert len(ids) == len(set(ids)) == count


def test_get_all_with_history_reads_fifty_per_page(make_portal: MakePortal) -> None:
    """The client knows the smaller maximum, and the fake enforces it."""
    client = make_portal(contacts=120).client()

    contacts = client.crm.contacts.get_all(properties_with_history=["lifecyclestage"])

    assert len(contacts) == 120
    assert contacts[-1].properties_with_history["lifecyclestage"][0].source_type == "INTEGRATION"


def test_a_contact_is_created_read_updated_and_archived(make_portal: MakePortal) -> None:
    """A contact goes through every operation."""
    client = make_portal().client()
    api = client.crm.contacts.basic_api

    made = create(client, email="new@example.com", firstname="New", phone="+1 (555) 12")
    changed = api.update(made.id, simple_public_object_input={"properties": {"city": "Oslo", "firstname": ""}})
    read = api.get_by_id(made.id, properties=["city", "firstname"], properties_with_history=["firstname"])
    api.archive(made.id)

    assert made.properties["hs_searchable_calculated_phone_number"] == "155512"
    assert "email" not in changed.properties
    assert (read.properties["city"], read.properties["firstname"]) == ("Oslo", "")
    assert [past.value for past in read.properties_with_history["firstname"]] == ["", "New"]
    with pytest.raises(NotFoundException):
        api.get_by_id(made.id)
    assert api.get_by_id(made.id, archived=True).archived_at is not None
    assert [one.id for one in api.get_page(archived=True).results] == [made.id]


def test_a_contact_is_read_by_email(make_portal: MakePortal) -> None:
    """`idProperty` names the unique property."""
    client = make_portal().client()

    contact = client.crm.contacts.basic_api.get_by_id(BRIAN_EMAIL, id_property="email")

    assert contact.properties["firstname"] == "Brian"


def test_errors_are_the_clients_exceptions_with_hubspots_bodies(make_portal: MakePortal) -> None:
    """400, 404, 409 and 401 have the documented bodies."""
    portal = make_portal()
    client = portal.client()

    with pytest.raises(contacts_api.ApiException) as conflict:
        create(client, email="BH@hubspot.com")
    with pytest.raises(contacts_api.ApiException) as unknown:
        create(client, email="x@example.com", nonsense="1")
    with pytest.raises(NotFoundException) as missing:
        client.crm.contacts.basic_api.get_by_id("12")
    client.access_token = "pat-na1-nobody"
    with pytest.raises(UnauthorizedException):
        client.crm.contacts.basic_api.get_page()

    assert conflict.value.status == 409
    assert f"Contact already exists. Existing ID: {BRIAN_ID}" in conflict.value.body
    assert unknown.value.status == 400
    assert "PROPERTY_DOESNT_EXIST" in unknown.value.body
    assert missing.value.body.startswith("<html>")


def test_batches_create_read_update_upsert_and_archive(make_portal: MakePortal) -> None:
    """Create, read with a missing id (207), update, upsert, archive."""
    client = make_portal(contacts=0).client()
    batch = client.crm.contacts.batch_api
    people = [{"properties": {"email": f"p{number}@example.com"}} for number in range(3)]

    made = batch.create(batch_input_simple_public_object_batch_input_for_create={"inputs": people})
    ids = [one.id for one in made.results]
    read = batch.read({"inputs": [{"id": ids[0]}, {"id": "999"}], "properties": ["email"]})
    updates = [{"id": one, "properties": {"city": "Bergen"}} for one in ids]
    updated = batch.update(batch_input_simple_public_object_batch_input={"inputs": updates})
    upserts = [
        {"id": "p0@example.com", "idProperty": "email", "properties": {"city": "Voss"}},
        {"id": "p9@example.com", "idProperty": "email", "properties": {"city": "Voss"}},
    ]
    upserted = batch.upsert(batch_input_simple_public_object_batch_input_upsert={"inputs": upserts})
    batch.archive(batch_input_simple_public_object_id={"inputs": [{"id": one} for one in ids]})

    assert made.status == "COMPLETE"
    assert read.num_errors == 1
    assert read.errors[0].context == {"ids": ["999"]}
    assert [one.properties["city"] for one in updated.results] == ["Bergen"] * 3
    assert [one.new for one in upserted.results] == [False, True]
    assert len(client.crm.contacts.get_all()) == 1


def test_a_search_filters_sorts_and_pages(make_portal: MakePortal) -> None:
    """Filters, a sort, and cursors that are offsets."""
    client = make_portal(contacts=250).client()
    wanted: dict[str, Any] = {
        "filterGroups": [{"filters": [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}]}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}],
        "properties": ["lifecyclestage"],
        "limit": 50,
    }
    found, after = [], None

    while True:
        page = client.crm.contacts.search_api.do_search({**wanted, **({"after": after} if after else {})})
        found += page.results
        if page.paging is None:
            break
        after = page.paging.next.after

    ids = [int(one.id) for one in found]
    assert page.total == len(found) == 82
    assert ids == sorted(ids, reverse=True)
    assert {one.properties["lifecyclestage"] for one in found} == {"customer"}


def test_a_merge_returns_a_new_id(make_portal: MakePortal) -> None:
    """The old ids lead to the new record; the list has one contact fewer."""
    client = make_portal().client()
    ids = [one.id for one in client.crm.contacts.get_all()]

    merged = client.crm.contacts.basic_api.merge({"primaryObjectId": ids[0], "objectIdToMerge": ids[1]})

    assert merged.id not in ids
    assert merged.properties["firstname"] == "Brian"
    assert client.crm.contacts.basic_api.get_by_id(ids[1]).id == merged.id
    assert [one.id for one in client.crm.contacts.get_all()] == [merged.id]


def test_a_gdpr_delete_leaves_nothing(make_portal: MakePortal) -> None:
    """The contact is given by its address; an unknown address is accepted."""
    client = make_portal().client()
    api = client.crm.contacts.basic_api

    api.purge({"objectId": BRIAN_EMAIL, "idProperty": "email"})
    api.purge({"objectId": "nobody@example.com", "idProperty": "email"})

    assert len(client.crm.contacts.get_all()) == 1
    assert client.crm.contacts.basic_api.get_page(archived=True).results == []


@pytest.mark.parametrize("family", ["companies", "deals", "tickets", "products", "line_items"])
def test_the_other_types_have_the_same_operations(make_portal: MakePortal, family: str) -> None:
    """Each type has its own API in the client."""
    api = getattr(make_portal().client().crm, family).basic_api
    name = {"deals": "dealname", "tickets": "subject"}.get(family, "name")
    required = {"hs_pipeline_stage": "1"} if family == "tickets" else {}

    made = api.create(
        simple_public_object_input_for_create={"properties": {name: "First"} | required, "associations": []}
    )
    page = api.get_page(properties=[name])

    assert [(one.id, one.properties[name]) for one in page.results] == [(made.id, "First")]


@pytest.mark.parametrize("kind", ["tasks", "notes", "meetings", "calls", "emails", "0-27"])
def test_engagements_are_objects_too(make_portal: MakePortal, kind: str) -> None:
    """They use the generic API of the client."""
    api = make_portal().client().crm.objects.basic_api

    made = api.create(
        kind,
        simple_public_object_input_for_create={"properties": {"hs_timestamp": "1659970341857"}, "associations": []},
    )

    assert made.properties["hs_timestamp"] == "2022-08-08T14:52:21.857Z"
    assert [one.id for one in api.get_page(kind).results] == [made.id]


def test_a_custom_type_is_defined_and_used(make_portal: MakePortal) -> None:
    """The schemas API defines it, the generic API uses it."""
    client = make_portal().client()
    schema = {
        "name": "cars",
        "labels": {"singular": "Car", "plural": "Many cars"},
        "primaryDisplayProperty": "model",
        "requiredProperties": ["model"],
        "properties": [{"name": "model", "label": "Model", "type": "string", "fieldType": "text"}],
        "associatedObjects": [],
    }

    made = client.crm.schemas.core_api.create(object_schema_egg=schema)
    car = client.crm.objects.basic_api.create(
        made.object_type_id,
        simple_public_object_input_for_create={"properties": {"model": "T"}, "associations": []},
    )

    assert [one.name for one in client.crm.schemas.core_api.get_all().results] == ["cars"]
    assert client.crm.objects.basic_api.get_by_id("p_cars", car.id).properties["model"] == "T"


def test_associations_v4_are_created_read_labelled_and_removed(make_portal: MakePortal) -> None:
    """Associate, read in both directions and inside the contact, label, remove."""
    client = make_portal().client()
    contact = client.crm.contacts.get_all()[0]
    company = client.crm.companies.basic_api.create(
        simple_public_object_input_for_create={"properties": {"name": "Example AS"}, "associations": []}
    )
    api = client.crm.associations.v4

    api.basic_api.create_default("contacts", contact.id, "companies", company.id)
    there = api.basic_api.get_page("contacts", contact.id, "companies")
    back = api.basic_api.get_page("companies", company.id, "contacts")
    inside = client.crm.contacts.basic_api.get_by_id(contact.id, associations=["companies"])
    api.basic_api.archive("contacts", contact.id, "companies", company.id)
    after = api.basic_api.get_page("contacts", contact.id, "companies")

    assert [one.type_id for one in there.results[0].association_types] == [1, 279]
    assert str(back.results[0].to_object_id) == contact.id
    assert {one.type for one in inside.associations["companies"].results} == {
        "contact_to_company",
        "contact_to_company_unlabeled",
    }
    assert after.results == []
    with pytest.raises(AssociationsError) as missing:
        api.basic_api.get_page("contacts", "12", "companies")
    assert missing.value.status == 404


def test_association_labels_work_in_batches(make_portal: MakePortal) -> None:
    """A batch uses a label of the portal; a wrong id is an error among the results."""
    client = make_portal().client()
    first, second = (one.id for one in client.crm.contacts.get_all())
    api = client.crm.associations.v4

    labels = api.schema.definitions_api.create("contacts", "contacts", {"label": "Boss", "name": "boss"})
    kind = {"associationCategory": "USER_DEFINED", "associationTypeId": labels.results[0].type_id}
    pairs = [{"from": {"id": first}, "to": {"id": second}, "types": [kind]}]
    pairs.append({"from": {"id": first}, "to": {"id": "12"}, "types": [kind]})
    made = api.batch_api.create("contacts", "contacts", {"inputs": pairs})
    read = api.batch_api.get_page("contacts", "contacts", {"inputs": [{"id": first}]})

    assert made.num_errors == 1
    assert made.errors[0].message == "CONTACT=12 is not valid"
    assert made.results[0].labels == ["Boss"]
    assert {one.label for one in read.results[0].to[0].association_types} == {None, "Boss"}


def test_properties_groups_owners_and_pipelines_are_parsed(make_portal: MakePortal) -> None:
    """The client's models parse these too."""
    crm = make_portal().client().crm
    given = {
        "name": "shoe_size",
        "label": "Shoe size",
        "type": "number",
        "fieldType": "number",
        "groupName": "contactinformation",
    }

    made = crm.properties.core_api.create("contacts", property_create=given)
    listed = {one.name: one for one in crm.properties.core_api.get_all("contacts").results}
    group = crm.properties.groups_api.create("contacts", {"name": "mine", "label": "Mine"})
    owner = crm.owners.owners_api.get_page(limit=1).results[0]
    stages = crm.pipelines.pipelines_api.get_all("deals").results[0].stages

    assert made.modification_metadata.read_only_definition is False
    assert listed["shoe_size"].type == "number"
    assert listed["lifecyclestage"].options[1].value == "lead"
    assert group.label == "Mine"
    assert crm.owners.owners_api.get_by_id(int(owner.id)).email == "owner@example.com"
    assert [one.id for one in stages][-2:] == ["closedwon", "closedlost"]


def test_the_clients_retries_overcome_a_rate_limit(make_portal: MakePortal) -> None:
    """With the `Retry(total=5, status_forcelist=(429,))` of its README; page 2 returns 429 twice."""
    portal = make_portal(scenario="rate-limited")
    retry = Retry(total=5, status_forcelist=(429,), allowed_methods=None, backoff_factor=0)

    contacts = portal.client(retry=retry).crm.contacts.get_all()

    statuses = [entry["status"] for entry in portal.control("GET", "journal")["entries"]]
    assert len(contacts) == 250
    assert statuses == [200, 429, 429, 200, 200]


def test_an_enforced_limit_returns_429_and_recovers_with_time(make_portal: MakePortal) -> None:
    """The free tier allows a hundred in ten seconds; the clock is frozen until the test advances it."""
    portal = make_portal(tier="free", enforceLimits=True)
    portal.control("PUT", "clock", {"freeze": True})
    api = portal.client().crm.contacts.basic_api

    for _ in range(100):
        api.get_page(limit=1)
    with pytest.raises(contacts_api.ApiException) as refused:
        api.get_page(limit=1)
    portal.control("PUT", "clock", {"advanceMs": 10_001})

    assert refused.value.status == 429
    assert "TEN_SECONDLY_ROLLING" in refused.value.body
    assert len(api.get_page(limit=1).results) == 1


def test_search_has_its_own_limit(make_portal: MakePortal) -> None:
    """Five per second, with rate-limit headers about the day alone."""
    portal = make_portal(enforceLimits=True)
    portal.control("PUT", "clock", {"freeze": True})
    api = portal.client().crm.contacts.search_api

    answers = [api.do_search_with_http_info({"limit": 1}) for _ in range(5)]
    with pytest.raises(contacts_api.ApiException) as refused:
        api.do_search({"limit": 1})

    told = {name for _, _, headers in answers for name in headers if "RateLimit" in name}
    assert told == {"X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining"}
    assert refused.value.status == 429
    assert "You have reached your secondly limit." in refused.value.body


def test_oauth_tokens_are_issued_refreshed_and_expire(make_portal: MakePortal) -> None:
    """The client's own token API does all three."""
    portal = make_portal()
    grant = portal.control("POST", "grants", {})
    client = portal.client()
    app = {"client_id": grant["clientId"], "client_secret": grant["clientSecret"]}

    code = {"code": grant["code"], "redirect_uri": grant["redirectUri"]}
    first = client.oauth.tokens_api.create(grant_type="authorization_code", **app, **code)
    client.access_token = first.access_token
    seen = len(client.crm.contacts.get_all())
    portal.control("POST", "changes/expire-tokens")
    with pytest.raises(UnauthorizedException) as expired:
        client.crm.contacts.basic_api.get_page()
    second = client.oauth.tokens_api.create(grant_type="refresh_token", refresh_token=first.refresh_token, **app)
    client.access_token = second.access_token

    assert seen == 2
    assert first.expires_in == 1800
    assert "EXPIRED_AUTHENTICATION" in expired.value.body
    assert len(client.crm.contacts.get_all()) == 2
    with pytest.raises(ForbiddenException) as forbidden:
        client.crm.companies.basic_api.get_page()
    assert "MISSING_SCOPES" in forbidden.value.body


def test_a_server_error_is_the_clients_service_exception(make_portal: MakePortal) -> None:
    """It carries the 500 and HubSpot's body."""
    client = make_portal(scenario="server-error").client()

    with pytest.raises(ServiceException) as raised:
        client.crm.contacts.get_all()

    assert raised.value.status == 500
    assert "internal error" in raised.value.body
