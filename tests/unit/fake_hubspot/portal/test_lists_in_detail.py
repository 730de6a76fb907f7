"""Lists and folders by themselves: versions, times, members, conversions, and what lies in what."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from msgspec.structs import replace

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.list_filters import Subject
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record

NOW = parse_time("2026-05-13T10:00:00Z")
KNOWN = {"filterType": "PROPERTY", "property": "n", "operation": {"operator": "IS_KNOWN"}}
EVERYBODY: dict[str, Any] = {"filters": [KNOWN]}
NOBODY: dict[str, Any] = {"filters": [{"filterType": "CONSTANT", "shouldAccept": False}]}


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal with two contacts, whose clock stands."""
    with closing(Portal(PortalConfig(contacts=0), time_source=lambda: NOW)) as made:
        made.clock.freeze(NOW)
        for number in (1, 2):
            made.records.store.put("0-1", Record(number, {"n": str(number)}, 5, 10 + number))
        made.records.store.put("0-2", Record(1, {"n": "1"}, 0, 0))
        yield made


def test_new_filters_make_a_new_version(portal: Portal) -> None:
    """A snapshot selects its members again; a dynamic list has none of its own. A new name changes no time."""
    lists = portal.lists
    snapshot = lists.create("S", "0-1", "SNAPSHOT", EVERYBODY, folder_id=3, settings={"a": 1})
    dynamic = lists.create("D", "0-1", "DYNAMIC", EVERYBODY)
    by_hand = lists.create("M", "0-1", "MANUAL")
    assert [one.list_id for one in (snapshot, dynamic, by_hand)] == [1, 2, 3]
    assert (snapshot.members, snapshot.folder_id, snapshot.settings) == ({"1": 11, "2": 12}, 3, {"a": 1})
    assert (dynamic.members, by_hand.members, by_hand.filter_branch) == ({}, {}, None)
    assert lists.members(dynamic) == {"1": 11, "2": 12}
    assert snapshot.filter_branch is not None
    assert snapshot.filter_branch["filterBranchOperator"] == "AND"

    portal.clock.freeze(NOW + 5)
    changed = lists.refilter(snapshot, NOBODY)
    assert (changed.members, changed.version, changed.created_ms, changed.updated_ms) == ({}, 2, NOW, NOW + 5)
    assert (changed.filters_updated_ms, changed.filter_branch != snapshot.filter_branch) == (NOW + 5, True)
    assert lists.get("1") == changed
    again = lists.refilter(dynamic, NOBODY)
    assert (again.members, again.version, lists.members(again)) == ({}, 2, {})
    portal.clock.freeze(NOW + 9)
    renamed = lists.rename(changed, "T")
    assert (renamed.name, renamed.updated_ms, renamed.version) == ("T", NOW + 5, 2)
    lists.set_members(renamed, {"2": 7})
    known = lists.get("1")
    assert known is not None
    assert (known.members, known.updated_ms) == ({"2": 7}, NOW + 9)


def test_a_deleted_list_is_gone_until_it_is_restored(portal: Portal) -> None:
    lists = portal.lists
    one, two = lists.create("One", "0-1", "MANUAL"), lists.create("one", "0-2", "MANUAL")
    assert (lists.named("ONE", "0-1"), lists.named("ONE", "0-2"), lists.named("x", "0-1")) == (one, two, None)
    lists.delete(one)
    assert (lists.get("1"), lists.current(), lists.named("one", "0-1")) == (None, [two], None)
    restored = lists.restore("1")
    assert restored == one
    assert (lists.get("1"), lists.current(), lists.restore("9"), lists.get("9")) == (one, [one, two], None, None)


def test_a_record_is_in_the_lists_of_its_type(portal: Portal) -> None:
    """In a dynamic one since its last change; a list that asks about itself does not contain it."""
    lists = portal.lists
    lists.set_members(lists.create("M", "0-1", "MANUAL"), {"1": 7})
    lists.create("D", "0-1", "DYNAMIC", EVERYBODY)
    lists.create("C", "0-2", "DYNAMIC", EVERYBODY)
    lists.create("I", "0-1", "DYNAMIC", {"filters": [{"filterType": "IN_LIST", "listId": 4}]})
    lists.create("J", "0-1", "DYNAMIC", {"filters": [{"filterType": "IN_LIST", "listId": 1}]})

    assert [(one.list_id, at_ms) for one, at_ms in lists.of_record("0-1", 1)] == [(1, 7), (2, 11), (5, 11)]
    assert [one.list_id for one, _ in lists.of_record("0-1", 2)] == [2]
    assert [one.list_id for one, _ in lists.of_record("0-2", 1)] == [3]
    assert lists.of_record("0-1", 9) == []
    found = lists.record_of("0-1", "1")
    assert found is not None
    assert (found.type_id, found.record.id) == ("0-1", 1)
    assert [lists.is_member(number, found) for number in "123459"] == [True, True, False, False, True, False]
    assert (lists.record_of("0-1", "x"), lists.record_of("0-1", "9")) == (None, None)
    portal.records.store.put("0-1", Record(2, {}, 0, 0, archived_ms=1))
    assert lists.record_of("0-1", "2") is None


