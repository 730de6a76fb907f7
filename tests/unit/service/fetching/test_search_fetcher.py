import json
from typing import Any

import pytest

from service.errors import MismatchError
from service.fetching.association_fetcher import AssociationFetcher
from service.fetching.search_fetcher import SearchFetcher
from service.object_types import ObjectType
from service.options import PullOptions
from service.search_window import SearchWindow
from tests.support.cases import for_each
from tests.support.scripted_client import Asked, ScriptedClient
from tests.support.upstream_stub import record

COMPANIES = ObjectType("companies")
LONG_NAMES = tuple(f"property_{number:03d}_{'x' * 86}" for number in range(26))
MAX_BODY_LENGTH = 3000


class Portal:
    """Records that a search finds. Those in `gone` are found, but a batch reports them as missing."""

    def __init__(self, count: int, *, gone: set[str] | None = None) -> None:
        self.numbers = range(1, count + 1)
        self.gone = gone or set()

    def respond(self, asked: Asked) -> object:
        """Answer a search, a batch of records or a batch of associations."""
        if asked.path.startswith("/crm/v3/associations/"):
            return {"results": [{"from": {"id": one}, "to": [{"id": f"9{one}"}]} for one in asked.ids]}
        if asked.path.endswith("/search"):
            found = [record(number, updated="2026-01-01T00:00:00Z") for number in self.numbers]
            return {"total": len(found), "results": found}
        whole = [{**record(int(one)), "properties": self.read(asked)} for one in asked.ids if one not in self.gone]
        gone = [one for one in asked.ids if one in self.gone]
        errors = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": gone}}]
        return {"results": whole[::-1], "errors": errors if self.gone & set(asked.ids) else []}

    @staticmethod
    def read(asked: Asked) -> dict[str, str]:
        """Return the properties that a batch asks for."""
        return dict.fromkeys(asked.document["properties"], "read in a batch")


def searches_of(
    portal: Portal, options: PullOptions, object_type: ObjectType = COMPANIES
) -> tuple[SearchFetcher, ScriptedClient, ScriptedClient]:
    """Create a fetcher in front of a portal, and the two clients that record its requests."""
    primary, secondary = ScriptedClient(portal.respond), ScriptedClient(portal.respond)
    associations = AssociationFetcher(secondary.client, object_type)
    return SearchFetcher(primary.client, secondary.client, associations, object_type, options), primary, secondary


def documents(records: list[Any]) -> list[dict[str, Any]]:
    """Parse records."""
    return [json.loads(bytes(one)) for one in records]


@pytest.mark.parametrize(
    ("window", "filters", "sort"),
    [
        (SearchWindow(5), [("hs_lastmodifieddate", "GTE", "5")], "hs_lastmodifieddate"),
        (SearchWindow(5, "7"), [("hs_lastmodifieddate", "EQ", "5"), ("hs_object_id", "GT", "7")], "hs_object_id"),
    ],
)
def test_a_window_is_requested_with_the_properties_in_pages_of_200(
    window: SearchWindow, filters: list[tuple[str, str, str]], sort: str
) -> None:
    searches, client, _ = searches_of(Portal(1), PullOptions(properties=("name", "city")))

    page = searches.begin(window).result()

    [asked] = client.asked
    keys = ("propertyName", "operator", "value")
    assert asked.path == "/crm/v3/objects/companies/search"
    assert asked.document == {
        "filterGroups": [{"filters": [dict(zip(keys, one, strict=True)) for one in filters]}],
        "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "limit": 200,
        "properties": ["name", "city"],
    }
    assert (searches.page_size, page.ids, page.total) == (200, ["1"], 1)
    assert client.requests[0].is_search


def test_contacts_and_custom_types_are_searched_by_their_own_names() -> None:
    contacts, client, _ = searches_of(Portal(1), PullOptions(), ObjectType("contacts", "lastmodifieddate"))
    cars, other, _ = searches_of(Portal(1), PullOptions(), ObjectType("p1_car", type_id="2-123"))

    contacts.begin(SearchWindow(5)).result()
    cars.begin(SearchWindow(5)).result()

    assert client.asked[0].document["sorts"][0]["propertyName"] == "lastmodifieddate"
    assert client.asked[0].document["filterGroups"][0]["filters"][0]["propertyName"] == "lastmodifieddate"
    assert other.asked[0].path == "/crm/v3/objects/2-123/search"


def test_a_search_that_returns_everything_is_complete() -> None:
    searches, _, secondary = searches_of(Portal(3), PullOptions(properties=("name",)))
    page = searches.begin(SearchWindow(5)).result()

    assert searches.complete(page) is page
    assert secondary.asked == []


