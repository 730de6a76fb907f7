"""A list read in ranges over several connections: every record once, whatever the ids are and whatever happens."""

import random
from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import MismatchError
from service.pages import Page
from service.pending import Pending
from service.walks.by_id import IdWalk
from service.walks.ranges import Job, Range, RangeWalk, _agree
from service.walks.side_by_side import Key, read_side_by_side
from tests.support.cases import for_each

Fault = Callable[[Page], Page]
Event = Callable[["MovingList"], None]


def page(ids: Sequence[int], *, after: int | None = None) -> Page:
    """Build a page of these ids."""
    texts = [str(number) for number in ids]
    return Page(
        ids=texts,
        updated=[""] * len(texts),
        records=[msgspec.Raw(b"{}")] * len(texts),
        after=None if after is None else str(after),
    )


@dataclass
class MovingList:
    """A list that works like HubSpot's, and changes between requests.

    Attributes:
        ids: The records, in order.
        events: What happens before the request with a number.
        faults: What becomes of the page of the request with a number.
        is_late: Whether a page is read when it is waited for, or when it is requested: responses overtake each other.
        asked: The cursors that were requested.
    """

    ids: list[int]
    size: int
    events: dict[int, list[Event]] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)
    is_late: Callable[[], bool] = lambda: False
    asked: list[int] = field(default_factory=list)
    highest: int | None = None
    total: int | None = None

    def begin(self, after: str | None) -> Pending[Page]:
        """Request a page."""
        for happens in self.events.pop(len(self.asked), []):
            happens(self)
        self.asked.append(int(after or 0))
        fault = self.faults.get(len(self.asked) - 1)

        def answer() -> Page:
            found = self.page(int(after or 0))
            return found if fault is None else fault(found)

        if self.is_late():
            return Pending(answer)
        found = answer()
        return Pending(lambda: found)

    def page(self, after: int) -> Page:
        """Return the page at a cursor."""
        first = bisect_left(self.ids, after)
        rows = self.ids[first : first + self.size]
        return page(rows, after=rows[-1] + 1 if len(self.ids) > first + self.size else None)

    def find_highest(self) -> Pending[tuple[int | None, int]]:
        """Search the highest id."""
        highest = self.highest if self.highest is not None else max(self.ids, default=None)
        total = len(self.ids) if self.total is None else self.total
        return Pending(lambda: (highest, total))

    def create(self) -> None:
        """Create a record. Its id is the highest."""
        self.ids.append(self.ids[-1] + 7 if self.ids else 1)

    def archive(self, share: float) -> None:
        """Archive the record at this part of the list, but not the last one."""
        if len(self.ids) > 1:
            del self.ids[int(share * (len(self.ids) - 2))]

    def merge(self, share: float) -> None:
        """Merge two records. HubSpot makes a new one."""
        self.archive(share)
        self.archive(1 - share)
        self.create()

    def restore(self, number: int) -> None:
        """Restore an archived record, somewhere in the middle."""
        if number not in self.ids:
            insort(self.ids, number)


class AnyOrder:
    """Results that arrive in an order of the test."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self._choose = choose
        self._rest: list[tuple[Key, Pending[Any]]] = []
        self.most = 0

    def __len__(self) -> int:
        return len(self._rest)

    def add(self, key: Key, pending: Pending[Any]) -> None:
        """Add a result."""
        self._rest.append((key, pending))
        self.most = max(self.most, len(self._rest))

    def next(self) -> tuple[Key, Pending[Any]]:
        """Remove one."""
        return self._rest.pop(self._choose(len(self._rest)))


def read(
    portal: MovingList, *, connections: int, choose: Callable[[int], int] = lambda _count: 0, min_records: int = 0
) -> list[int]:
    """Return the ids that arrive."""
    walk = RangeWalk(page_size=portal.size, min_records=min_records)
    results = AnyOrder(choose)
    pages = read_side_by_side(walk, [portal.begin] * connections, [portal.find_highest] * connections, results)
    found = [int(number) for one in pages for number in one.ids]
    assert results.most <= connections
    return found


STARTS = st.sampled_from([1, 90, 51, 10**6, 216_907_872_614, 10**12, 9 * 10**18])
CLUSTERS = st.lists(
    st.tuples(STARTS, st.integers(0, 60), st.sampled_from([1, 1, 2, 13, 1_000, 10**9])), min_size=0, max_size=5
)


def ids_of(clusters: list[tuple[int, int, int]]) -> list[int]:
    """Return the ids of clusters: where each begins, how many it has, and how far apart they are."""
    return sorted({start + step * row for start, count, step in clusters for row in range(count)})


SHARES = st.floats(0, 1)
EVENTS = st.one_of(
    st.just(MovingList.create),
    st.builds(lambda share: lambda portal: portal.archive(share), SHARES),
    st.builds(lambda share: lambda portal: portal.merge(share), SHARES),
    st.builds(lambda number: lambda portal: portal.restore(number), st.integers(1, 200)),
)


@given(
    clusters=CLUSTERS,
    size=st.integers(1, 9),
    connections=st.integers(1, 8),
    seed=st.integers(0, 2**32),
    events=st.lists(st.tuples(st.integers(0, 40), EVENTS), max_size=5),
    highest=st.none() | STARTS,
    total=st.none() | st.integers(0, 10_000),
)
@settings(max_examples=100)
def test_what_was_there_throughout_arrives_exactly_once(
    clusters: list[tuple[int, int, int]],
    size: int,
    connections: int,
    seed: int,
    events: list[tuple[int, Callable[[MovingList], None]]],
    highest: int | None,
    total: int | None,
) -> None:
    """Records come and go, responses overtake each other, and the search knows too little or too much."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable order
    portal = MovingList(ids_of(clusters), size, highest=highest, total=total, is_late=lambda: chance.random() < 0.5)
    for number, event in events:
        portal.events.setdefault(number, []).append(event)
    throughout, ever = set(portal.ids), set(portal.ids)

    def choose(count: int) -> int:
        throughout.intersection_update(portal.ids)
        ever.update(portal.ids)
        return chance.randrange(count)

    found = read(portal, connections=connections, choose=choose)

    throughout.intersection_update(portal.ids)
    assert len(found) == len(set(found))
    assert throughout <= set(found) <= ever | set(portal.ids)


