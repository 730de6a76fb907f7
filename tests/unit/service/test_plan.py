import json
import logging
from typing import Any, cast

import msgspec
import pytest

from service.errors import BadRequestError, UpstreamError
from service.fetching.owner_fetcher import OwnerFetcher
from service.fetching.record_fetcher import RecordFetcher, SideBySide
from service.object_types import ObjectType
from service.options import PullOptions
from service.pages import Page
from service.pending import Pending
from service.plan import owner_pages, record_pages
from service.timestamps import ms_to_token
from service.upstream.messages import Response
from tests.support.cases import for_each
from tests.support.scripted_client import Asked, ScriptedClient, ScriptedClients

CONTACTS = ObjectType("contacts", "lastmodifieddate")
SINCE_MS = 1_773_057_600_000


def time_of(milliseconds: int) -> str:
    """Write a time as HubSpot does."""
    return ms_to_token(milliseconds).removeprefix("~t")


def row(number: int, changed_ms: int, archived_ms: int | None = None) -> dict[str, Any]:
    """Build a record or an owner."""
    times = {"updatedAt": time_of(changed_ms), **({"archivedAt": time_of(archived_ms)} if archived_ms else {})}
    return {"id": str(number), "properties": {}, **times, "archived": archived_ms is not None}


class Portal:
    """Records, current and archived, that a list and a search find."""

    def __init__(self, current: dict[int, int], archived: dict[int, int] | None = None) -> None:
        self.current = [row(number, changed) for number, changed in current.items()]
        self.archived = [row(number, 1_000, at) for number, at in (archived or {}).items()]
        self.both = ScriptedClients(self.respond)
        self.has_archive = True

    def respond(self, asked: Asked) -> object:
        """Answer a list, in pages of `limit`, or a search."""
        if asked.document is not None:
            return self._found(asked)
        if "archived" in asked.query and not self.has_archive:
            return Response(400, {}, b"{}")
        rows = self.archived if "archived" in asked.query else self.current
        rest = [one for one in rows if int(one["id"]) >= int(asked.query.get("after", "0"))]
        limit = int(asked.query["limit"])
        paging = {"paging": {"next": {"after": rest[limit]["id"]}}} if len(rest) > limit else {}
        return {"results": rest[:limit], **paging}

    def _found(self, asked: Asked) -> object:
        bound, *more = asked.document["filterGroups"][0]["filters"]
        at = time_of(int(bound["value"]))
        if more:
            found = [one for one in self.current if one["updatedAt"] == at and int(one["id"]) > int(more[0]["value"])]
        else:
            found = sorted((one for one in self.current if one["updatedAt"] >= at), key=lambda one: one["updatedAt"])
        return {"total": len(found), "results": found[:200]}

    def pull(self, options: PullOptions, *, overlap_s: int = 0, page_size: int = 100) -> list[Page]:
        """Return the pages of a pull."""
        fetcher = RecordFetcher.create(self.both.clients, CONTACTS, options, page_size=page_size)
        return list(record_pages(fetcher, options, overlap_s=overlap_s))

    @property
    def paths(self) -> list[str]:
        """Return what was asked: the last part of the path, or `archived`."""
        return [
            "archived" if "archived" in asked.query else asked.path.rpartition("/")[2]
            for asked in self.both.primary.asked
        ]


def ids(pages: list[Page], *, deleted: bool = False) -> list[str]:
    """Return the ids of the records that are sent as deleted, or of the others."""
    return [one for page in pages if page.is_deleted is deleted for one in page.ids]


def test_a_full_pull_reads_the_list_and_nothing_else() -> None:
    portal = Portal(dict.fromkeys(range(1, 6), 1_000), archived={9: 2_000})

    pages = portal.pull(PullOptions(), page_size=2)

    assert ids(pages) == ["1", "2", "3", "4", "5"]
    assert ids(pages, deleted=True) == []
    assert portal.paths == ["contacts"] * 3


@for_each(("overlap_s", "first_ms"), [(0, 0), (1, 1_000), (120, 120_000)])
def test_an_incremental_pull_starts_at_the_bound_and_includes_it(overlap_s: int, first_ms: int) -> None:
    """For changes and for deletions: to the millisecond, less the overlap."""
    bound = SINCE_MS - first_ms
    portal = Portal({1: bound - 1, 2: bound, 3: bound + 1}, archived={11: bound - 1, 12: bound, 13: bound + 1})

    pages = portal.pull(PullOptions(since_ms=SINCE_MS), overlap_s=overlap_s)

    assert ids(pages) == ["2", "3"]
    assert ids(pages, deleted=True) == ["12", "13"]
    assert portal.paths == ["search", "archived"]


def test_a_bound_before_1970_is_1970() -> None:
    """HubSpot refuses a negative one."""
    portal = Portal({1: 0}, archived={2: 1})

    pages = portal.pull(PullOptions(since_ms=5_000), overlap_s=120)

    assert (ids(pages), ids(pages, deleted=True)) == (["1"], ["2"])
    assert portal.both.primary.asked[0].document["filterGroups"][0]["filters"][0]["value"] == "0"


