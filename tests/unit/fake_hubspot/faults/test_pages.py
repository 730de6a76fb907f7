"""Which page of which walk a request counts as: after every fault of paging, and for walks side by side."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from fake_hubspot.portal.walks import Walks
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS, OWNERS, SEARCH = "/crm/v3/objects/contacts", "/crm/v3/owners", "/crm/v3/objects/contacts/search"
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def portal() -> Iterator[Fake]:
    """A portal with 50 contacts whose ids have gaps, and owners with the same ids."""
    made = Fake(Settings(contacts=0))
    made.seed("contacts", *({"id": number * 3 + 10} for number in range(50)))
    owners = [{"id": n * 3 + 10, "email": f"o{n}@example.com", "userId": n + 1} for n in range(50)]
    assert made.post("/_fake/seed", {"owners": owners}).status == 200
    yield made
    made.app.portals.close()


def read_contacts(fake: Fake, after: Any = None, *, limit: int = 10, more: str = "") -> dict[str, Any]:
    """One page of contacts."""
    cursor = "" if after is None else f"&after={after}"
    page: dict[str, Any] = fake.get(f"{CONTACTS}?limit={limit}{more}{cursor}").json()
    return page


def read_owners(fake: Fake, after: Any = None, *, limit: int = 10) -> dict[str, Any]:
    """One page of owners."""
    cursor = "" if after is None else f"&after={after}"
    page: dict[str, Any] = fake.get(f"{OWNERS}?limit={limit}{cursor}").json()
    return page


def search(fake: Fake, after: Any = None, *, limit: int = 10) -> dict[str, Any]:
    """One page of a search."""
    page: dict[str, Any] = fake.post(SEARCH, {"limit": limit} | ({} if after is None else {"after": after})).json()
    return page


def cursor(page: dict[str, Any]) -> Any:
    """The cursor of a page, None on the last one."""
    return page.get("paging", {}).get("next", {}).get("after")


def arm(fake: Fake, fault: str, **rule: Any) -> None:
    """Set a fault."""
    answer = fake.post("/_fake/faults", {"fault": fault, **rule})
    assert answer.status == 201, answer.content


def pages(fake: Fake) -> list[int]:
    """The pages that the requests counted as, in the order of the journal."""
    return [entry["page"] for entry in fake.get("/_fake/journal").json()["entries"]]


def walk(fake: Fake, read: Read, *, most: int = 7) -> list[int]:
    """Follow the cursors, and return what the requests counted as."""
    fake.request("DELETE", "/_fake/journal")
    after = cursor(read(fake))
    for _ in range(most - 1):
        if after is None:
            break
        after = cursor(read(fake, after))
    return pages(fake)


@pytest.mark.parametrize("read", [read_contacts, read_owners, search])
@pytest.mark.parametrize(
    ("fault", "page", "params", "counted"),
    [
        ("short-page", 1, {"rows": 3}, [1, 2, 3, 4, 5, 6]),
        ("short-page", 2, {"rows": 3}, [1, 2, 3, 4, 5, 6]),
        ("short-page", 2, {"rows": 9}, [1, 2, 3, 4, 5, 6]),
        ("empty-page-with-cursor", 2, {}, [1, 2, 2, 3, 4, 5]),
        ("endless-cursor", 2, {}, [1, 2, 2, 3, 4, 5]),
        ("endless-cursor", 1, {}, [1, 1, 2, 3, 4, 5]),
        ("backward-cursor", 3, {}, [1, 2, 3, 2, 3, 4, 5]),
        ("backward-cursor", 3, {"to": "start"}, [1, 2, 3, 1, 2, 3, 4]),
        ("integer-cursor", 2, {}, [1, 2, 3, 4, 5]),
        ("duplicated-page", 2, {}, [1, 2, 3, 4, 5]),
        ("duplicate-id", 2, {}, [1, 2, 3, 4, 5]),
        ("missing-results", 2, {}, [1, 2, 3, 4, 5]),
        ("missing-paging", 3, {}, [1, 2, 3]),
    ],
)
def test_pages_are_counted_after_every_fault_of_paging(
    portal: Fake, read: Read, fault: str, page: int, params: dict[str, Any], counted: list[int]
) -> None:
    """A shortened page counts as one, and a cursor that leads to a page again leads to its number."""
    arm(portal, fault, params=params, where={"page": page})

    seen = walk(portal, read)

    assert seen[: len(counted)] == counted


@pytest.mark.parametrize("read", [read_contacts, read_owners, search])
def test_a_cursor_after_the_end_opens_one_more_page(portal: Fake, read: Read) -> None:
    """It is the page after the last one."""
    last = walk(portal, read)[-1]
    arm(portal, "cursor-after-end", where={"page": last})

    assert walk(portal, read) == [*range(1, last + 1), last + 1]


@pytest.mark.parametrize("read", [read_contacts, read_owners, search])
def test_a_rule_for_a_page_fires_there_after_a_short_page(portal: Fake, read: Read) -> None:
    """The third request of the walk gets the fault for page 3; its retry has the same number."""
    arm(portal, "short-page", where={"page": 2})
    arm(portal, "service-unavailable", where={"page": 3})
    first = read(portal)
    second = read(portal, cursor(first))

    with pytest.raises(ValueError, match="Expecting value"):
        read(portal, cursor(second))
    fourth = cursor(read(portal, cursor(second)))
    read(portal, fourth)

    entries = portal.get("/_fake/journal").json()["entries"]
    asked = [(entry["page"], entry["fault"]) for entry in entries]
    assert asked == [(1, None), (2, "short-page"), (3, "service-unavailable"), (3, None), (4, None)]


def test_walks_with_different_parameters_count_separately(portal: Fake) -> None:
    """The same cursor is page 3 of one walk and page 2 of the other, whichever was handed out last."""
    small = cursor(read_contacts(portal, cursor(read_contacts(portal, limit=5)), limit=5))
    large = cursor(read_contacts(portal, limit=10))
    other = cursor(read_contacts(portal, limit=10, more="&properties=city"))
    assert small == large == other
    portal.request("DELETE", "/_fake/journal")

    read_contacts(portal, small, limit=5)
    read_contacts(portal, large, limit=10)
    read_contacts(portal, small, limit=5)
    read_contacts(portal, other, limit=10, more="&properties=city")

    assert pages(portal) == [3, 2, 3, 2]


def test_searches_with_different_bodies_count_separately(portal: Fake) -> None:
    """The offset 20 is page 3 of one search; another one with as many rows and a short page gets there on page 4."""
    arm(portal, "short-page", params={"rows": 5}, where={"page": 1})
    arm(portal, "short-page", params={"rows": 5}, where={"page": 2})
    body = {"limit": 10, "query": ""}
    for after in ("0", "5", "10"):
        portal.post(SEARCH, body | {"after": after})
    portal.request("DELETE", "/_fake/journal")

    for after in ("0", "10", "20"):
        portal.post(SEARCH, {"limit": 10, "after": after})
    portal.post(SEARCH, body | {"after": "20"})

    assert pages(portal) == [1, 2, 3, 4]


def test_walks_with_different_tokens_count_separately(portal: Fake) -> None:
    """The same requests with another token of the same portal are another walk."""
    token = portal.post("/_fake/tokens", {}).json()["token"]
    other = {"authorization": f"Bearer {token}"}
    arm(portal, "short-page", params={"rows": 5}, where={"fromPage": 1}, times=2)
    second = cursor(read_contacts(portal))
    third = cursor(read_contacts(portal, second))
    assert cursor(portal.get(f"{CONTACTS}?limit=10", headers=other).json()) == third
    portal.request("DELETE", "/_fake/journal")

    read_contacts(portal, third)
    portal.get(f"{CONTACTS}?limit=10&after={third}", headers=other)

    assert pages(portal) == [3, 2]


def test_the_same_walk_on_two_connections_counts_separately(portal: Fake) -> None:
    """One walk got two short pages that end where the other's first page ends. Other connections follow the latest."""
    path, two = f"{CONTACTS}?limit=10", "127.0.0.2"
    arm(portal, "short-page", params={"rows": 5}, times=2)
    third = cursor(read_contacts(portal, cursor(read_contacts(portal))))
    assert cursor(portal.get(path, client=two).json()) == third
    portal.request("DELETE", "/_fake/journal")

    read_contacts(portal, third)
    portal.get(f"{path}&after={third}", client=two)
    read_contacts(portal, third)
    portal.get(f"{path}&after={third}", client="127.0.0.3")

    assert pages(portal) == [3, 2, 3, 2]