class Timed:
    """Results that each take one unit of time.

    Attributes:
        now: The time of the last result.
    """

    def __init__(self) -> None:
        self.now = 0
        self._rest: list[tuple[int, Key, Pending[Any]]] = []

    def __len__(self) -> int:
        return len(self._rest)

    def add(self, key: Key, pending: Pending[Any]) -> None:
        """Add a result."""
        self._rest.append((self.now + 1, key, pending))

    def next(self) -> tuple[Key, Pending[Any]]:
        """Remove the one that is there first."""
        self.now, key, pending = self._rest.pop(0)
        return key, pending


SHAPES = {
    "dense": range(1, 10_001),
    "sparse": range(1, 10**10, 10**6),
    "two clusters": [*range(1, 5_001), *range(10**12, 10**12 + 5_000)],
    "a record, then a cluster": [1, *range(10**15, 10**15 + 9_999)],
    "a cluster, then a record": [*range(1, 10_000), 10**15],
    "ever denser": sorted({int(10**12 * (1 - 0.998**row)) + row for row in range(10_000)}),
    "many clusters of one page": [number * 10**9 + row for number in range(100) for row in range(100)],
    "many clusters of a part of a page": [number * 10**9 + row for number in range(1_000) for row in range(10)],
    "many clusters of three pages": [number * 10**9 + row for number in range(33) for row in range(300)],
}


@pytest.mark.parametrize(("connections", "share"), [(2, 0.55), (4, 0.33), (8, 0.23)])
def test_connections_share_the_work_whatever_the_ids_are(connections: int, share: float) -> None:
    """In time, and in requests: hardly one finds nothing new."""
    for name, ids in SHAPES.items():
        portal, results = MovingList(list(ids), 100), Timed()
        walk = RangeWalk(page_size=100, min_records=200)
        pages = read_side_by_side(walk, [portal.begin] * connections, [portal.find_highest] * connections, results)

        found = [int(number) for one in pages for number in one.ids]

        assert sorted(found) == list(ids), name
        assert results.now <= share * 100, (name, results.now)
        assert len(portal.asked) <= 101 + 3 * connections, (name, len(portal.asked))


@for_each(("highest", "total"), [(None, 0), (None, 10_000), (10_000, 200), (10_000, 300), (99, 10_000)])
def test_without_anything_to_divide_a_list_is_read_in_order(highest: int | None, total: int) -> None:
    """The search found nothing, or an account that is nearly read, or an id that was passed long ago."""
    walk = RangeWalk(page_size=100, min_records=200)
    portal = MovingList(list(range(1, 1_001)), 100)
    pages = read_side_by_side(
        walk, [portal.begin] * 4, [lambda: Pending(lambda: (highest, total))] * 4, AnyOrder(lambda _count: 0)
    )

    assert [int(number) for one in pages for number in one.ids] == portal.ids
    assert portal.asked == [0, *range(101, 1_002, 100)]


@for_each("count", [0, 1, 99, 100, 199, 200])
def test_the_highest_id_of_a_small_account_is_not_searched(count: int) -> None:
    def search() -> Pending[tuple[int | None, int]]:
        raise AssertionError("searched")

    portal = MovingList(list(range(1, count + 1)), 100)
    walk = RangeWalk(page_size=100, min_records=201)
    pages = read_side_by_side(walk, [portal.begin] * 4, [search] * 4, AnyOrder(lambda _count: 0))

    assert [int(number) for one in pages for number in one.ids] == portal.ids


def odd_cursors(portal: MovingList) -> None:
    """Let the cursor be another number than the last id plus one."""
    portal.faults = dict.fromkeys(range(30), far_cursor)


