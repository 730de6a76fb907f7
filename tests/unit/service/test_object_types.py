import json

import pytest

from service.errors import MismatchError
from service.object_types import STANDARD_TYPES, ObjectType, find_type, parse_custom_types
from tests.support.cases import for_each


@for_each("name", ["contacts", "contact", "0-1"])
def test_a_type_is_found_by_each_of_its_names(name: str) -> None:
    found = find_type(name, STANDARD_TYPES)

    assert found is not None
    assert (found.name, found.modified_property) == ("contacts", "lastmodifieddate")


def test_no_two_types_share_a_name() -> None:
    names = [name for known in STANDARD_TYPES for name in (known.name, *known.other_names)]

    assert len(names) == len(set(names))


def test_only_contacts_have_another_modified_date() -> None:
    assert {known.modified_property for known in STANDARD_TYPES if known.name != "contacts"} == {"hs_lastmodifieddate"}


def test_a_custom_type_is_found_by_each_of_its_names_and_requested_by_its_id() -> None:
    schema = {"name": "car", "objectTypeId": "2-123", "fullyQualifiedName": "p62515_car", "labels": {}}

    [custom] = parse_custom_types(json.dumps({"results": [schema]}).encode())

    assert all(find_type(name, [custom]) is custom for name in ("car", "2-123", "p62515_car", "p_car"))
    assert custom.path_name == "2-123"


@for_each("body", [b"", b"{}", b'{"results":[{"name":"car"}]}'])
def test_a_malformed_list_of_types_is_an_error(body: bytes) -> None:
    with pytest.raises(MismatchError):
        parse_custom_types(body)


@for_each(
    ("name", "others"),
    [
        ("contacts", "contact 0-1"),
        ("companies", "company 0-2"),
        ("deals", "deal 0-3"),
        ("tickets", "ticket 0-5"),
        ("products", "product 0-7"),
        ("line_items", "line_item 0-8"),
        ("quotes", "quote 0-14"),
        ("tasks", "task 0-27"),
        ("notes", "note 0-46"),
        ("meetings", "meeting 0-47"),
        ("calls", "call 0-48"),
        ("emails", "email 0-49"),
        ("invoices", "invoice 0-53"),
        ("subscriptions", "subscription 0-69"),
        ("communications", "communication 0-18"),
        ("postal_mail", "0-116"),
        ("orders", "order 0-123"),
        ("leads", "lead 0-136"),
        ("carts", "cart 0-142"),
        ("commerce_payments", "commerce_payment 0-101"),
        ("services", "service 0-162"),
        ("courses", "course 0-410"),
        ("listings", "listing 0-420"),
        ("appointments", "appointment 0-421"),
        ("projects", "project 0-970"),
        ("goal_targets", "goal_target 0-74"),
        ("feedback_submissions", "feedback_submission 0-19"),
        ("users", "user 0-115"),
        ("discounts", "discount 0-84"),
        ("fees", "fee 0-85"),
        ("taxes", "tax 0-86"),
        ("deal_splits", "deal_split"),
        ("contracts", "contract 0-721"),
        ("partner_clients", "partner_client"),
        ("partner_services", "partner_service"),
    ],
)
def test_every_standard_type_has_hubspots_names(name: str, others: str) -> None:
    """Retyped from HubSpot's list of object type ids. A standard type is requested by its name."""
    found = [find_type(one, STANDARD_TYPES) for one in (name, *others.split())]

    assert {known.name for known in found if known} == {known.path_name for known in found if known} == {name}
    assert None not in found


def test_a_custom_type_without_a_qualified_name_is_called_by_its_id() -> None:
    [custom] = parse_custom_types(b'{"results":[{"name":"car","objectTypeId":"2-123"}]}')

    assert (custom.name, custom.path_name, custom.modified_property) == ("2-123", "2-123", "hs_lastmodifieddate")


@for_each("name", ["CONTACT", "Contacts", "Line Items", "LINE_ITEM", "P62515_CAR"])
def test_a_name_may_be_in_upper_or_lower_case(name: str) -> None:
    custom = ObjectType("p62515_car", type_id="2-123")

    assert find_type(name, (*STANDARD_TYPES, custom)) is not None


def test_a_name_that_a_type_has_exactly_comes_first() -> None:
    upper, lower = ObjectType("p1_CAR", other_names=("CAR",)), ObjectType("p1_car", other_names=("car",))

    assert find_type("car", (upper, lower)) is lower
    assert find_type("CAR", (lower, upper)) is upper
    assert find_type("p1_car", (upper, lower)) is lower
    assert find_type("p1_CAR", (lower, upper)) is upper


# The constants of HubSpot's own client for PHP (`ObjectTypeIDs`), retyped. Marketing events have an API of their own.
IDS_OF_THE_OFFICIAL_CLIENT = {
    "companies": 2,
    "contacts": 1,
    "deals": 3,
    "tickets": 5,
    "appointments": 421,
    "calls": 48,
    "communications": 18,
    "courses": 410,
    "emails": 49,
    "feedback_submissions": 19,
    "invoices": 53,
    "leads": 136,
    "line_items": 8,
    "listings": 420,
    "meetings": 47,
    "notes": 46,
    "orders": 123,
    "commerce_payments": 101,
    "postal_mail": 116,
    "products": 7,
    "quotes": 14,
    "services": 162,
    "subscriptions": 69,
    "tasks": 27,
    "users": 115,
}
# Not in that client, but in HubSpot's documentation of its object type ids, and of contracts.
IDS_OF_THE_DOCUMENTATION = {
    "carts": 142,
    "contracts": 721,
    "discounts": 84,
    "fees": 85,
    "goal_targets": 74,
    "projects": 970,
    "taxes": 86,
}
WITHOUT_PUBLISHED_ID = {"deal_splits", "partner_clients", "partner_services"}


def test_every_id_is_one_that_hubspot_publishes() -> None:
    """An id that is only guessed would read another type."""
    published = {
        name: f"0-{number}" for name, number in (IDS_OF_THE_OFFICIAL_CLIENT | IDS_OF_THE_DOCUMENTATION).items()
    }

    ids = {known.name: [name for name in known.other_names if name.startswith("0-")] for known in STANDARD_TYPES}

    assert ids == {name: [each] for name, each in published.items()} | {name: [] for name in WITHOUT_PUBLISHED_ID}
