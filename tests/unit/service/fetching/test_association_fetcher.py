import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from service.errors import MismatchError
from service.fetching.association_fetcher import AssociationFetcher
from service.object_types import STANDARD_TYPES, ObjectType, find_type
from service.pages import Page, parse_page
from tests.support.cases import for_each
from tests.support.scripted_client import Asked, ScriptedClient
from tests.support.upstream_stub import record

CONTACTS = ObjectType("contacts", "lastmodifieddate")
Links = Mapping[str, Mapping[str, Sequence[str]]]


class Portal:
    """Associations by type and record, sent in pages of `size`: the first with the record, the others by cursor."""

    def __init__(self, links: Links, *, size: int = 100) -> None:
        self._links = links
        self._size = size

    def rows(self, to_type: str, record_id: str, start: int = 0) -> dict[str, Any]:
        """Return a page of one record's associations."""
        found = self._links[to_type][record_id]
        rows: dict[str, Any] = {"results": [{"id": one} for one in found[start : start + self._size]]}
        if len(found) > start + self._size:
            rows["paging"] = {"next": {"after": f"c{start + self._size}%3D"}}
        return rows

    def respond(self, asked: Asked) -> object:
        """Answer a batch or a page."""
        parts = asked.path.split("/")
        if asked.document is None:
            record_id, to_type = parts[5], parts[7]
            return self.rows(to_type, record_id, int(asked.query["after"].strip("c=")))
        to_type = parts[5]
        results = []
        for record_id in asked.ids:
            if record_id in self._links[to_type]:
                rows = self.rows(to_type, record_id)
                results.append({"from": {"id": record_id}, "to": rows.pop("results"), **rows})
        return {"results": results}

    def listed(self, record_id: str) -> dict[str, Any]:
        """Return a record as a list sends it."""
        held = {name: self.rows(name, record_id) for name, links in self._links.items() if record_id in links}
        return {**record(int(record_id)), **({"associations": held} if held else {})}


def fetcher_of(portal: Portal, object_type: ObjectType = CONTACTS) -> tuple[AssociationFetcher, ScriptedClient]:
    """Create a fetcher in front of a portal, and the client that records its requests."""
    client = ScriptedClient(portal.respond)
    return AssociationFetcher(client.client, object_type), client


def page_of(*records: dict[str, Any]) -> Page:
    """Parse a page with these records."""
    return parse_page(json.dumps({"results": list(records)}, ensure_ascii=False, separators=(",", ":")).encode())


def raw(page: Page) -> list[bytes]:
    """Return the bytes of every record."""
    return list(map(bytes, page.records))


def associations(page: Page) -> dict[str, dict[str, list[str]]]:
    """Return the associated ids of every record, by type."""
    documents = [json.loads(bytes(one)) for one in page.records]
    return {
        one["id"]: {name: [row["id"] for row in rows["results"]] for name, rows in one.get("associations", {}).items()}
        for one in documents
    }


