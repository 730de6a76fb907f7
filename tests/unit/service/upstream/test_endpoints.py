import json
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from service.upstream import endpoints
from service.upstream.messages import Request
from tests.support.cases import for_each

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


@for_each(
    ("request_", "target"),
    [
        (endpoints.list_page("a b", limit=1), "/crm/v3/objects/a%20b?limit=1"),
        (endpoints.list_page("x", limit=1, after="a&b"), "/crm/v3/objects/x?limit=1&after=a%26b"),
        (endpoints.list_page("x", limit=1, lists={"p": ("a", "b"), "q": ()}), "/crm/v3/objects/x?limit=1&p=a,b"),
        (endpoints.owners_page(limit=5, after=None, archived=False), "/crm/v3/owners?limit=5"),
        (endpoints.owners_page(limit=5, after="M=", archived=True), "/crm/v3/owners?limit=5&after=M%3D&archived=true"),
        (endpoints.properties("a b"), "/crm/v3/properties/a%20b"),
        (endpoints.schemas(), "/crm/v3/schemas"),
    ],
)
def test_what_is_read_without_a_body(request_: Request, target: str) -> None:
    assert (request_.method, request_.target, request_.body, request_.is_search) == ("GET", target, None, False)


def test_batches_are_posted() -> None:
    records = endpoints.read_batch("a b", ["1", "2"], names=["n"], history=["h"])
    links = endpoints.associations_batch("a b", "c d", ["1", "2"])

    assert (records.method, records.target) == ("POST", "/crm/v3/objects/a%20b/batch/read")
    assert (links.method, links.target) == ("POST", "/crm/v3/associations/a%20b/c%20d/batch/read")
    inputs = [{"id": "1"}, {"id": "2"}]
    assert json.loads(records.body or b"") == {"inputs": inputs, "properties": ["n"], "propertiesWithHistory": ["h"]}
    assert json.loads(links.body or b"") == {"inputs": inputs}
    assert (records.is_search, links.is_search) == (False, False)


def test_a_search_without_names_leaves_hubspots_default_properties() -> None:
    request = endpoints.search_page("a b", filters=[], sort="a", names=[], limit=7)

    assert request.target == "/crm/v3/objects/a%20b/search"
    assert json.loads(request.body or b"").keys() == {"filterGroups", "sorts", "limit"}
    assert json.loads(request.body or b"")["limit"] == 7
    assert request.is_search


@for_each("max_length", [10, 14])
@for_each(
    ("names", "sizes"),
    [([], [0]), (["aaaa"] * 4, [2, 2]), (["aaaa"] * 5, [2, 2, 1]), (["a" * 50], [1]), (["a" * 50] * 2, [1, 1])],
)
def test_a_part_is_as_full_as_it_can_be(names: list[str], sizes: list[int], max_length: int) -> None:
    """A name that is too long for any URL gets one of its own. Each name takes a comma."""
    assert [len(chunk) for chunk in endpoints.property_chunks(names, max_length=max_length)] == sizes
