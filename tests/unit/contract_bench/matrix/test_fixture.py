"""The records of an account before and after changes."""

from hypothesis import given
from hypothesis import strategies as st

from contract_bench.matrix.fixture import make_fixture


@given(st.integers(5, 200))
def test_account_keeps_its_size(count: int) -> None:
    """As many records are created as archived, so the number of pages stays the same."""
    fixture = make_fixture(count)

    assert len(fixture.before) == len(fixture.live_after) == count
    assert fixture.changed
    assert fixture.created
    assert fixture.archived


@given(st.integers(30, 200), st.integers(2, 12), st.integers(2, 12))
def test_account_changes_as_requested(count: int, archived: int, kept_every: int) -> None:
    """The archived records are spread over the account, and the requested share of the others changes."""
    fixture = make_fixture(count, archived=archived, kept_every=kept_every)

    assert len(fixture.archived) == archived
    assert min(fixture.archived) == fixture.before[1].id
    assert max(fixture.archived) == fixture.before[-2].id
    assert len(fixture.changed) >= count - archived - count // kept_every - 1


@given(st.integers(0, 200))
def test_ids_ascend_and_are_unique(count: int) -> None:
    """As in HubSpot's list."""
    for records in (make_fixture(count).before, make_fixture(count).after):
        ids = [record.id for record in records]

        assert ids == sorted(set(ids))


def test_changes_are_later_than_all_earlier_ones() -> None:
    """So an incremental pull sees exactly the changes."""
    fixture = make_fixture(20)
    newest = max(record.updated_ms for record in fixture.before)

    later = {record.id for record in fixture.after if record.updated_ms > newest}

    assert later == fixture.changed | fixture.created


def test_some_times_are_whole_seconds_within_the_second_of_another() -> None:
    """Only there do texts of different length sort in the wrong order."""
    moments = {record.updated_ms for record in make_fixture(20).before}

    assert any(one % 1000 == 0 and one < other < one + 1000 for one in moments for other in moments)
