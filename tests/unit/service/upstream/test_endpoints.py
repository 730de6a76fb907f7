import json
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from service.upstream import endpoints

NAMES = st.lists(st.text(st.sampled_from("abcdefghij_0ø"), min_size=1, max_size=30), max_size=80, unique=True)


@given(NAMES, st.integers(200, 400))
def test_names_are_split_into_parts_that_fit_and_none_is_lost(names: list[str], max_length: int) -> None:
    chunks = endpoints.property_chunks(names, max_length=max_length)

    assert [name for chunk in chunks for name in chunk] == names
    assert all(chunk for chunk in chunks) or chunks == [()]
    for chunk in chunks:
        target = endpoints.list_page("contacts", limit=100, lists={"properties": chunk}).target
        assert len(target) <= max_length + 60


@given(NAMES)
def test_a_url_contains_every_parameter(names: list[str]) -> None:
    request = endpoints.list_page("p1_car", limit=50, after="52", lists={"properties": names}, archived=True)

    query = parse_qs(urlsplit(request.target).query)
    assert query.pop("properties", [""])[0] == ",".join(names)
    assert query == {"limit": ["50"], "after": ["52"], "archived": ["true"]}


def test_a_cursor_of_associations_is_not_encoded_again() -> None:
    """HubSpot sends it encoded."""
    request = endpoints.associations_page("contacts", "51", "companies", after="MC0yLTc1MDI%3D")

    assert request.target.endswith("/crm/v3/objects/contacts/51/associations/companies?limit=500&after=MC0yLTc1MDI%3D")


def test_a_search_has_filters_and_an_order_but_no_offset() -> None:
    request = endpoints.search_page("contacts", filters=[{"propertyName": "a"}], sort="a", names=["email"])

    assert (request.method, request.name) == ("POST", "POST /crm/v3/objects/contacts/search")
    assert request.body is not None
    assert json.loads(request.body) == {
        "filterGroups": [{"filters": [{"propertyName": "a"}]}],
        "sorts": [{"propertyName": "a", "direction": "ASCENDING"}],
        "limit": 200,
        "properties": ["email"],
    }


def test_the_name_of_a_request_does_not_contain_the_query() -> None:
    """The query may contain a key."""
    assert endpoints.list_page("contacts", limit=1).name == "GET /crm/v3/objects/contacts"
