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