def test_a_walk_that_starts_again_forgets_what_its_connection_was_told(portal: Fake) -> None:
    """Its next page was read on another connection, and the cursor that came there is what counts."""
    path, two = f"{CONTACTS}?limit=10", "127.0.0.2"
    arm(portal, "short-page", params={"rows": 5}, times=2)
    third = cursor(read_contacts(portal, cursor(read_contacts(portal))))
    fourth = cursor(read_contacts(portal, third))
    second = cursor(read_contacts(portal))
    assert (second, cursor(portal.get(f"{path}&after={second}", client=two).json())) == (third, fourth)
    portal.request("DELETE", "/_fake/journal")

    read_contacts(portal, fourth)

    assert pages(portal) == [3]


def test_a_walk_that_refreshes_its_token_goes_on_counting(portal: Fake) -> None:
    """A cursor that is unknown under the new token is looked up under the old one."""
    token = portal.post("/_fake/tokens", {}).json()["token"]
    third = cursor(read_contacts(portal, cursor(read_contacts(portal))))
    portal.request("DELETE", "/_fake/journal")

    portal.get(f"{CONTACTS}?limit=10&after={third}", headers={"authorization": f"Bearer {token}"})

    assert pages(portal) == [3]


@pytest.mark.parametrize("choice", ["always", "as-sent"])
def test_a_walk_that_follows_links_is_one_walk(portal: Fake, choice: str) -> None:
    """Links have another path and may spell out the limit."""
    portal.assume(link_limit=choice)
    link = f"http://api.test{CONTACTS}"
    large = cursor(read_contacts(portal, limit=20))
    for _ in range(2):
        page = portal.get(link.removeprefix("http://api.test")).json()
        link = page["paging"]["next"]["link"]
    assert cursor(page) == large
    read_contacts(portal, limit=20)
    portal.request("DELETE", "/_fake/journal")

    portal.get(link.removeprefix("http://api.test"))

    assert pages(portal) == [3]