@for_each(("count", "batches"), [(1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (200, [100, 100])])
def test_associations_are_read_for_a_hundred_records_at_a_time(count: int, batches: list[int]) -> None:
    """Those of every batch arrive, not only those of the last one."""
    ids = [str(number) for number in range(1, count + 1)]
    links = {"companies": {one: [f"9{one}"] for one in ids}}
    fetcher, client = fetcher_of(Portal(links))

    page = fetcher.add(page_of(*(record(int(one)) for one in ids)), ["companies"])

    assert [len(asked.ids) for asked in client.asked] == batches
    assert [one for asked in client.asked for one in asked.ids] == ids
    assert associations(page) == {one: {"companies": [f"9{one}"]} for one in ids}


def test_each_type_is_read_in_batches_of_its_own() -> None:
    """And a record that has none of any type gets no field."""
    ids = [str(number) for number in range(1, 103)]
    links = {"companies": {"1": ["71"], "102": ["72"]}, "deals": {"102": ["81", "82"], "50": ["83"]}}
    fetcher, client = fetcher_of(Portal(links))

    page = fetcher.add(page_of(*(record(int(one)) for one in ids)), ["companies", "deals"])

    found = associations(page)
    assert {one: rows for one, rows in found.items() if rows} == {
        "1": {"companies": ["71"]},
        "50": {"deals": ["83"]},
        "102": {"companies": ["72"], "deals": ["81", "82"]},
    }
    assert [(asked.path.split("/")[5], len(asked.ids)) for asked in client.asked] == [
        ("companies", 100),
        ("companies", 2),
        ("deals", 100),
        ("deals", 2),
    ]
    assert b"associations" not in bytes(page.records[1])


@for_each("count", [0, 1, 100, 101, 200, 201, 350])
@for_each("way", ["list", "search"])
def test_every_page_of_a_records_associations_is_read(way: str, count: int) -> None:
    """The third and fourth too. Each page that is not the first costs one request."""
    many = [str(7_000 + number) for number in range(count)]
    portal = Portal({"companies": {"2": many, "3": ["1"]} if many else {"3": ["1"]}})
    fetcher, client = fetcher_of(portal)

    if way == "list":
        page = fetcher.complete(page_of(*(portal.listed(one) for one in ("1", "2", "3"))), ["companies"])
    else:
        page = fetcher.add(page_of(record(1), record(2), record(3)), ["companies"])

    assert associations(page) == {"1": {}, "2": {"companies": many} if many else {}, "3": {"companies": ["1"]}}
    assert all("paging" not in bytes(one).decode() for one in page.records)
    further = [asked for asked in client.asked if asked.document is None]
    assert len(further) == max(0, count - 1) // 100
    assert {asked.path for asked in further} <= {"/crm/v3/objects/contacts/2/associations/companies"}
    assert [asked.query["after"] for asked in further] == [f"c{start}=" for start in range(100, count, 100)]
    assert len(client.asked) - len(further) == (0 if way == "list" else 1)


def test_several_types_and_records_of_a_page_are_completed() -> None:
    links = {
        "companies": {"1": ["1", "2", "3"], "2": ["4"]},
        "deals": {"1": ["5"], "2": ["6", "7", "8", "9", "10"]},
    }
    portal = Portal(links, size=2)
    fetcher, client = fetcher_of(portal)

    page = fetcher.complete(page_of(portal.listed("1"), portal.listed("2")), ["companies", "deals"])

    assert associations(page) == {
        "1": {"companies": ["1", "2", "3"], "deals": ["5"]},
        "2": {"companies": ["4"], "deals": ["6", "7", "8", "9", "10"]},
    }
    assert [asked.path.split("/")[5:] for asked in client.asked] == [
        ["1", "associations", "companies"],
        ["2", "associations", "deals"],
        ["2", "associations", "deals"],
    ]


def test_a_complete_page_keeps_its_bytes() -> None:
    """It is not decoded and encoded again."""
    portal = Portal({"deals": {"1": ["5"]}})
    fetcher, client = fetcher_of(portal)
    page = page_of(portal.listed("1"), record(2))

    assert fetcher.complete(page, ["deals"]) is page
    assert client.asked == []


def test_a_custom_type_is_named_by_its_id_in_every_path() -> None:
    fetcher, client = fetcher_of(Portal({"deals": {"1": ["5", "6"]}}, size=1), ObjectType("p1_car", type_id="2-123"))

    fetcher.add(page_of(record(1)), ["deals"])

    assert [asked.path for asked in client.asked] == [
        "/crm/v3/associations/2-123/deals/batch/read",
        "/crm/v3/objects/2-123/1/associations/deals",
    ]


@for_each(
    ("to_type", "name"),
    [
        ("companies", "companies"),
        ("company", "companies"),
        ("0-2", "companies"),
        ("line_item", "line items"),
        ("2-5", "2-5"),
    ],
)
def test_a_type_is_listed_under_its_plural_name_however_it_was_requested(to_type: str, name: str) -> None:
    """As in HubSpot's list. A type that is not standard keeps its name."""
    known = find_type(to_type, STANDARD_TYPES)
    fetcher, _ = fetcher_of(Portal({known.path_name if known else to_type: {"1": ["7"]}}))

    assert associations(fetcher.add(page_of(record(1)), [to_type])) == {"1": {name: ["7"]}}


@for_each("further", [
        {"results": [{"id": "8"}], "paging": {"next": {"after": "MTAw"}}},
        {"results": [], "paging": {"next": {"after": "MjAw"}}},
    ], ids=["the same cursor", "no rows"])  # fmt: skip
@for_each("way", ["list", "search"])
def test_a_cursor_that_does_not_advance_is_an_error(way: str, further: dict[str, Any]) -> None:
    """At once, and not after a thousand requests."""
    paging = {"next": {"after": "MTAw"}}

    def respond(asked: Asked) -> object:
        return further if asked.document is None else {"results": [{"from": {"id": "1"}, "to": [], "paging": paging}]}

    client = ScriptedClient(respond)
    fetcher = AssociationFetcher(client.client, CONTACTS)
    held = {"deals": {"results": [{"id": "7"}], "paging": paging}}

    read = {
        "list": lambda: fetcher.complete(page_of({**record(1), "associations": held}), ["deals"]),
        "search": lambda: fetcher.add(page_of(record(1)), ["deals"]),
    }

    with pytest.raises(MismatchError, match="does not advance"):
        read[way]()

    assert len([asked for asked in client.asked if asked.document is None]) == 1


def test_an_empty_last_page_of_associations_is_no_error() -> None:
    """The last row may have been removed between two requests."""
    client = ScriptedClient(lambda _asked: {"results": []})
    held = {"deals": {"results": [{"id": "7"}], "paging": {"next": {"after": "MTAw"}}}}

    page = AssociationFetcher(client.client, CONTACTS).complete(page_of({**record(1), "associations": held}), ["deals"])

    assert associations(page) == {"1": {"deals": ["7"]}}


@for_each(
    ("listed_as", "is_known"),
    [
        ("line items", True),
        ("line_items", True),
        ("Line Items", True),
        ("0-8", True),
        ("p1_cars", False),
        ("deals", False),
    ],
)
@for_each("count", [1, 2])
def test_a_list_gives_the_same_bytes_as_a_search_under_whatever_name_hubspot_lists_a_type(
    listed_as: str, is_known: bool, count: int
) -> None:
    """A name that means none of the requested types is not believed: the associations are read in a batch."""
    portal = Portal({"line_items": {"1": [str(7 + number) for number in range(count)]}}, size=1)
    fetcher, client = fetcher_of(portal)
    held = portal.listed("1")["associations"]["line_items"]
    listed = {**record(1), "associations": {listed_as: held}, "url": "https://example.org"}
    plain = {**record(1), "url": "https://example.org"}

    from_list = fetcher.complete(page_of(listed), ["line_items"])
    batches = [asked for asked in client.asked if asked.document is not None]
    from_search = fetcher.add(page_of(plain), ["line_items"])

    assert raw(from_list) == raw(from_search)
    assert list(associations(from_list)["1"]) == ["line items"]
    assert bool(batches) is not is_known


def test_types_are_in_the_order_in_which_they_are_requested() -> None:
    """HubSpot's list may have another order."""
    portal = Portal({"deals": {"1": ["5"]}, "companies": {"1": ["7"]}})
    fetcher, client = fetcher_of(portal)

    from_list = fetcher.complete(page_of(portal.listed("1")), ["companies", "deals"])

    assert client.asked == []
    assert raw(from_list) == raw(fetcher.add(page_of(record(1)), ["companies", "deals"]))
    assert list(associations(from_list)["1"]) == ["companies", "deals"]


def test_empty_associations_are_left_out() -> None:
    fetcher, _ = fetcher_of(Portal({"deals": {}}))

    page = fetcher.complete(page_of({**record(1), "associations": {}}), ["deals"])

    assert raw(page) == raw(fetcher.add(page_of(record(1)), ["deals"]))


def test_a_type_that_nobody_knows_keeps_its_name() -> None:
    """In the path and in the record, with its underscore."""
    fetcher, client = fetcher_of(Portal({"p1_car": {"1": ["7"]}}))

    page = fetcher.add(page_of(record(1)), ["p1_car"])

    assert associations(page) == {"1": {"p1_car": ["7"]}}
    assert [asked.path for asked in client.asked] == ["/crm/v3/associations/contacts/p1_car/batch/read"]


@pytest.mark.parametrize("odd", ["2-5", "odd name"])
def test_a_list_with_one_name_that_nobody_asked_for_is_read_as_for_a_search(odd: str) -> None:
    """Beside names that are known: the odd one may be a type that was asked for under another name."""
    portal = Portal({"companies": {"1": ["7"]}, "deals": {"1": ["8"]}})
    fetcher, client = fetcher_of(portal)
    held = {"companies": {"results": [{"id": "7"}]}, odd: {"results": [{"id": "8"}]}}

    page = fetcher.complete(page_of({**record(1), "associations": held}), ["companies", "deals"])

    assert associations(page) == {"1": {"companies": ["7"], "deals": ["8"]}}
    assert len(client.asked) == 2
