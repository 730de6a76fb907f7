"""No change is lost by an offset, whatever happens while each request of a pull is under way."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.fetching.owner_fetcher import OwnerFetcher
from service.fetching.record_fetcher import RecordFetcher
from service.object_types import ObjectType
from service.offsets import Horizon
from service.options import PullOptions
from service.pages import Page
from service.pending import Pending
from service.plan import owner_pages, record_pages
from service.timestamps import ms_to_token, since_to_ms
from service.upstream.messages import Response
from tests.support.cases import for_each
from tests.support.scripted_client import Asked, ScriptedClients

CONTACTS = ObjectType("contacts", "lastmodifieddate")
START_MS = 1_773_057_600_345
COUNT = 6
PAGE_SIZE = 3


@dataclass(frozen=True)
class Event:
    """What happens around one request: time passes, a record changes, another one is archived, time passes.

    Attributes:
        at: The number of the request.
        is_before: Whether it happens before HubSpot reads its records, or after that while the answer is on its way.
    """

    at: int
    change: int
    archive: int
    wait_ms: int
    is_before: bool


class MovingAccount:
    """An account that changes during pulls, and the dataset of a pipe that reads it. Its clock moves by itself too."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self.now_ms = START_MS
        self.records: dict[int, tuple[int, str]] = dict.fromkeys(range(1, COUNT + 1), (START_MS - 5, "old"))
        self.archived: dict[int, int] = {}
        self.dataset: dict[str, str] = {}
        self.since: str | None = None
        self.events = list(events)
        self._requests = 0
        self._changes = 0

    def respond(self, asked: Asked) -> object:
        """Answer a request, with events around the moment at which HubSpot reads its records."""
        self._happen(is_before=True)
        rows, more = self._found(asked)
        self._happen(is_before=False)
        self._requests += 1
        self.now_ms += 1
        body: dict[str, Any] = {"results": rows, "total": len(rows) + bool(more), **more}
        return Response(200, {"date": formatdate(self.now_ms // 1000, usegmt=True)}, json.dumps(body).encode())

    def _found(self, asked: Asked) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        is_archived = "archived" in asked.query
        if asked.document is not None:
            first_ms = int(asked.document["filterGroups"][0]["filters"][0]["value"])
            found = sorted((at, number) for number, (at, _) in self.records.items() if at >= first_ms)
            return [self._row(number) for _, number in found][:200], {}
        numbers = sorted(self.archived if is_archived else self.records)
        rest = [number for number in numbers if number >= int(asked.query.get("after", "0"))]
        more = {"paging": {"next": {"after": str(rest[PAGE_SIZE])}}} if len(rest) > PAGE_SIZE else {}
        return [self._row(number) for number in rest[:PAGE_SIZE]], more

    def _row(self, number: int) -> dict[str, Any]:
        at, value = self.records.get(number, (START_MS - 5, ""))
        row = {"id": str(number), "properties": {"v": value}, "updatedAt": _time(at), "archived": False}
        if number in self.archived:
            row |= {"updatedAt": _time(self.archived[number]), "archived": True}
            row["archivedAt"] = row["updatedAt"]
        return row

    def _happen(self, *, is_before: bool) -> None:
        for event in self.events:
            if (event.at, event.is_before) == (self._requests, is_before):
                self.change(event.change)
                self.now_ms += event.wait_ms
                self.archive(event.archive)
                self.now_ms += event.wait_ms

    def change(self, number: int) -> None:
        """Change a record, unless it is archived."""
        self._changes += 1
        if number in self.records:
            self.records[number] = (self.now_ms, f"change {self._changes}")

    def archive(self, number: int) -> None:
        """Archive a record, but not the last one: the service refuses an account without owners."""
        if len(self.records) > 1 and self.records.pop(number, None) is not None:
            self.archived[number] = self.now_ms

    def pull(self, kind: str, *, overlap_s: int) -> None:
        """Run the pipe once: merge what arrives into the dataset, and continue from the highest token."""
        options = PullOptions(since_ms=None if self.since is None else since_to_ms(self.since))
        clients = ScriptedClients(self.respond).clients
        if kind == "owners":
            owners = OwnerFetcher(clients.primary, page_size=PAGE_SIZE)
            pages = owner_pages(owners, options, overlap_s=overlap_s, clock=self._clock)
        else:
            fetcher = RecordFetcher.create(clients, CONTACTS, options, page_size=PAGE_SIZE)
            pages = record_pages(fetcher, options, overlap_s=overlap_s, clock=self._clock)
        arrived = list(pages)
        if options.since_ms is None:
            self.dataset.clear()
        for page in arrived:
            for record_id, record in zip(page.ids, page.records, strict=True):
                self.dataset[record_id] = json.loads(bytes(record))["properties"]["v"]
                if page.is_deleted:
                    del self.dataset[record_id]
        self.since = max([self.since or "", *(token for page in arrived for token in page.updated)])

    def _clock(self) -> float:
        return self.now_ms / 1000

    @property
    def expected(self) -> dict[str, str]:
        """What the dataset must be after a pull of an account at rest."""
        return {str(number): value for number, (_, value) in self.records.items()}


def _time(ms: int) -> str:
    return ms_to_token(ms).removeprefix("~t")


NUMBERS = st.integers(1, COUNT)
EVENTS = st.lists(
    st.builds(
        Event,
        at=st.integers(0, 14),
        change=NUMBERS,
        archive=NUMBERS,
        wait_ms=st.sampled_from([0, 1, 700, 1_000, 130_000, 300_000]),
        is_before=st.booleans(),
    ),
    max_size=6,
)


@pytest.mark.parametrize("kind", ["records", "owners"])
@pytest.mark.parametrize("overlap_s", [0, 1, 120])
@given(events=EVENTS, pulls=st.integers(2, 4))
@example(
    events=[Event(0, change=1, archive=number, wait_ms=0, is_before=True) for number in range(1, COUNT + 1)], pulls=2
)
def test_no_change_is_lost_that_happens_while_any_request_is_under_way(
    kind: str, overlap_s: int, events: list[Event], pulls: int
) -> None:
    """A full pull, some incremental ones, and one when the account is at rest."""
    account = MovingAccount(events)
    for _ in range(pulls):
        account.pull(kind, overlap_s=overlap_s)
    account.events.clear()
    account.pull(kind, overlap_s=overlap_s)

    assert account.dataset == account.expected


@for_each("kind", ["records", "owners"])
@for_each("request_number", range(5))
def test_an_archived_record_does_not_lift_the_offset_past_an_earlier_change(kind: str, request_number: int) -> None:
    """A changes while a later read is under way; B is archived five minutes after that and is sent by this pull."""
    account = MovingAccount()
    account.pull(kind, overlap_s=120)
    account.now_ms += 600_000
    first = account._requests
    account.events = [Event(first + request_number, change=1, archive=5, wait_ms=300_000, is_before=True)]

    for _ in range(3):
        account.pull(kind, overlap_s=120)

    assert account.dataset == account.expected


def page(*updated: int, answered_ms: int | None = None) -> Page:
    """A page of records with these times."""
    ids = [str(number) for number in range(1, len(updated) + 1)]
    return Page(
        ids=ids,
        updated=[ms_to_token(each) for each in updated],
        records=[msgspec.Raw(b"{}")] * len(ids),
        answered_ms=answered_ms,
    )


class Wait:
    """A clock that moves while a request waits."""

    def __init__(self, seconds: float) -> None:
        self.now_s = 100.0
        self._seconds = seconds

    def begin(self, pages: Iterator[Page]) -> Callable[[None], Pending[Page]]:
        """Answer each request with the next page, after the wait."""

        def answer() -> Page:
            self.now_s += self._seconds
            return next(pages)

        return lambda _position: Pending(answer)


@for_each("waited_s", [0.0, 0.25, 300.0])
def test_the_horizon_is_no_later_than_the_first_request(waited_s: float) -> None:
    """HubSpot's `Date` less the wait for it, retries included. Later answers do not move it."""
    wait = Wait(waited_s)
    horizon = Horizon(None, clock=lambda: wait.now_s)
    begin = horizon.watch(
        wait.begin(iter([page(5_000_000, answered_ms=4_000_000), page(6_000_000, answered_ms=9_000_000)]))
    )

    pages = list(horizon.limit(begin(None).result() for _ in range(2)))

    expected = ms_to_token(4_000_000 - int(waited_s * 1000) - 1)
    assert [each.updated for each in pages] == [[expected], [expected]]


def test_the_horizon_does_not_depend_on_which_read_is_first() -> None:
    wait = Wait(0)
    horizon = Horizon(None, clock=lambda: wait.now_s)
    first = horizon.watch(wait.begin(iter([page(answered_ms=4_000_000)])))
    other = horizon.watch(wait.begin(iter([page(7_000_000, answered_ms=7_000_000)])))

    first(None).result()
    [limited] = horizon.limit(iter([other(None).result()]))

    assert limited.updated == [ms_to_token(3_999_999)]


@pytest.mark.parametrize(("updated", "latest_ms"), [((1_000, 3_000, 2_000), 3_000), ((), 500)])
def test_without_a_date_the_newest_change_of_the_first_page_is_the_horizon(
    updated: tuple[int, ...], latest_ms: int
) -> None:
    """It is no later than the answer. A first page without records proves nothing later than `since`."""
    wait = Wait(0)
    horizon = Horizon(500, clock=lambda: wait.now_s)
    begin = horizon.watch(wait.begin(iter([page(*updated), page(9_000)])))

    *_, last = horizon.limit(begin(None).result() for _ in range(2))

    assert last.updated == [ms_to_token(latest_ms)]


@for_each(("margin_s", "expected"), [(0, [1, 2, 3]), (1, [1, 2]), (2, [1]), (9, [])])
def test_a_pull_in_order_of_change_ends_before_the_margin(margin_s: int, expected: list[int]) -> None:
    """What changed later may have a neighbour that is not in the index yet. The next pull sends it."""
    wait = Wait(0)
    horizon = Horizon(None, clock=lambda: wait.now_s)
    changes = page(1_000, 2_000, 3_000, 4_000, answered_ms=3_002)
    begin = horizon.watch(wait.begin(iter([changes, page(5_000)])))

    pages = list(horizon.settled((begin(None).result() for _ in range(2)), margin_s=margin_s))

    assert [pages[0].ids, len(pages)] == [[str(number) for number in expected], 1]
