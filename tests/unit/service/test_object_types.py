import json

import pytest

from service.errors import MismatchError
from service.object_types import STANDARD_TYPES, find_type, parse_custom_types


@pytest.mark.parametrize("name", ["contacts", "contact", "0-1"])
def test_a_type_is_found_by_each_of_its_names(name: str) -> None:
    found = find_type(name, STANDARD_TYPES)

    assert found is not None
    assert (found.name, found.modified_property) == ("contacts", "lastmodifieddate")


def test_no_two_types_share_a_name() -> None:
    names = [name for known in STANDARD_TYPES for name in (known.name, *known.other_names)]

    assert len(names) == len(set(names))


def test_only_contacts_have_another_modified_date() -> None:
    assert {known.modified_property for known in STANDARD_TYPES if known.name != "contacts"} == {"hs_lastmodifieddate"}


def test_a_custom_type_is_found_by_three_names_and_requested_by_its_id() -> None:
    schema = {"name": "car", "objectTypeId": "2-123", "fullyQualifiedName": "p62515_car", "labels": {}}

    [custom] = parse_custom_types(json.dumps({"results": [schema]}).encode())

    assert all(find_type(name, [custom]) is custom for name in ("car", "2-123", "p62515_car"))
    assert custom.path_name == "2-123"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"results":[{"name":"car"}]}'])
def test_a_malformed_list_of_types_is_an_error(body: bytes) -> None:
    with pytest.raises(MismatchError):
        parse_custom_types(body)


@pytest.mark.parametrize(
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