def test_a_dynamic_list_becomes_a_static_one_on_its_day(portal: Portal) -> None:
    """With the members of then."""
    lists = portal.lists
    day = {"conversionType": "CONVERSION_DATE", "year": 2026, "month": 5, "day": 14}
    for conversion, at_ms, is_dynamic in (
        (day, parse_time("2026-05-13T23:59:59.999Z"), True),
        (day, parse_time("2026-05-14T00:00:00Z"), False),
        ({**day, "conversionType": "INACTIVITY"}, parse_time("2027-01-01T00:00:00Z"), True),
        (None, parse_time("2027-01-01T00:00:00Z"), True),
    ):
        portal.clock.freeze(NOW)
        made = lists.create("D", "0-1", "DYNAMIC", EVERYBODY)
        lists.put(replace(made, conversion=conversion))
        portal.clock.freeze(at_ms)
        known = lists.get(str(made.list_id))
        assert known is not None
        assert (known.is_dynamic, known.members) == (is_dynamic, {} if is_dynamic else {"1": 11, "2": 12})
        assert known.processing_type == ("DYNAMIC" if is_dynamic else "SNAPSHOT")


def test_folders_lie_in_folders(portal: Portal) -> None:
    lists = portal.lists
    outer, inner, other = lists.make_folder("a", 0), lists.make_folder("b", 1), lists.make_folder("c", 0)
    assert [one.folder_id for one in (outer, inner, other)] == [1, 2, 3]
    for folder, around, expected in (
        (2, 1, True), (2, 2, True), (1, 2, False), (2, 3, False), (3, 0, True), (2, 0, True), (9, 1, False),
        (0, 1, False),
    ):  # fmt: skip
        assert lists.is_inside(folder, around) is expected, (folder, around)
    portal.clock.freeze(NOW + 5)
    moved = lists.change_folder(inner, parent_id=3, name="d")
    assert (moved.parent_id, moved.name, moved.created_ms, moved.updated_ms) == (3, "d", NOW, NOW + 5)
    assert lists.is_inside(2, 3)


def test_filters_see_links_values_and_events(portal: Portal) -> None:
    """Of the living records alone."""
    kind = portal.associations.types(portal.types["0-1"], portal.types["0-2"])[0]
    portal.associations.load([(kind, 1, 1)])
    contact = portal.records.store.get("0-1", 1)
    assert contact is not None
    who = Subject("0-1", contact)

    assert [(one.type_id, one.record.id) for one in portal.lists.linked(who, "HUBSPOT_DEFINED", 279)] == [("0-2", 1)]
    assert portal.lists.linked(who, "HUBSPOT_DEFINED", 1) == []
    assert portal.lists.linked(who, "USER_DEFINED", 279) == []
    assert portal.lists.now_ms == NOW
    assert list(portal.associations.all_links()) == [("0-1", 1, "0-2", 1, "HUBSPOT_DEFINED", 279)]
    assert portal.associations.ends("0-1", 1, "HUBSPOT_DEFINED", 279) == [("0-2", 1)]
    assert portal.associations.neighbours("0-1", 1) == [("0-2", 1)]
    portal.resources.add("timeline-events", {"eventTemplateId": "t", "objectId": 1})
    assert [one.kinds for one in portal.lists.events(who)] == [("t",)]
    assert portal.lists.opt_state(who, "1") == "NOT_OPTED"
    portal.resources.add("imports.records/1", {}, resource_id="0-1/1")
    assert portal.lists.is_from("IMPORT", "1", who) is True
    portal.records.store.put("0-2", Record(1, {}, 0, 0, archived_ms=1))
    assert portal.lists.linked(who, "HUBSPOT_DEFINED", 279) == []