@pytest.mark.parametrize("is_search_first", [True, False])
def test_the_highest_id_is_searched_once_and_only_where_it_helps(is_search_first: bool) -> None:
    """Although several connections are free, also while the search is under way."""
    cases: list[tuple[str, int, int, Event, bool, int]] = [
        ("a large account", 1_000, 0, lambda _portal: None, True, 1),
        ("one in which nothing is found", 1_000, 0, lambda _portal: None, False, 1),
        ("one that has as many records as are needed", 20, 20, lambda _portal: None, True, 1),
        ("one that is read by then", 15, 15, lambda _portal: None, True, 0),
        ("one whose cursors are unknown", 1_000, 10, odd_cursors, True, 0),
    ]
    for name, count, min_records, change, is_found, expected in cases:
        portal = MovingList([number * 60 for number in range(count)], 10)
        change(portal)
        searched: list[str] = []

        def search(
            portal: MovingList = portal, searched: list[str] = searched, is_found: bool = is_found
        ) -> Pending[tuple[int | None, int]]:
            searched.append("")
            return portal.find_highest() if is_found else Pending(lambda: (None, 0))

        walk = RangeWalk(page_size=10, min_records=min_records)
        results = AnyOrder(lambda waiting: waiting - 1 if is_search_first else 0)
        pages = list(read_side_by_side(walk, [portal.begin] * 4, [search] * 4, results))

        assert sorted(int(number) for one in pages for number in one.ids) == portal.ids, name
        assert len(searched) == expected, name


# --- pages that contradict others ---