def test_every_page_of_archived_records_is_read() -> None:
    """They are in order of id, so a recent one may be on the last page."""
    archived = dict.fromkeys(range(1, 8), 5) | {4: SINCE_MS, 8: SINCE_MS + 5}
    portal = Portal({}, archived=dict(sorted(archived.items())))

    pages = portal.pull(PullOptions(since_ms=SINCE_MS), page_size=3)

    assert ids(pages, deleted=True) == ["4", "8"]
    assert portal.paths == [*["search"] * 2, *["archived"] * 3]


@for_each(("archived_ms", "expected"), [(SINCE_MS - 1, []), (SINCE_MS, ["1"]), (SINCE_MS + 1, ["1"])])
def test_archived_records_since_a_time_are_records(archived_ms: int, expected: list[str]) -> None:
    """Because the pipe requested them. The time of archiving counts."""
    portal = Portal({}, archived={1: archived_ms})

    pages = portal.pull(PullOptions(since_ms=SINCE_MS, archived=True))

    assert (ids(pages), ids(pages, deleted=True)) == (expected, [])
    assert portal.paths == ["archived"]


@for_each(
    ("since_ms", "expected", "searches"),
    [(None, ["1", "2", "3"], 1), (0, ["2", "3"], 1), (1_000, ["3"], 1), (2_000, [], 2)],
)
def test_with_a_limit_a_pull_continues_after_its_bound(
    since_ms: int | None, expected: list[str], searches: int
) -> None:
    """Records of one timestamp stay together, so the bound itself was read before. There is no overlap."""
    portal = Portal({1: 0, 2: 1_000, 3: 2_000}, archived={4: 5_000})

    pages = portal.pull(PullOptions(since_ms=since_ms, limit=9), overlap_s=120)

    assert ids(pages) == expected
    assert ids(pages, deleted=True) == []
    assert portal.paths == ["search"] * searches


@for_each(("limit", "count"), [(1, 1), (2, 3), (3, 3), (4, 4), (5, 5)])
def test_a_limit_is_kept_except_within_one_timestamp(limit: int, count: int) -> None:
    portal = Portal({1: 0, 2: 1_000, 3: 1_000, 4: 2_000, 5: 3_000})

    assert ids(portal.pull(PullOptions(limit=limit))) == ["1", "2", "3", "4", "5"][:count]


@pytest.mark.parametrize("options", [PullOptions(limit=1), PullOptions(since_ms=0)])
def test_what_a_search_leaves_out_is_read_for_every_way_of_pulling(options: PullOptions) -> None:
    both = ScriptedClients(
        lambda asked: (
            {"results": [{"from": {"id": "1"}, "to": [{"id": "7"}]}]}
            if asked.path.startswith("/crm/v3/associations")
            else {"results": [row(1, 5_000)] if asked.document else [], "total": 1}
        )
    )
    options = PullOptions(since_ms=options.since_ms, limit=options.limit, associations=("deals",))
    fetcher = RecordFetcher.create(both.clients, CONTACTS, options, page_size=100)

    [first, *_] = record_pages(fetcher, options, overlap_s=0)

    assert json.loads(bytes(first.records[0]))["associations"] == {"deals": {"results": [{"id": "7"}]}}
    assert len(both.secondary.asked) == 1


def test_limit_and_archived_contradict_each_other() -> None:
    """The error comes before anything is requested."""
    portal = Portal({})

    with pytest.raises(BadRequestError, match="HubSpot cannot search archived records") as caught:
        portal.pull(PullOptions(limit=1, archived=True))

    assert caught.value.parameter == "limit"
    assert portal.paths == []


def refusing(status: int | None, message: str | None) -> ScriptedClients:
    """HubSpot refuses to list archived records."""

    def respond(asked: Asked) -> object:
        if "archived" in asked.query:
            raise UpstreamError("refused", kind="upstream-status", status=status, hubspot_message=message)
        return {"results": [row(1, SINCE_MS)], "total": 1}

    return ScriptedClients(respond)


