"""Changes of the account while a walk goes on: what the rest of the walk sees."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_hubspot.portal.types import STANDARD_TYPES
from fake_hubspot.seeds import seed_contacts
from tests.unit.fake_hubspot.faults.conftest import PAGES, ROWS, Bench

CONTACTS = "0-1"


@pytest.fixture
def changing(bench: Bench) -> Iterator[Bench]:
    """The bench, whose contacts are put back."""
    yield bench
    bench.portal.clear()
    seed_contacts(bench.portal, ROWS * PAGES)


def walk(bench: Bench) -> list[dict[str, Any]]:
    """Every record that a walk from the first page meets."""
    path, records = f"/crm/v3/objects/contacts?limit={ROWS}", []
    following: str | None = ""
    while following is not None:
        page = bench.ask(f"{path}&after={following}" if following else path).json
        records += page["results"]
        following = page.get("paging", {}).get("next", {}).get("after")
    return records


def ids(records: list[dict[str, Any]]) -> list[str]:
    """Their ids."""
    return [record["id"] for record in records]


def test_the_struck_page_itself_is_honest(changing: Bench) -> None:
    """Byte for byte."""
    for fault in ("changed", "created", "archived", "merged", "erased"):
        changing.fresh()
        honest = changing.page(2)
        changing.fresh()
        changing.arm(f"{fault}-during-walk", page=2)

        assert changing.page(2) == honest


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", True), ("behind", False)])
def test_a_changed_record_is_seen_when_it_lies_ahead(changing: Bench, place: str, is_seen: bool) -> None:
    """And has a new modification date."""
    before = walk(changing)
    armed = changing.arm("changed-during-walk", page=2, place=place, property="firstname", value="New")

    during, later = walk(changing), walk(changing)

    changed = [record for record, old in zip(later, before, strict=True) if record != old]
    assert armed.fired == 1
    assert [record["properties"]["firstname"] for record in changed] == ["New"]
    assert changed[0]["updatedAt"] == "2026-09-21T14:13:20Z"
    assert (during == later) == is_seen


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", True), ("behind", False)])
def test_a_created_record_is_seen_when_its_id_lies_ahead(changing: Bench, place: str, is_seen: bool) -> None:
    """Exactly one, with an id nobody had."""
    before = ids(walk(changing))
    changing.arm("created-during-walk", page=2, place=place)

    during, later = ids(walk(changing)), ids(walk(changing))

    assert len(set(later) - set(before)) == 1
    assert during == (later if is_seen else before)


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", False), ("behind", True)])
def test_an_archived_record_is_seen_when_it_was_passed(changing: Bench, place: str, is_seen: bool) -> None:
    """No page shifts."""
    before = ids(walk(changing))
    changing.arm("archived-during-walk", page=2, place=place)

    during, later = ids(walk(changing)), ids(walk(changing))

    assert len(set(before) - set(later)) == 1
    assert during == (before if is_seen else later)
    assert len(changing.ask("/crm/v3/objects/contacts?archived=true").json["results"]) == 1


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", False), ("behind", True)])
def test_an_erased_record_leaves_no_trace(changing: Bench, place: str, is_seen: bool) -> None:
    """Neither among the living nor among the archived."""
    before = ids(walk(changing))
    changing.arm("erased-during-walk", page=2, place=place)

    during, later = ids(walk(changing)), ids(walk(changing))

    assert len(set(before) - set(later)) == 1
    assert during == (before if is_seen else later)
    assert changing.ask("/crm/v3/objects/contacts?archived=true").json == {"results": []}


@pytest.mark.parametrize(("new_id", "is_met"), [("ahead", True), ("behind", False)])
def test_merged_records_come_under_a_new_id(changing: Bench, new_id: str, is_met: bool) -> None:
    """Both old ids were passed; whether the walk meets the new one hangs on where it lies."""
    before = ids(walk(changing))
    changing.arm("merged-during-walk", page=2, new_id=new_id)

    during, later = ids(walk(changing)), ids(walk(changing))

    gone, come = set(before) - set(later), set(later) - set(before)
    assert (len(gone), len(come)) == (2, 1)
    assert gone <= set(during)
    assert come.issubset(during) == is_met


def test_behind_the_last_page_the_last_records_are_taken(changing: Bench) -> None:
    """Nothing lies ahead there."""
    last = ids(walk(changing))[-1]
    changing.arm("archived-during-walk", page=PAGES)

    walk(changing)

    assert last not in ids(walk(changing))


@pytest.mark.parametrize("kind", [kind.plural for kind in STANDARD_TYPES])
def test_every_kind_of_record_can_change(changing: Bench, kind: str) -> None:
    """Not contacts alone."""
    object_type = changing.portal.types[kind]
    if kind != "contacts":
        for _ in range(8):
            changing.portal.records.create(object_type, {})
    path = f"/crm/v3/objects/{kind}?limit=2"
    for fault in ("created", "changed", "archived", "erased", "merged"):
        changing.arm(f"{fault}-during-walk")

    struck, later = changing.ask(path), changing.ask(path)

    assert struck.status == later.status == 200
    assert changing.last_entry.fault == ""
    assert [armed.fired for armed in changing.faults] == [1] * 5