@for_each(
    ("count", "history", "batches"),
    [
        (1, False, [1]),
        (99, False, [99]),
        (100, False, [100]),
        (101, False, [100, 1]),
        (200, False, [100, 100]),
        (49, True, [49]),
        (50, True, [50]),
        (51, True, [50, 1]),
        (200, True, [50, 50, 50, 50]),
    ],
)
def test_records_are_read_in_batches_as_large_as_hubspot_allows(count: int, history: bool, batches: list[int]) -> None:
    """The records of every batch arrive, in the order of the search."""
    options = PullOptions(properties=("name",) if history else LONG_NAMES, history=("city",) if history else ())
    searches, primary, secondary = searches_of(Portal(count), options)

    page = searches.complete(searches.begin(SearchWindow(5)).result())

    assert [len(asked.ids) for asked in secondary.asked] == batches
    assert {asked.path for asked in secondary.asked} == {"/crm/v3/objects/companies/batch/read"}
    assert all(asked.document["properties"] == list(options.properties) for asked in secondary.asked)
    assert all(asked.document["propertiesWithHistory"] == list(options.history) for asked in secondary.asked)
    assert "properties" not in primary.asked[0].document
    ids = [str(number) for number in range(1, count + 1)]
    assert page.ids == [one["id"] for one in documents(page.records)] == ids
    assert {json.dumps(one["properties"]) for one in documents(page.records)} == {
        json.dumps(dict.fromkeys(options.properties, "read in a batch"))
    }
    assert set(page.updated) == {"~t2026-01-01T00:00:00.000Z"}
    assert (page.total, page.after) == (count, None)


@for_each("gone", [{"1"}, {"100", "101"}, {"1", "2", "3"}, {str(number) for number in range(1, 121)}])
def test_a_record_that_vanishes_between_search_and_batch_is_left_out(gone: set[str]) -> None:
    """Also if the whole batch or the whole page vanishes. Its associations are not requested."""
    options = PullOptions(properties=LONG_NAMES, associations=("deals",))
    searches, _, secondary = searches_of(Portal(120, gone=gone), options)

    page = searches.complete(searches.begin(SearchWindow(5)).result())

    left = [str(number) for number in range(1, 121) if str(number) not in gone]
    assert page.ids == [one["id"] for one in documents(page.records)] == left
    assert len(page.updated) == len(left)
    reads = [asked for asked in secondary.asked if asked.path.endswith("companies/batch/read")]
    links = [one for asked in secondary.asked if asked not in reads for one in asked.ids]
    assert (len(reads), links) == (2, left)
    assert all(one["associations"]["deals"]["results"] == [{"id": f"9{one['id']}"}] for one in documents(page.records))


def test_a_record_that_a_batch_leaves_out_without_a_word_is_an_error() -> None:
    def respond(asked: Asked) -> object:
        if asked.path.endswith("/search"):
            return {"total": 101, "results": [record(number) for number in range(1, 102)]}
        return {"results": [record(int(one)) for one in asked.ids if one != "101"]}

    client = ScriptedClient(respond)
    associations = AssociationFetcher(client.client, COMPANIES)
    searches = SearchFetcher(client.client, client.client, associations, COMPANIES, PullOptions(history=("name",)))
    page = searches.begin(SearchWindow(5)).result()

    with pytest.raises(MismatchError, match="left out 1 records"):
        searches.complete(page)


def test_associations_are_added_to_what_was_read_in_batches() -> None:
    """An incremental pull of more than a hundred records has those of every batch."""
    searches, _, secondary = searches_of(Portal(150), PullOptions(history=("name",), associations=("deals", "contact")))

    page = searches.complete(searches.begin(SearchWindow(5)).result())

    for one in documents(page.records):
        rows = {"results": [{"id": f"9{one['id']}"}]}
        assert one["associations"] == {"deals": rows, "contacts": rows}
    assert len(secondary.asked) == 3 + 2 + 2


@pytest.mark.parametrize(("count", "expected"), [(0, ()), (1, ("deals",))])
def test_an_empty_page_is_complete(count: int, expected: tuple[str, ...]) -> None:
    searches, _, secondary = searches_of(Portal(count), PullOptions(history=("name",), associations=("deals",)))

    page = searches.complete(searches.begin(SearchWindow(5)).result())

    assert len(page.ids) == count
    assert len(secondary.asked) == 2 * len(expected)


def names_of(length: int, characters: int) -> tuple[str, ...]:
    """Return names of this length that take this many characters in JSON, quotes and commas included."""
    count, rest = divmod(characters, length + 3)
    names = [f"{number:0{length}d}" for number in range(count)]
    names[-1] += "x" * rest
    return tuple(names)


@for_each("length", [3, 7, 20, 90])
@for_each(("characters", "is_batch"), [(2600, False), (2601, True)])
def test_the_longest_body_of_a_search_is_within_hubspots_limit(length: int, characters: int, is_batch: bool) -> None:
    """What does not fit is read in batches. Short names have quotes and commas as well."""
    names = names_of(length, characters)
    searches, client, secondary = searches_of(Portal(1), PullOptions(properties=names), ObjectType("companies"))

    searches.complete(searches.begin(SearchWindow(253_402_300_799_999, "9" * 20)).result())

    [request] = client.requests
    assert request.body is not None
    assert len(request.body) <= MAX_BODY_LENGTH
    assert ("properties" not in client.asked[0].document) is is_batch
    assert len(secondary.asked) == is_batch