@pytest.mark.parametrize(
    ("status", "message", "is_harmless"),
    [
        (400, "Paging through deleted objects is not yet supported for this type.", True),
        (400, "The limit is invalid.", False),
        (400, None, False),
        (403, "no scope for deleted objects", False),
        (500, "deleted objects", False),
        (None, None, False),
    ],
)
def test_a_type_without_an_archive_has_no_deletions(
    status: int | None, message: str | None, is_harmless: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """HubSpot says so in its own words. Every other error fails the pull."""
    caplog.set_level(logging.WARNING, logger="service")
    options = PullOptions(since_ms=SINCE_MS)
    fetcher = RecordFetcher.create(refusing(status, message).clients, CONTACTS, options, page_size=100)
    pages = record_pages(fetcher, options, overlap_s=0)

    assert next(pages).ids == ["1"]
    if is_harmless:
        assert list(pages) == []
        assert "Deletions arrive with a full pull only" in caplog.text
    else:
        with pytest.raises(UpstreamError):
            list(pages)


def owners(options: PullOptions, *, overlap_s: int = 0) -> tuple[list[Page], list[bool]]:
    """Return the pages of a pull of owners, and which lists were requested: the archived one or the current one."""
    current = [row(number, SINCE_MS + number - 3) for number in (5, 1, 3)]
    archived = [row(number, SINCE_MS + number - 7, archived_ms=1) for number in (8, 6, 7)]
    client = ScriptedClient(lambda asked: {"results": archived if "archived" in asked.query else current})
    pages = list(owner_pages(OwnerFetcher(client.client, page_size=100), options, overlap_s=overlap_s))
    return pages, ["archived" in asked.query for asked in client.asked]


@pytest.mark.parametrize(("archived", "expected"), [(False, ["5", "1", "3"]), (True, ["8", "6", "7"])])
def test_a_full_pull_of_owners_reads_one_list(archived: bool, expected: list[str]) -> None:
    pages, asked = owners(PullOptions(archived=archived))

    assert (ids(pages), ids(pages, deleted=True), asked) == (expected, [], [archived])


@for_each(
    ("overlap_s", "archived", "current", "deleted", "requests"),
    [
        (0, False, ["5", "3"], ["8", "7"], [False, True]),
        (1, False, ["5", "1", "3"], ["8", "6", "7"], [False, True]),
        (0, True, ["8", "7"], [], [True]),
    ],
)
def test_owners_since_a_time_are_filtered_at_the_bound(
    overlap_s: int, archived: bool, current: list[str], deleted: list[str], requests: list[bool]
) -> None:
    """They cannot be searched. Archived ones are deletions unless the pipe requests them."""
    pages, asked = owners(PullOptions(since_ms=SINCE_MS, archived=archived), overlap_s=overlap_s)

    assert (ids(pages), ids(pages, deleted=True), asked) == (current, deleted, requests)


@for_each(("since_ms", "first_ms"), [(None, 0), (0, 1), (SINCE_MS, SINCE_MS + 1)])
@for_each("overlap_s", [0, 120])
def test_a_pull_with_a_limit_continues_a_millisecond_later(since_ms: int | None, first_ms: int, overlap_s: int) -> None:
    """Without an overlap at its start, or from 1970."""
    portal = Portal({1: SINCE_MS + 1})

    portal.pull(PullOptions(since_ms=since_ms, limit=5), overlap_s=overlap_s)

    assert portal.both.primary.asked[0].document["filterGroups"][0]["filters"] == [
        {"propertyName": "lastmodifieddate", "operator": "GTE", "value": str(first_ms)}
    ]


class DividedList:
    """One of several connections to a list of records with the ids from 1 on.

    Attributes:
        searched: How often the highest id was looked for.
        completed: How many pages were completed.
    """

    page_size = 10

    def __init__(self, count: int) -> None:
        self.count = count
        self.searched = self.completed = 0

    def begin(self, after: str | None) -> Pending[Page]:
        """Return a page, answered long ago."""
        first = int(after or 1)
        found = [str(number) for number in range(first, min(first + 10, self.count + 1))]
        more = str(first + 10) if first + 10 <= self.count else None
        times = [ms_to_token(SINCE_MS)] * len(found)
        page = Page(found, times, [msgspec.Raw(b"{}")] * len(found), more, answered_ms=SINCE_MS + 60_000)
        return Pending(lambda: page)

    def begin_highest(self) -> Pending[tuple[int | None, int]]:
        """Return the highest id and the number of records."""
        self.searched += 1
        return Pending(lambda: (self.count, self.count))

    def complete(self, page: Page) -> Page:
        """Count the page."""
        self.completed += 1
        return page


class InTurn(list[Any]):
    """Results that come in the order in which they were asked for."""

    def add(self, key: Any, pending: Pending[Any]) -> None:
        """Add a result."""
        self.append((key, pending))

    def next(self) -> Any:
        """Remove the first."""
        return self.pop(0)


@pytest.mark.parametrize(("count", "searches"), [(0, 0), (1, 0), (9, 0), (10, 1), (11, 1), (200, 1)])
def test_a_list_of_more_than_a_page_is_divided(count: int, searches: int) -> None:
    """For one page, the search would take longer than the list. Every page is completed."""
    first, *others = (DividedList(count) for _ in range(3))
    fetcher = RecordFetcher(
        cast(Any, first), cast(Any, first), SideBySide(cast(Any, (first, *others)), cast(Any, InTurn))
    )

    pages = list(record_pages(fetcher, PullOptions(), overlap_s=0))

    assert sorted(map(int, ids(pages))) == [*range(1, count + 1)]
    assert sum(one.searched for one in (first, *others)) == searches
    assert (first.completed, [one.completed for one in others]) == (len(pages), [0, 0])