def without_cursor(one: Page) -> Page:
    """Claim that the list ends here, with half a page."""
    return msgspec.structs.replace(one.select(range(len(one.ids) // 2)), after=None)


def empty(_one: Page) -> Page:
    """Claim that the list ends before this page."""
    return page([])


def empty_with_cursor(one: Page) -> Page:
    """Send nothing, and the right cursor."""
    return page([], after=int(one.after) if one.after else None)


def first_missing(one: Page) -> Page:
    """Leave out the first record, as if `after` were no inclusive bound."""
    return one.select(range(1, len(one.ids)))


LIES: list[Fault] = [without_cursor, empty, empty_with_cursor]


@given(
    count=st.integers(40, 120),
    step=st.sampled_from([1, 7, 10**9]),
    connections=st.integers(2, 8),
    lie=st.sampled_from(LIES),
    first=st.integers(0, 60),
    times=st.sampled_from([1, 2, 1_000]),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=100)
def test_a_list_that_seems_to_end_in_the_middle_is_not_believed(
    count: int, step: int, connections: int, lie: Fault, first: int, times: int, seed: int
) -> None:
    """Other ranges know better. Only of the last range can nobody know, as in a list that is read in order."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable order
    ids = [number * step for number in range(1, count)]
    if lie is empty_with_cursor:
        times = 1  # a second such page is believed, as in a list that is read in order
    portal = MovingList(ids, 5, faults=dict.fromkeys(range(first, first + times), lie))
    walk = RangeWalk(page_size=5, min_records=0)
    results = AnyOrder(chance.randrange)
    pages = read_side_by_side(walk, [portal.begin] * connections, [portal.find_highest] * connections, results)
    found: list[int] = []
    try:
        for one in pages:
            found += map(int, one.ids)
    except MismatchError:
        return

    missing = set(ids) - set(found)
    assert len(found) == len(set(found))
    assert not missing or min(missing) > max(found, default=0), "a record is missing in the middle"


def half_with_cursor(one: Page) -> Page:
    """Send the first half, and the cursor of the rest."""
    rows = len(one.ids) // 2
    return msgspec.structs.replace(one.select(range(rows)), after=str(int(one.ids[rows - 1]) + 1)) if rows else one


def far_cursor(one: Page) -> Page:
    """Send a cursor that leads past the next records."""
    return msgspec.structs.replace(one, after=str(int(one.after) + 50)) if one.after else one


def below(one: Page) -> Page:
    """Send records from before the cursor."""
    first = max(0, int(one.ids[0]) - 7) if one.ids else 0
    return page(range(first, first + 3), after=first + 3) if one.ids else one


def backwards(one: Page) -> Page:
    """Send the records in the wrong order."""
    return msgspec.structs.replace(one, ids=one.ids[::-1])


def repeated(one: Page) -> Page:
    """Send the last record twice."""
    return page([*map(int, one.ids), int(one.ids[-1])], after=int(one.after) if one.after else None) if one.ids else one


@dataclass
class RandomWalk:
    """A walk with wrong pages and with changes, all of it decided by a seed.

    Attributes:
        lies: The names of the faults.
        throughout: The records that were there all the time.
        found: The records that arrived.
        is_complete: Whether the walk did not fail.
    """

    lies: set[str]
    throughout: set[int]
    found: list[int]
    is_complete: bool

    @property
    def is_deceived(self) -> bool:
        """Whether there was a fault that can hide records without a contradiction."""
        return bool(self.lies & {"first_missing", "below", "empty_with_cursor"})

    @property
    def problem(self) -> str:
        """What is wrong with the result, empty if nothing is."""
        if len(self.found) > len(set(self.found)):
            return "a record was sent twice"
        missing = self.throughout - set(self.found)
        if not self.is_complete or self.is_deceived or not missing:
            return ""
        is_end = min(missing) > max(self.throughout & set(self.found), default=0)
        # of the end of the whole list, nobody else knows
        return "" if is_end and self.lies & {"without_cursor", "empty"} else f"{sorted(missing)} are missing"


def walk_randomly(seed: int) -> RandomWalk:
    """Walk through a list in which any pages are wrong and any records come and go."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable order
    step = chance.choice([1, 1, 1, 2, 3, 10**9])
    ids = sorted({row * step + chance.choice([0, 0, 0, step // 2]) for row in range(1, chance.randint(10, 80))})
    portal = MovingList(ids[:], chance.randint(1, 5), is_late=lambda: chance.random() < 0.5)
    portal.highest = chance.choice([None, None, ids[-1] // 2, ids[-1] * 3])

    def first_page(_one: Page) -> Page:
        return portal.page(0)

    faults = [*LIES, first_missing, half_with_cursor, far_cursor, below, backwards, repeated, first_page, first_page]
    lies = [chance.choice(faults) for _ in range(chance.choice([0, 1, 1, 2, 3, 5, 8]))]
    for lie in lies:
        first = chance.randint(0, 30)
        portal.faults.update(dict.fromkeys(range(first, first + chance.choice([1, 1, 2, 3])), lie))
    for _ in range(chance.choice([0, 0, 2, 5])):
        share, number = chance.random(), chance.randint(1, ids[-1])
        changes: list[Event] = [
            MovingList.create,
            partial(MovingList.archive, share=share),
            partial(MovingList.merge, share=share),
            partial(MovingList.restore, number=number),
        ]
        portal.events.setdefault(chance.randint(0, 40), []).append(chance.choice(changes))
    result = RandomWalk({lie.__name__ for lie in lies}, set(ids), [], is_complete=True)

    def choose(count: int) -> int:
        result.throughout.intersection_update(portal.ids)
        return chance.randrange(count)

    connections = chance.randint(2, 8)
    walk = RangeWalk(page_size=portal.size, min_records=chance.choice([0, 0, portal.size * 2]))
    pages = read_side_by_side(walk, [portal.begin] * connections, [portal.find_highest] * connections, AnyOrder(choose))
    try:
        for one in pages:
            result.found += map(int, one.ids)
    except MismatchError:
        result.is_complete = False
    result.throughout.intersection_update(portal.ids)
    return result


# Each of them finds an error if one part of the walk is left out.
SEEDS: Sequence[int] = (328, 333, 447, 805, 1218, 1553, 3002, 4325, 5819, 5836, 6237, 6374, 7008, 8745)
# So do these, in which the contradictions end, and everything arrives.
COMPLETE: Sequence[int] = (28, 30, 116, 570, 1037, 2665, 4535)


def test_wrong_pages_never_lose_a_record_between_others_or_send_one_twice() -> None:
    """Pages from elsewhere, out of order, cut, empty or with a wrong cursor, at a bound and while records move."""
    for seed in (*SEEDS, *range(300)):
        assert not walk_randomly(seed).problem, f"seed {seed}"


def test_contradictions_that_end_cost_nothing() -> None:
    """What another look explains fails no pull, and the end of the list arrives too."""
    for seed in COMPLETE:
        result = walk_randomly(seed)

        assert result.is_complete, f"seed {seed}"
        assert result.throughout <= set(result.found), f"seed {seed}"


def walk_while_records_flap(seed: int) -> RandomWalk:
    """Walk through a short list in which any records are archived and restored all the time."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable order
    step = chance.choice([1, 2, 3])
    ids = sorted(chance.sample(range(1, 60 * step), chance.randint(12, 40)))
    portal = MovingList(ids[:], chance.randint(1, 4), is_late=lambda: chance.random() < 0.5)
    portal.highest = chance.choice([None, None, ids[-1] * 2])
    result = RandomWalk(set(), set(ids), [], is_complete=True)

    def flap(moving: MovingList, number: int) -> None:
        if number not in moving.ids:
            moving.restore(number)
        elif len(moving.ids) > 3:
            moving.ids.remove(number)
            result.throughout.discard(number)

    for _ in range(chance.choice([0, 0, 1, 2])):
        lie = chance.choice(LIES)
        portal.faults[chance.randint(2, 30)] = lie
        result.lies.add(lie.__name__)
    for request in range(2, 40):
        for _ in range(chance.choice([0, 0, 1, 1, 2])):
            portal.events.setdefault(request, []).append(partial(flap, number=chance.randint(1, ids[-1])))
    try:
        result.found += read(portal, connections=chance.randint(3, 8), choose=chance.randrange)
    except MismatchError:
        result.is_complete = False
    return result


def test_records_that_come_and_go_all_the_time_are_sent_once_at_most() -> None:
    """Also those that another look at a page has found. The rest arrives."""
    for seed in (579, 1491, 1649, 2771, 3142, *range(100)):
        assert not walk_while_records_flap(seed).problem, f"seed {seed}"


def three_ranges(page_size: int = 2) -> tuple[RangeWalk, list[Range]]:
    """Return a walk that is divided at 20 and at 40, and its ranges."""
    walk = RangeWalk(page_size=page_size, min_records=0)
    ranges = [
        Range(start, end, IdWalk(page_size=page_size, start=start)) for start, end in ((0, 20), (20, 40), (40, None))
    ]
    for left, right in pairwise(ranges):
        left.right, right.left = right, left
    walk._walking, walk._open, walk._may_split = ranges[:], ranges[:], False
    return walk, ranges


def jobs_of(walk: RangeWalk) -> list[Job]:
    """Return every page that the walk asks for now."""
    return list(iter(walk.next_job, None))


@pytest.mark.parametrize(("is_late", "after"), [(False, "20"), (True, "23")])
def test_a_first_page_that_is_read_again_is_compared_again(is_late: bool, after: str) -> None:
    """With the range before it, although that agreed before. Pages without records may have come before the first."""
    walk, (left, middle, last) = three_ranges()
    for _ in range(2 * is_late):
        walk.accept(Job("20", middle), page([], after=23))
    walk.accept(Job(None, left), page([10, 25], after=26))
    walk.accept(Job(after, middle), page([25, 41], after=42))
    assert left.is_settled
    walk.accept(Job("40", last), page([40, 41]))
    assert Job("40", last, is_check=True) in jobs_of(walk)
    walk.accept(Job("40", last, is_check=True), page([40, 41]))
    assert Job(after, middle) in jobs_of(walk)

    sent = walk.accept(Job(after, middle), page([24, 25], after=26))

    assert sent.ids == ["24"]
    assert not left.is_settled
    assert Job("20", middle, is_check=True) in jobs_of(walk)


@pytest.mark.parametrize("is_read_again_first", [True, False])
def test_another_look_that_arrives_late_is_compared_with_what_was_settled_meanwhile(is_read_again_first: bool) -> None:
    """Or it is dropped, if the first page is about to be read again anyway."""
    walk, (left, middle, last) = three_ranges()
    walk.accept(Job("20", middle), page([25, 41], after=42))
    walk.accept(Job(None, left), page([10, 24], after=25))
    late = Job("20", middle, is_check=True)
    assert late in jobs_of(walk)
    walk.accept(Job("40", last), page([40, 41]))
    assert Job("40", last, is_check=True) in jobs_of(walk)
    walk.accept(Job("40", last, is_check=True), page([40, 41]))
    assert Job("20", middle) in jobs_of(walk)
    if is_read_again_first:
        walk.accept(Job("20", middle), page([24, 25], after=26))
        assert left.is_settled

    sent = walk.accept(late, page([23, 24], after=25))

    assert sent.ids == (["23"] if is_read_again_first else [])
    assert not left.is_settled


def test_a_range_that_has_sent_a_record_is_not_given_back() -> None:
    """Another look found the record. Then the account answers a cursor with what lies before it."""
    walk, (left, middle, last) = three_ranges()
    walk.accept(Job("20", middle), page([41]))
    walk.accept(Job("40", last), page([41]))
    walk.accept(Job(None, left), page([21, 22], after=23))
    assert Job("20", middle, is_check=True) in jobs_of(walk)

    sent = walk.accept(Job("20", middle, is_check=True), page([21, 22], after=23))

    assert sent.ids == ["21", "22"]
    assert Job("23", middle) in jobs_of(walk)
    with pytest.raises(MismatchError):
        walk.accept(Job("23", middle), page([10, 21], after=22))


def served(ids: list[int], find: Callable[[int], list[int]], connections: int) -> tuple[list[int], int]:
    """Read a list in which `find` returns the rows from a cursor on. Returns the ids and the number of requests."""
    asked = 0

    def begin(after: str | None) -> Pending[Page]:
        nonlocal asked
        asked += 1
        rows = find(int(after or 0))
        more = page(rows[:10], after=rows[9] + 1) if len(rows) > 10 else page(rows)
        return Pending(lambda: more)

    walk = RangeWalk(page_size=10, min_records=0)
    pages = read_side_by_side(
        walk, [begin] * connections, [MovingList(ids, 10).find_highest] * connections, AnyOrder(lambda _count: 0)
    )
    return [int(number) for one in pages for number in one.ids], asked


IDS = [*range(3, 400, 3)]
KNOWN_CURSORS = {0, *(number + 1 for number in IDS)}


@for_each("connections", [2, 4, 8])
@for_each(
    ("name", "find"),
    [
        ("rounded down", lambda after: [each for each in IDS if each >= after - after % 30 or after in KNOWN_CURSORS]),
        ("from the beginning", lambda after: [each for each in IDS if each >= after or after not in KNOWN_CURSORS]),
        ("nothing", lambda after: [each for each in IDS if each >= after and after in KNOWN_CURSORS]),
    ],
)
def test_an_account_whose_cursor_is_no_lower_bound_is_read_in_order(
    name: str, find: Callable[[int], list[int]], connections: int
) -> None:
    """A cursor that HubSpot did not hand out leads elsewhere. What was divided is put together again."""

    def correct(after: int) -> list[int]:
        return [each for each in IDS if each >= after] if after in KNOWN_CURSORS else find(after)

    found, _asked = served(IDS, correct, connections)

    assert sorted(found) == IDS, name


@for_each("connections", [2, 4, 8])
@for_each("skipped", [1, 2, 5])
def test_a_cursor_that_skips_records_where_a_range_begins_fails_the_walk(connections: int, skipped: int) -> None:
    """The range before it has them. So the pull fails, or it is complete; it never loses them silently."""

    def find(after: int) -> list[int]:
        rows = [each for each in IDS if each >= after]
        return rows if after in KNOWN_CURSORS else rows[skipped:]

    try:
        found, _asked = served(IDS, find, connections)
    except MismatchError:
        return

    assert sorted(found) == IDS


def test_a_cursor_that_is_not_the_last_id_plus_one_divides_nothing() -> None:
    """Then it may be something else than a lower bound of the id."""
    portal = MovingList(list(range(1, 1_001)), 100)

    def begin(after: str | None) -> Pending[Page]:
        found = portal.page(int(after or 0))
        portal.asked.append(int(after or 0))
        more = msgspec.structs.replace(found, after=str(int(found.after) + 5) if found.after else None)
        return Pending(lambda: more)

    walk = RangeWalk(page_size=100, min_records=0)
    pages = read_side_by_side(walk, [begin] * 4, [portal.find_highest] * 4, AnyOrder(lambda _count: 0))

    assert [int(number) for one in pages for number in one.ids] == portal.ids
    assert len(portal.asked) == 11


def restore_middle(portal: MovingList) -> None:
    """Restore some records at once."""
    for number in range(990, 1_011):
        portal.restore(number)


def test_a_record_that_appears_where_two_ranges_meet_is_sent_once() -> None:
    """The next range's first page was read before it was there, the last page of this one after that."""
    portal = MovingList([number for number in range(1, 2_001) if not 990 <= number <= 1_010], 10)
    portal.events[30] = [restore_middle]

    found = read(portal, connections=4, min_records=20)

    assert len(found) == len(set(found))
    assert set(range(1, 990)) | set(range(1_011, 2_001)) <= set(found)


def test_a_record_that_two_further_looks_find_is_sent_once() -> None:
    """The first of them sends it. The second one knows that, although the range itself has not read the record."""
    walk, (left, middle, _last) = three_ranges()
    look = Job("20", middle, is_check=True)
    walk.accept(Job("20", middle), page([25, 41], after=42))
    walk.accept(Job(None, left), page([10, 24], after=25))
    assert look in jobs_of(walk)

    first = walk.accept(look, page([23, 25], after=26))
    assert Job("0", left) in jobs_of(walk)  # they still disagree, so the end of the range before it is read again
    walk.accept(Job("0", left), page([10, 24], after=25))
    assert look in jobs_of(walk)
    second = walk.accept(look, page([23, 25], after=26))

    assert (first.ids, second.ids) == (["23"], [])


def test_a_look_that_is_about_to_be_taken_is_waited_for() -> None:
    """An older one that arrives meanwhile settles nothing, and asks for nothing else."""
    walk, (left, middle, last) = three_ranges()
    look, look_at_last = Job("20", middle, is_check=True), Job("40", last, is_check=True)
    walk.accept(Job("20", middle), page([25, 41], after=42))
    walk.accept(Job(None, left), page([10, 24], after=25))
    assert look in jobs_of(walk)
    walk.accept(Job("40", last), page([40, 41]))
    assert look_at_last in jobs_of(walk)
    walk.accept(look_at_last, page([40, 41]))
    assert Job("20", middle) in jobs_of(walk)
    walk.accept(Job("20", middle), page([25, 41], after=42))  # contradicts the end of the first range again
    assert {Job("0", left), look_at_last} <= set(jobs_of(walk))
    walk.accept(Job("0", left), page([10, 24], after=25))  # now the next look at the middle is due
    disagreements = left.disagreements

    walk.accept(look, page([24, 25], after=26))
    assert (left.is_settled, left.disagreements) == (False, disagreements)
    walk.accept(look, page([23, 25], after=26))
    assert (left.is_settled, left.disagreements) == (False, disagreements)
    assert jobs_of(walk) == [look]


def test_a_contradiction_is_looked_at_six_times_from_both_sides_in_turn() -> None:
    """Then the walk fails. Records that come and go have settled by then."""
    walk, (left, middle, last) = three_ranges()
    walk.accept(Job("40", last), page([60]))
    walk.accept(Job("20", middle), page([25, 41], after=42))
    walk.accept(Job(None, left), page([10, 24], after=25))
    look, end = Job("20", middle, is_check=True), Job("0", left)
    pages = {look: page([25, 41], after=42), end: page([10, 24], after=25)}
    asked: list[Job] = []

    def go_on() -> None:
        for job in iter(walk.next_job, None):
            if job in pages:
                asked.append(job)
                walk.accept(job, pages[job])

    with pytest.raises(MismatchError, match="around id 20"):
        go_on()

    assert asked == [look, end, look, end, look, end]


def test_another_look_sends_what_appeared_on_the_first_page_and_nothing_behind_it() -> None:
    """What is behind the first page was read, or is read, by the range itself."""
    for found, expected in (([25, 26], ["26"]), ([27, 28], []), ([26, 28], ["26"]), ([24, 25], ["24"])):
        walk, (left, middle, _last) = three_ranges()
        walk.accept(Job("20", middle), page([25, 27], after=28))
        walk.accept(Job("28", middle), page([28, 41], after=42))
        walk.accept(Job(None, left), page([10, 23], after=24))
        look = Job("20", middle, is_check=True)
        assert look in jobs_of(walk)

        sent = walk.accept(look, page(found, after=found[-1] + 1))

        assert sent.ids == expected, found


def test_a_first_page_that_seemed_to_be_the_last_is_continued_unless_it_is_the_last_again() -> None:
    """A page is the last if it has no cursor and is not full."""
    cases: list[tuple[list[int], int | None, list[str], list[str]]] = [
        ([25, 26, 27], 28, ["26", "27"], ["28"]),
        ([25, 26, 27], None, ["26", "27"], ["28"]),
        ([25, 26], 27, ["26"], ["27"]),
        ([25, 26], None, ["26"], []),
    ]
    for found, after, expected, following in cases:
        walk, (left, middle, _last) = three_ranges(3)
        walk.accept(Job("20", middle), page([25]))
        walk.accept(Job(None, left), page([10, 25, 26], after=27))
        look = Job("20", middle, is_check=True)
        assert look in jobs_of(walk)

        sent = walk.accept(look, page(found, after=after))

        assert sent.ids == expected, (found, after)
        assert [job.after for job in jobs_of(walk)] == following, (found, after)
        assert left.is_settled, (found, after)


def test_another_look_that_finds_nothing_new_takes_nothing_back() -> None:
    """The range has sent records, one of them found by an earlier look: it is not given back."""
    walk, (left, middle, _last) = three_ranges()
    look = Job("20", middle, is_check=True)
    walk.accept(Job("20", middle), page([25, 27], after=28))
    found: list[list[str]] = []
    for after in (None, "0"):
        walk.accept(Job(after, left), page([10, 23], after=24))
        assert look in jobs_of(walk)
        found.append(walk.accept(look, page([25, 26], after=27)).ids)

    assert found == [["26"], []]
    with pytest.raises(MismatchError):
        walk.accept(Job("28", middle), page([10, 29], after=30))


def test_two_pages_agree_as_far_as_both_of_them_reach() -> None:
    """One that ends the list reaches as far as there are ids."""
    for tail, head, is_tail_last, is_head_last, expected in (
        ([21, 22], [21, 22], False, False, True),
        ([21, 22], [21, 22], True, True, True),
        ([], [], True, True, True),
        ([21], [21, 22], False, True, True),
        ([21], [21, 22], True, False, False),
        ([], [21], False, False, True),
        ([], [21], True, True, False),
        ([21, 22], [21], True, False, True),
        ([21, 22], [21], False, True, False),
        ([21], [], False, True, False),
        ([21], [22], False, False, False),
        ([21, 23], [21, 22, 23], False, False, False),
    ):
        agree = _agree(tail, head, is_tail_last=is_tail_last, is_head_last=is_head_last)

        assert agree is expected, (tail, head, is_tail_last, is_head_last)


def test_a_part_is_missed_if_no_record_of_it_is_on_its_first_page() -> None:
    """Records behind its end belong to the next one. The last one has no end."""
    for found, is_missed in (([40, 41], True), ([39, 40], False), ([20, 21], False)):
        walk, (left, middle, last) = three_ranges()

        walk.accept(Job("20", middle), page(found, after=found[-1] + 1))
        walk.accept(Job("40", last), page([60]))

        assert (left.is_missed, middle.is_missed) == (is_missed, False), found


def test_a_range_that_reads_again_what_it_has_sent_is_not_divided() -> None:
    """Those who took a part of it would not know what was sent."""
    for sent, is_divided in (({2}, True), ({3}, False), ({900}, False), ({1, 900}, False)):
        walk = RangeWalk(page_size=2, min_records=0)
        root = walk._open[0]
        walk.accept(Job(None, root), page([1, 2], after=3))
        walk.set_highest(1_000, 500)
        root.skip = sent

        assert len(list(islice(iter(walk.next_job, None), 2))) == 1 + is_divided, sent


@pytest.mark.parametrize(("end", "expected"), [(20, "13"), (21, None)])
def test_a_range_is_divided_beside_one_that_is_not_known_yet_if_its_records_reach_to_its_middle(
    end: int, expected: str | None
) -> None:
    """Otherwise its middle is a guess, and the other one is a guess already. Two pages are expected at least."""
    walk, (left, middle, _last) = three_ranges()
    left.end = middle.start = end
    walk.accept(Job(None, left), page([2, 3], after=4))
    assert len(jobs_of(walk)) == 3
    walk._may_split, walk._highest, walk._total = True, 1_000, 2

    job = walk.next_job()

    assert (job and job.after) == expected


def test_two_records_tell_how_far_apart_the_ids_are() -> None:
    """Behind the page that is under way, half of the rest is split off."""
    walk = RangeWalk(page_size=2, min_records=0)
    walk.accept(Job(None, walk._open[0]), page([1, 1_000], after=1_001))
    walk.set_highest(100_000, 200)

    first, second = islice(iter(walk.next_job, None), 2)

    under_way = 1_001 + 2 * 999
    assert (first.after, second.after) == ("1001", str(under_way + (100_001 - under_way) // 2))


def test_records_from_before_a_cursor_do_not_stop_a_walk() -> None:
    """Twice a page was empty, and its cursor led past them: by that, there is less than one id for each record."""
    walk = RangeWalk(page_size=2, min_records=0)
    walk.set_highest(1_000, 500)
    for ids, after in (([1, 2], 3), ([], 100), ([], 100), ([5, 6], 101)):
        job = walk.next_job()
        assert job is not None
        walk.accept(job, page(ids, after=after))

    assert [job.after for job in islice(iter(walk.next_job, None), 2)] == ["7", "505"]


# Records, their number on a page, connections, what the search says, and the cursor of each request. Each result takes
# as long as any other.
PLANS: list[tuple[str, Sequence[int], int, int, int | None, int | None, str]] = [
    ("even", range(1, 101), 10, 2, None, None, "0 11 21 31 71 41 81 51 91 61 101 71"),
    (
        "even",
        range(1, 101),
        4,
        4,
        None,
        None,
        "0 5 9 13 59 38 82 17 63 42 86 21 67 46 90 25 71 50 94 29 75 54 98 33 79 58 37",
    ),
    ("even, and the search lags", range(1, 101), 10, 3, 80, 60, "0 11 21 31 61 51 41 71 61 51 81 91 101"),
    (
        "even, and the search knows more",
        range(1, 101),
        10,
        3,
        400,
        500,
        "0 11 21 31 221 131 41 221 131 51 181 96 61 181 206 71 206 81 91",
    ),
    (
        "sparse",
        range(60, 3661, 60),
        4,
        4,
        None,
        None,
        "0 241 481 721 2311 1636 3106 961 2521 1861 3301 1201 2761 2101 3541 1441 3001",
    ),
    (
        "two clusters",
        [*range(1, 41), *range(10_000, 10_040)],
        10,
        3,
        None,
        None,
        "0 11 21 31 5040 41 10010 2545 10030 10020 10040 10030",
    ),
    (
        "a cluster, then a record",
        [*range(1, 80), 10**6],
        4,
        4,
        None,
        None,
        "0 5 9 13 500009 17 250015 21 52 38 31 25 56 42 35 29 60 46 125039 64 50 75 68 79 72",
    ),
    (
        "a record, then a cluster",
        [1, *range(10**6, 10**6 + 79)],
        10,
        3,
        None,
        None,
        "0 1000009 1000019 1000029 1000059 1000049 1000039 1000069 1000059 1000049 1000079",
    ),
    ("one record a page", range(7, 92, 7), 1, 3, None, None, "0 8 15 22 60 44 29 64 50 36 71 57 43 78 85 92"),
    (
        "ever denser",
        sorted({int(10**4 * (1 - 0.95**row)) + row for row in range(80)}),
        4,
        4,
        None,
        None,
        "0 1430 3024 4323 7764 5383 8095 9217 6246 8459 9358 9710 6950 8755 9491 9779 7524 8998 9600 9837 "
        "9196 9689 9885",
    ),
    (
        "clusters of a part of a page",
        [number * 1000 + row for number in range(12) for row in range(8)],
        4,
        4,
        None,
        None,
        "0 4 8 1004 6504 4252 9254 1008 7004 5004 10004 2004 7008 5008 10008 2008 8004 6004 11004 3004 8008 "
        "6008 11008 3008 9004 3632 9008 4004 4008",
    ),
]


def test_a_range_is_divided_where_half_of_its_records_are_expected() -> None:
    """An estimate that is wrong loses nothing, but costs requests. So the whole plan is looked at."""
    for name, ids, size, connections, highest, total, asked in PLANS:
        portal = MovingList(list(ids), size, highest=highest, total=total)
        walk = RangeWalk(page_size=size, min_records=2 * size)

        list(read_side_by_side(walk, [portal.begin] * connections, [portal.find_highest] * connections, Timed()))

        assert portal.asked == [int(cursor) for cursor in asked.split()], name
