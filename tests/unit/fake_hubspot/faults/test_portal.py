"""Records that change while a client reads the list: what the client sees afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from fake_hubspot.portal.types import STANDARD_TYPES
from fake_hubspot.seeds import seed_contacts
from tests.unit.fake_hubspot.faults.conftest import NOW_MS, PAGES, ROWS, Bench

CONTACTS = "0-1"


@pytest.fixture
def changing(bench: Bench) -> Iterator[Bench]:
    """The bench; its contacts are restored after the test."""
    yield bench
    bench.portal.clear()
    seed_contacts(bench.portal, ROWS * PAGES)


def walk(bench: Bench) -> list[dict[str, Any]]:
    """Return every record from the first page to the last."""
    path, records = f"/crm/v3/objects/contacts?limit={ROWS}", []
    following: str | None = ""
    while following is not None:
        page = bench.ask(f"{path}&after={following}" if following else path).json
        records += page["results"]
        following = page.get("paging", {}).get("next", {}).get("after")
    return records


def ids(records: list[dict[str, Any]]) -> list[str]:
    """Return their ids."""
    return [record["id"] for record in records]


def test_the_page_before_the_change_is_the_original_one(changing: Bench) -> None:
    """It is the same byte for byte."""
    for fault in ("changed", "created", "archived", "merged", "erased"):
        changing.fresh()
        original = changing.page(2)
        changing.fresh()
        changing.arm(f"{fault}-during-walk", page=2)

        assert changing.page(2) == original


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", True), ("behind", False)])
def test_a_changed_record_is_seen_if_the_client_still_reaches_it(changing: Bench, place: str, is_seen: bool) -> None:
    """It also has a new modification date."""
    before = walk(changing)
    armed = changing.arm("changed-during-walk", page=2, place=place, property="firstname", value="New")

    during, later = walk(changing), walk(changing)

    changed = [record for record, old in zip(later, before, strict=True) if record != old]
    assert armed.fired == 1
    assert [record["properties"]["firstname"] for record in changed] == ["New"]
    assert changed[0]["updatedAt"] == "2026-09-21T14:13:20Z"
    assert (during == later) == is_seen


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", True), ("behind", False)])
def test_a_created_record_is_seen_if_the_client_still_reaches_its_id(
    changing: Bench, place: str, is_seen: bool
) -> None:
    """It has an id that no record had before."""
    before = ids(walk(changing))
    changing.arm("created-during-walk", page=2, place=place)

    during, later = ids(walk(changing)), ids(walk(changing))

    assert len(set(later) - set(before)) == 1
    assert during == (later if is_seen else before)


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", False), ("behind", True)])
def test_an_archived_record_is_seen_if_the_client_has_passed_it(changing: Bench, place: str, is_seen: bool) -> None:
    """No other record moves to another page."""
    before = ids(walk(changing))
    changing.arm("archived-during-walk", page=2, place=place)

    during, later = ids(walk(changing)), ids(walk(changing))

    assert len(set(before) - set(later)) == 1
    assert during == (before if is_seen else later)
    assert len(changing.ask("/crm/v3/objects/contacts?archived=true").json["results"]) == 1


@pytest.mark.parametrize(("place", "is_seen"), [("ahead", False), ("behind", True)])
def test_an_erased_record_is_in_no_list(changing: Bench, place: str, is_seen: bool) -> None:
    """Neither the list nor the list of archived records has it."""
    before = ids(walk(changing))
    changing.arm("erased-during-walk", page=2, place=place)

    during, later = ids(walk(changing)), ids(walk(changing))

    assert len(set(before) - set(later)) == 1
    assert during == (before if is_seen else later)
    assert changing.ask("/crm/v3/objects/contacts?archived=true").json == {"results": []}


@pytest.mark.parametrize(("new_id", "is_met"), [("ahead", True), ("behind", False)])
def test_merged_records_get_a_new_id(changing: Bench, new_id: str, is_met: bool) -> None:
    """The client has passed both old ids; whether it reaches the new one depends on the parameter."""
    before = ids(walk(changing))
    changing.arm("merged-during-walk", page=2, new_id=new_id)

    during, later = ids(walk(changing)), ids(walk(changing))

    gone, come = set(before) - set(later), set(later) - set(before)
    assert (len(gone), len(come)) == (2, 1)
    assert gone <= set(during)
    assert come.issubset(during) == is_met


def test_on_the_last_page_its_last_records_change(changing: Bench) -> None:
    """There are no records after it."""
    last = ids(walk(changing))[-1]
    changing.arm("archived-during-walk", page=PAGES)

    walk(changing)

    assert last not in ids(walk(changing))


@pytest.mark.parametrize("kind", [kind.plural for kind in STANDARD_TYPES])
def test_every_kind_of_record_can_change(changing: Bench, kind: str) -> None:
    """The faults are not limited to contacts."""
    object_type = changing.portal.types[kind]
    if kind != "contacts":
        for _ in range(8):
            changing.portal.records.create(object_type, dict.fromkeys(object_type.required_properties, "1"))
    path = f"/crm/v3/objects/{kind}?limit=2"
    for fault in ("created", "changed", "archived", "erased", "merged"):
        changing.arm(f"{fault}-during-walk")

    during, later = changing.ask(path), changing.ask(path)

    assert during.status == later.status == 200
    assert changing.last_entry.fault == ""
    assert [armed.fired for armed in changing.faults] == [1] * 5


@pytest.mark.parametrize("advance_ms", [0, 300_000])
def test_a_busy_account_archives_a_record_later_than_it_changes_another(changing: Bench, advance_ms: int) -> None:
    """Both are the first ones of the list, wherever the client is."""
    before = ids(walk(changing))
    changing.arm("busy-during-walk", page=2, advance_ms=advance_ms, value="Busy")

    date = changing.page(2).headers[b"date"]
    walk(changing)

    assert parsedate_to_datetime(date.decode()).timestamp() == NOW_MS // 1000  # before the change
    path = "/crm/v3/objects/contacts?limit=1&properties=lastname"
    [changed] = changing.ask(path).json["results"]
    [gone] = changing.ask(f"{path}&archived=true").json["results"]
    assert (changed["id"], changed["properties"]["lastname"], gone["id"]) == (before[0], "Busy", before[1])
    waited = datetime.fromisoformat(gone["archivedAt"]) - datetime.fromisoformat(changed["updatedAt"])
    assert waited == timedelta(milliseconds=advance_ms)
