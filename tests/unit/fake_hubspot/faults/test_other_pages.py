"""Faults on pages that are not those of records: the older APIs, whose pages look different, and other families."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from fake_hubspot.faults import catalogue, faults_of
from fake_hubspot.settings import Settings
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake, Response

ROWS = 7
PAGE_FAULTS = [
    card for card in catalogue() if card.needs_page and not card.changes_portal and not card.needs_chosen_cursor
]
PORTAL_FAULTS = [card for card in catalogue() if card.changes_portal]


@dataclass(frozen=True)
class Listing:
    """How a client reads one list.

    Attributes:
        rows: The member with the rows.
        ids: The members that lead from a row to its id.
        more: The member that says whether more follows; `paging` in the current APIs.
        cursor: Members of the cursor and the parameters that they go into.
    """

    path: str
    rows: str = "results"
    ids: tuple[str, ...] = ("id",)
    more: str = "paging"
    cursor: tuple[tuple[str, str], ...] = ()
    size: str = "limit"

    def ask(self, fake: Fake, place: dict[str, Any]) -> Response:
        """Request a page of three rows."""
        return fake.get(f"{self.path}?{urlencode({self.size: 3, **place})}")

    def next(self, page: dict[str, Any]) -> dict[str, Any] | None:
        """Return the parameters of the next page, None behind the last one."""
        if not page.get(self.more):
            return None
        if self.more == "paging":
            return {"after": page["paging"]["next"]["after"]}
        return {parameter: page[member] for member, parameter in self.cursor}

    def ids_on(self, page: dict[str, Any]) -> list[str]:
        """Return the ids on a page."""
        return [self._id(row) for row in page[self.rows]]

    def _id(self, row: Any) -> str:
        for name in self.ids:
            row = row[name]
        return str(row)

    def walk(self, fake: Fake, *, most: int = 8) -> list[dict[str, Any]]:
        """Return the pages from the first to the last, up to a maximum."""
        pages: list[dict[str, Any]] = [self.ask(fake, {}).json()]
        while len(pages) < most and (place := self.next(pages[-1])) is not None:
            pages.append(self.ask(fake, place).json())
        return pages

    def read(self, fake: Fake) -> list[str]:
        """Return the ids of a whole walk."""
        return [one for page in self.walk(fake) for one in self.ids_on(page)]


OFFSET, VID = (("offset", "offset"),), (("vid-offset", "vidOffset"),)
TIME_AND_VID = (*VID, ("time-offset", "timeOffset"))
RECORDS = [
    Listing("/contacts/v1/lists/all/contacts/all", "contacts", ("vid",), "has-more", VID, "count"),
    Listing(
        "/contacts/v1/lists/recently_updated/contacts/recent", "contacts", ("vid",), "has-more", TIME_AND_VID, "count"
    ),
    Listing("/companies/v2/companies/paged", "companies", ("companyId",), "has-more", OFFSET),
    Listing("/deals/v1/deal/paged", "deals", ("dealId",), "hasMore", OFFSET),
    Listing("/crm-objects/v1/objects/tickets/paged", "objects", ("objectId",), "hasMore", OFFSET),
]
OTHERS = [
    Listing("/engagements/v1/engagements/paged", "results", ("engagement", "id"), "hasMore", OFFSET),
    Listing(
        "/engagements/v1/engagements/modified/after", "results", ("engagement", "id"), "hasMore", (("after", "after"),)
    ),
    Listing("/contacts/v1/lists", "lists", ("listId",), "has-more", OFFSET, "count"),
    Listing("/marketing/v3/forms"),
    Listing("/marketing/v3/emails"),
    Listing("/automation/v4/flows"),
    Listing("/files/v3/folders/search"),
]
LISTS = [*RECORDS, *OTHERS]
WITH_ARCHIVED = OTHERS[3:6]


@pytest.fixture(scope="module")
def filled() -> Iterator[Fake]:
    """Seven things of each kind."""
    fake = Fake(Settings(contacts=0))
    for number in range(ROWS):
        fake.seed("contacts", {"id": 101 + 3 * number, "properties": {"email": f"a{number}@example.com"}})
        for kind in ("companies", "deals", "tickets"):
            fake.seed(kind, {"id": 201 + 3 * number, "properties": {}})
        fake.post("/crm/v3/objects/notes", {"properties": {"hs_note_body": "n", "hs_timestamp": "1770000000000"}})
        fake.post("/contacts/v1/lists", {"name": f"L{number}"})
        fake.post("/marketing/v3/forms", {"name": f"F{number}"})
        fake.post("/marketing/v3/emails", {"name": f"E{number}"})
        fake.post("/automation/v4/flows", {"name": f"W{number}"})
        fake.post("/files/v3/folders", {"name": f"D{number}"})
    yield fake
    fake.app.portals.close()


@pytest.fixture
def account(filled: Fake) -> Fake:
    """The account without faults."""
    faults_of(filled.app.portals.default).clear()
    return filled


def arm(fake: Fake, fault: str, page: int = 2, **params: Any) -> None:
    """Set a fault on a page, once."""
    answer = fake.post("/_fake/faults", {"fault": fault, "params": params, "where": {"page": page}})
    assert answer.status == 201, answer.content


def second(fake: Fake, listing: Listing) -> Response:
    """Request the second page of a list."""
    place = listing.next(listing.ask(fake, {}).json())
    assert place is not None
    return listing.ask(fake, place)


def fired(fake: Fake) -> list[int]:
    """How often each fault fired."""
    return [armed.fired for armed in faults_of(fake.app.portals.default)]


def test_every_page_fault_fires_at_every_list(account: Fake, cases: Cases) -> None:
    """And changes the page if it concerns what the page has; an error inside a fault would be a 500."""
    unlike: set[str] = set()
    for listing in LISTS:
        original = second(account, listing).content
        for card in PAGE_FAULTS:
            for params in ({}, *card.examples):
                with cases.case(f"{card.name} {params} at {listing.path}"):
                    faults_of(account.app.portals.default).clear()
                    arm(account, card.name, **params)
                    answer = second(account, listing)
                    takes_it = card.name != "ignores-archived" or listing in WITH_ARCHIVED
                    assert (answer.status, fired(account)) == (200, [int(takes_it)])
                    if answer.content != original:
                        unlike.add(f"{card.name} {listing.path}")
    # Not every fault finds on every page what it changes.
    assert len(unlike) > 0.6 * len(LISTS) * len(PAGE_FAULTS)


def test_a_fault_that_loses_nothing_lets_the_client_read_everything(account: Fake, cases: Cases) -> None:
    """The cursor of the changed page leads to what the page left out."""
    for listing in LISTS:
        everything = listing.read(account)
        assert len(set(everything)) >= ROWS, listing.path
        for fault, params in (("short-page", {"rows": 2}), ("short-page", {"rows": 1}), ("empty-page-with-cursor", {})):
            for page in (1, 2):
                with cases.case(f"{fault} on page {page} of {listing.path}"):
                    arm(account, fault, page, **params)
                    assert listing.read(account) == everything
                    assert fired(account)[-1] == 1


def test_a_duplicated_page_repeats_the_one_before_it(account: Fake, cases: Cases) -> None:
    """Its own rows never arrive."""
    for listing in LISTS:
        pages = [listing.ids_on(page) for page in listing.walk(account)]
        with cases.case(listing.path):
            arm(account, "duplicated-page")
            assert [listing.ids_on(page) for page in listing.walk(account)] == [pages[0], pages[0], *pages[2:]]


def test_a_cursor_after_the_end_leads_to_an_empty_page(account: Fake, cases: Cases) -> None:
    """Which has no cursor. Changed engagements are another matter: the millisecond of the last one is read again."""
    for listing in LISTS:
        if listing.path.endswith("modified/after"):
            continue
        pages = listing.walk(account)
        with cases.case(listing.path):
            arm(account, "cursor-after-end", len(pages))
            sizes = [len(listing.ids_on(page)) for page in listing.walk(account)]
            assert sizes == [*(len(listing.ids_on(page)) for page in pages), 0]


def test_cursors_that_lead_back_do_so(account: Fake, cases: Cases) -> None:
    """To the same page, to the previous one, and to the first."""
    for listing in LISTS:
        one, two, *rest = [listing.ids_on(page) for page in listing.walk(account)]
        with cases.case(f"endless-cursor in {listing.path}"):
            arm(account, "endless-cursor")
            assert [listing.ids_on(page) for page in listing.walk(account)] == [one, two, two, *rest]
        with cases.case(f"backward-cursor in {listing.path}"):
            arm(account, "backward-cursor", to="start")
            assert [listing.ids_on(page) for page in listing.walk(account)] == [one, two, one, two, *rest]


@pytest.mark.parametrize(
    ("form", "members"),
    [
        ("absent", {"has-more": False, "vid-offset": 116}),
        ("null", {"has-more": None, "vid-offset": None}),
        ("empty", {}),
        ("next-null", {"has-more": True, "vid-offset": None}),
        ("no-after", {"has-more": True}),
    ],
)
def test_missing_paging_has_its_forms_in_the_older_apis(account: Fake, form: str, members: dict[str, Any]) -> None:
    """The rows do not change."""
    original = second(account, RECORDS[0]).json()
    arm(account, "missing-paging", form=form)

    page = second(account, RECORDS[0]).json()

    assert page.pop("contacts") == original["contacts"]
    assert page == members


def test_an_empty_result_is_that_of_an_empty_account(account: Fake) -> None:
    """Nothing follows."""
    arm(account, "empty-results", 1)

    page = RECORDS[2].ask(account, {}).json()

    assert (page["companies"], page["has-more"]) == ([], False)


def test_an_id_and_a_cursor_get_the_other_type(account: Fake) -> None:
    """They are numbers in the older APIs."""
    arm(account, "integer-id")
    arm(account, "integer-cursor")
    ids = second(account, RECORDS[3]).json()
    cursor = second(account, RECORDS[3]).json()

    assert [type(one["dealId"]) for one in ids["deals"]] == [str] * 3
    assert (type(ids["offset"]), type(cursor["offset"])) == (int, str)


def test_an_id_is_missing_where_the_api_has_it(account: Fake) -> None:
    """An engagement has it one level deeper."""
    arm(account, "missing-id")
    engagement = second(account, OTHERS[0]).json()["results"][0]["engagement"]
    arm(account, "missing-id")
    company = second(account, RECORDS[2]).json()["companies"][0]

    assert "id" not in engagement
    assert "companyId" not in company


def test_a_list_that_is_an_array_changes_too(account: Fake) -> None:
    """Forms of version 2 have no cursor."""
    everything: Sequence[Any] = account.get("/forms/v2/forms").json()
    arm(account, "duplicate-id", 1)
    arm(account, "empty-results", 1)

    twice, none = (account.get("/forms/v2/forms").json() for _ in range(2))

    assert twice == [*everything, everything[-1]]
    assert none == []


@pytest.mark.parametrize("fault", [card.name for card in PORTAL_FAULTS])
def test_records_change_while_an_older_api_lists_them(fault: str, cases: Cases) -> None:
    """The page itself is the original one."""
    fake = Fake(Settings(contacts=0))
    for number in range(ROWS):
        fake.seed("contacts", {"id": 101 + 3 * number, "properties": {"email": f"a{number}@example.com"}})
        for kind in ("companies", "deals", "tickets"):
            fake.seed(kind, {"id": 201 + 3 * number, "properties": {}})
    for listing in RECORDS:
        with cases.case(listing.path):
            before = listing.read(fake)
            arm(fake, fault, 1)
            page = listing.ask(fake, {}).json()
            assert listing.ids_on(page) == before[:3]
            assert fired(fake)[-1] == 1
    fake.app.portals.close()


def test_a_rule_for_an_object_type_holds_for_the_older_apis(account: Fake) -> None:
    """Whose paths spell the type in their own way."""
    account.post("/_fake/faults", {"fault": "server-error", "times": "forever", "where": {"objectType": "contacts"}})

    statuses = {listing.path: listing.ask(account, {}).status for listing in RECORDS}
    read = account.get("/contacts/v1/contact/vid/101/profile").status

    assert read == 500
    assert [path for path, status in statuses.items() if status == 500] == [one.path for one in RECORDS[:2]]