def test_a_cursor_that_the_client_chose_counts_by_its_place_in_the_account(portal: Fake) -> None:
    """Its retry too, and the pages that follow it. Archived records have an order of their own."""
    for record_id in (22, 25):
        portal.request("DELETE", f"{CONTACTS}/{record_id}")
    portal.request("DELETE", "/_fake/journal")

    for after in (0, 5, 40, 46, 47, 200, 10_000, "a", -3):
        read_contacts(portal, after)
    read_contacts(portal, 46)
    read_contacts(portal, cursor(read_contacts(portal, 46)), limit=10)
    read_contacts(portal, 24, more="&archived=true", limit=1)

    # the records are 10, 13, ... 157 without 22 and 25, so ten of them come before 46
    assert pages(portal) == [1, 1, 1, 2, 2, 5, 5, 1, 1, 2, 2, 3, 2]


def test_counting_the_place_of_a_cursor_ends_somewhere(portal: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an account with millions of records, it would take too long."""
    monkeypatch.setattr("fake_hubspot.paging.MOST_COUNTED", 25)
    portal.request("DELETE", "/_fake/journal")

    for after in (71, 95, 150):
        read_contacts(portal, after)

    assert pages(portal) == [3, 3, 3]


@pytest.mark.parametrize(
    ("where", "struck"),
    [
        ({"cursor": "chosen"}, [58, 58, 101]),
        ({"cursor": "handed-out"}, [0, 38, 68, 86, 131, 158]),
        ({"lastPage": True}, [131]),
        ({"lastPage": False}, [0, 58, 38, 68, 58, 101, 86, 158]),
        ({"cursor": "chosen", "fromPage": 3}, [101]),
    ],
)
def test_a_rule_selects_by_who_chose_the_cursor_and_by_the_end_of_the_list(
    portal: Fake, where: dict[str, Any], struck: list[int]
) -> None:
    """The retry of a chosen cursor is one too. The page behind the last one is not the last."""
    arm(portal, "cursor-after-end", times="forever")
    arm(portal, "latency", params={"delay_ms": 0}, where={"route": "objects.list", **where}, times="forever")
    portal.request("DELETE", "/_fake/journal")

    for after in (0, 58, 38, 68, 58, 101, 86, 131, 158):
        read_contacts(portal, after)

    entries = portal.get("/_fake/journal").json()["entries"]
    hit = [parse_qs(each["query"]) for each in entries if "latency" in (each["fault"] or "")]
    assert [int(query.get("after", ["0"])[0]) for query in hit] == struck


def test_a_range_that_begins_within_a_page_is_counted_for_itself(portal: Fake) -> None:
    """Another range ends with the same page; each of the two has retries of its own."""
    where = {"route": "objects.list", "page": 2, "per": "page", "nth": 2}
    arm(portal, "latency", params={"delay_ms": 0}, where=where, times="forever")
    read_contacts(portal, 0)
    portal.request("DELETE", "/_fake/journal")

    for after in (38, 58, 58, 38, 38):
        read_contacts(portal, after)

    entries = portal.get("/_fake/journal").json()["entries"]
    assert [bool(each["fault"]) for each in entries] == [False, False, True, True, False]
    assert pages(portal) == [2] * 5


@pytest.mark.parametrize("encode", [quote, str])
def test_a_cursor_that_is_percent_encoded_is_known_if_it_is_encoded_again(
    portal: Fake, encode: Callable[[str], str]
) -> None:
    """Clients encode the cursor of members of lists, which is encoded already, as they encode any other value."""
    listed = {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"}
    path = f"/crm/v3/lists/{portal.post('/crm/v3/lists', listed).json()['list']['listId']}/memberships"
    portal.request("PUT", f"{path}/add", [10, 13, 16])
    arm(portal, "latency", params={"delay_ms": 0}, where={"route": "memberships.list", "cursor": "chosen"})
    portal.request("DELETE", "/_fake/journal")

    first = portal.get(f"{path}?limit=1").json()
    second = portal.get(f"{path}?limit=1&after={encode(cursor(first))}").json()
    third = portal.get(f"{path}?limit=1&after={encode(cursor(second))}").json()

    assert [one["recordId"] for page in (first, second, third) for one in page["results"]] == ["10", "13", "16"]
    assert pages(portal) == [1, 2, 3]
    assert not [each for each in portal.get("/_fake/journal").json()["entries"] if each["fault"]]


def test_the_last_page_of_a_list_that_reduces_the_limit_is_the_last_one_that_it_sends(portal: Fake) -> None:
    """100 records, and 50 with history. The account has 150."""
    portal.seed("contacts", *({"id": number, "properties": {}} for number in range(1001, 1101)))
    portal.assume(limit_over_maximum="clamp")
    arm(portal, "latency", params={"delay_ms": 0}, where={"lastPage": True}, times="forever")
    portal.request("DELETE", "/_fake/journal")

    for query in (
        "limit=500", "limit=500&after=1001", "limit=500&after=1001&propertiesWithHistory=email", "limit=60&after=1051"
    ):  # fmt: skip
        assert portal.get(f"{CONTACTS}?{query}").status == 200

    entries = portal.get("/_fake/journal").json()["entries"]
    assert [bool(each["fault"]) for each in entries] == [False, True, False, True]


@pytest.mark.parametrize("limit", ["101", "2147483648", "9223372036854775807", "9" * 30, "0", "-1", "x"])
def test_a_request_with_a_limit_that_is_refused_is_for_no_last_page(portal: Fake, limit: str) -> None:
    """Whatever the number: the rule waits for the page."""
    arm(portal, "server-error", where={"lastPage": True})

    refused = portal.get(f"{CONTACTS}?limit={limit}&after=100").status

    assert (refused, portal.get(f"{CONTACTS}?limit=100").status) == (400, 500)


@pytest.mark.parametrize("where", [{"cursor": "chosen"}, {"lastPage": True}])
def test_other_routes_have_no_chosen_cursor_and_no_last_page(portal: Fake, where: dict[str, Any]) -> None:
    arm(portal, "server-error", where=where, times="forever")

    answers = [
        portal.get(f"{CONTACTS}/10"),
        portal.post(SEARCH, {"limit": 10}),
        portal.get("/crm/v3/properties/contacts"),
        portal.get("/crm/v3/objects/nonsense"),
    ]

    assert [each.status for each in answers] == [200, 200, 200, 400]


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [61, 64, 67]),
        ({"rows": 3}, [67]),
        ({"rows": 99}, []),
        ({"leads": "nowhere"}, []),
        ({"leads": "start"}, [10, 13, 16, 19]),
    ],
)
def test_an_unknown_cursor_leads_elsewhere(portal: Fake, params: dict[str, Any], ids: list[int]) -> None:
    """Cursors that a response had are right, also those of the page that was wrong."""
    arm(portal, "unknown-cursor", params=params, times="forever")
    first = read_contacts(portal, limit=4)

    wrong = read_contacts(portal, 58, limit=4)

    assert [int(record["id"]) for record in wrong["results"]] == ids
    assert [int(record["id"]) for record in read_contacts(portal, cursor(first), limit=4)["results"]] == [
        22,
        25,
        28,
        31,
    ]
    if after := cursor(wrong):
        follows = [int(record["id"]) for record in read_contacts(portal, after, limit=4)["results"]]
        assert follows == [number + int(after) + 2 for number in (0, 3, 6, 9)]


def test_counts_for_each_page_are_kept_for_each_walk(portal: Fake) -> None:
    """The first request for a page fails in each of two walks side by side; a retry on another connection succeeds."""
    arm(portal, "bad-gateway", where={"route": "objects.list", "per": "page", "nth": 1})
    paths = [f"{CONTACTS}?limit=10", f"{CONTACTS}?limit=20", f"{CONTACTS}?limit=10", f"{CONTACTS}?limit=20"]

    statuses = [portal.get(path, client=f"127.0.0.{number}").status for number, path in enumerate(paths)]

    assert statuses == [502, 502, 200, 200]


def test_the_cursors_remembered_are_bounded_and_the_oldest_go_first() -> None:
    """A cursor that was handed out again is new again; a forgotten walk leaves nothing."""
    walks = Walks(remembered=4)

    walks.hand_out(("a",), "10", opens=2)
    walks.hand_out(("a",), "20", opens=3)
    walks.hand_out(("b",), "10", opens=5)
    walks.hand_out(("a",), "10", opens=4)
    walks.hand_out(("c",), "10", opens=6)
    walks.hand_out(("c",), "20", opens=7)

    known = [walks.page_of((name,), after, unknown=0) for name in "abc" for after in ("10", "20")]
    assert known == [4, 3, 0, 0, 6, 7]


def test_a_walk_that_starts_again_frees_its_places() -> None:
    """Only its exact name is forgotten."""
    walks = Walks(remembered=4)
    walks.hand_out(("exact", "kind"), "10", opens=2)

    walks.start(("exact", "kind"))
    for after in ("20", "30", "40"):
        walks.hand_out(("other",), after, opens=3)

    assert walks.page_of(("exact",), "10", unknown=0) == 0
    assert walks.page_of(("kind",), "10", unknown=0) == 2
    assert walks.cursor_of(("exact", "other"), 3) == "40"


def test_a_cleared_memory_is_empty() -> None:
    """And it counts from nothing again."""
    walks = Walks(remembered=2)
    walks.hand_out(("a",), "10", opens=2)

    walks.clear()
    walks.hand_out(("b",), "10", opens=3)
    walks.hand_out(("b",), "20", opens=4)

    assert [walks.page_of((name,), "10", unknown=0) for name in "ab"] == [0, 3]
