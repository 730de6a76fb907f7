"""What becomes of a record: made, changed, archived, restored, merged, erased. Without HTTP."""

from collections.abc import Callable, Iterator

import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.portal.change_feed import Change, MergeChange
from fake_hubspot.portal.definitions import PropertyDefinition
from fake_hubspot.portal.errors import (
    DuplicateValueError,
    InvalidValuesError,
    MissingPropertyError,
    NoPropertiesError,
    NotUniqueError,
)
from fake_hubspot.portal.history import PastValue
from fake_hubspot.portal.records import Records
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

NOW, TEXT, LATER = 1_790_000_000_000, "2026-09-21T14:13:20Z", "2026-09-21T14:13:21Z"


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal whose clock stands still."""
    made = Portal()
    made.clock.freeze(NOW)
    yield made
    made.close()


@pytest.fixture
def contacts(portal: Portal) -> ObjectType:
    return portal.types["contacts"]


@pytest.fixture
def records(portal: Portal) -> Records:
    return portal.records


def test_a_new_record_is_stored_with_sorted_properties(portal: Portal, records: Records, contacts: ObjectType) -> None:
    """Under a new id, or under the one that is given."""
    made = records.create(contacts, {"lastname": "L", "firstname": "A"})
    given = records.create(contacts, {"firstname": "B"}, record_id=7)

    assert (made.created_ms, made.updated_ms, made.archived_ms) == (NOW, NOW, None)
    assert (made.properties["firstname"], made.properties["hs_object_id"]) == ("A", str(made.id))
    assert list(made.properties) == sorted(made.properties)
    assert portal.store.get("0-1", made.id) == made
    assert (given.id, given.properties["hs_object_id"]) == (7, "7")
    assert 713_000_000_000 < made.id < 713_900_000_000


def test_an_id_that_is_taken_is_not_given_again(
    portal: Portal, records: Records, contacts: ObjectType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one is drawn, archived records included; a record of another type does not matter."""
    drawn = iter([5, 6, 8, 9])
    monkeypatch.setattr(records._ids, "draw", lambda: next(drawn))
    portal.store.put("0-1", Record(5, {}, 0, 0))
    portal.store.put("0-1", Record(6, {}, 0, 0, archived_ms=1))
    portal.store.put("0-2", Record(8, {}, 0, 0))

    assert records.create(contacts, {"firstname": "A"}).id == 8


@pytest.mark.parametrize("name", ["email", "firstname", "lastname"])
def test_a_contact_needs_an_address_or_a_name(
    records: Records, contacts: ObjectType, portal: Portal, name: str
) -> None:
    """One of three; other types need nothing."""
    value = "a@example.com" if name == "email" else "A"

    assert records.create(contacts, {name: value}).properties[name] == value
    for given in ({}, {"city": "Oslo"}, {name: ""}):
        with pytest.raises(MissingPropertyError) as caught:
            records.create(contacts, given)
        assert caught.value.one_of == ("email", "firstname", "lastname")
    assert records.create(portal.types["companies"], {}).properties["hs_object_id"]


def test_every_wrong_value_is_named(portal: Portal, records: Records, contacts: ObjectType) -> None:
    """Unknown, archived, read-only and ill-formed ones; nothing is stored."""
    old = PropertyDefinition(
        name="old", label="O", type="string", field_type="text", group_name="g", archived_ms=1, has_unique_value=True
    )
    portal.definitions.put("0-1", old)
    given = {"nope": "1", "old": "1", "hs_object_id": "5", "email": "x", "firstname": "A"}
    before = portal.revision

    with pytest.raises(InvalidValuesError) as caught:
        records.create(contacts, given)
    with pytest.raises(InvalidValuesError, match="closedate: INVALID_LONG") as terse:
        records.create(contacts, {"closedate": "soon", "firstname": "A"})

    assert [(one.name, one.code) for one in caught.value.problems] == [
        ("nope", "PROPERTY_DOESNT_EXIST"),
        ("old", "PROPERTY_DOESNT_EXIST"),
        ("hs_object_id", "READ_ONLY_VALUE"),
        ("email", "INVALID_EMAIL"),
    ]
    assert terse.value.problems[0].message == "soon was not a valid long. Portal 62515, object type 0-1"
    assert (portal.store.count("0-1"), portal.revision) == (0, before)


def test_a_change_keeps_the_rest_and_has_a_history(portal: Portal, records: Records, contacts: ObjectType) -> None:
    """Its time is that of the change; without a property it is refused."""
    made = records.create(contacts, {"firstname": "A", "city": "Oslo"})
    portal.clock.advance(1000)

    changed = records.update(contacts, made, {"city": "Bergen"})

    assert (changed.id, changed.created_ms, changed.updated_ms) == (made.id, NOW, NOW + 1000)
    assert (changed.properties["city"], changed.properties["firstname"]) == ("Bergen", "A")
    assert (changed.properties["lastmodifieddate"], changed.properties["createdate"]) == (LATER, TEXT)
    assert list(changed.properties) == sorted(changed.properties)
    assert portal.store.get("0-1", made.id) == changed
    assert records.history.of("0-1", changed, "city") == [
        PastValue("Bergen", NOW + 1000, "INTEGRATION"),
        PastValue("Oslo", NOW, "INTEGRATION"),
    ]
    with pytest.raises(NoPropertiesError):
        records.update(contacts, changed, {})
    silent = records.overwrite(contacts, changed, {"hs_object_id": "x"}, at_ms=5, source="CRM_UI")
    assert (silent.updated_ms, silent.properties["lastmodifieddate"]) == (5, "1970-01-01T00:00:00.005Z")
    assert records.history.of("0-1", silent, "hs_object_id")[0] == PastValue("x", 5, "CRM_UI")


@pytest.mark.parametrize(
    ("now", "wanted", "stored"),
    [
        ("customer", "lead", "customer"),
        ("lead", "customer", "customer"),
        ("lead", "lead", "lead"),
        ("customer", "", ""),
        ("other", "subscriber", "other"),
        ("subscriber", "other", "other"),
    ],
)
def test_a_stage_never_goes_back(records: Records, contacts: ObjectType, now: str, wanted: str, stored: str) -> None:
    """The other properties of such a change are stored."""
    made = records.create(contacts, {"firstname": "A", "lifecyclestage": now})

    changed = records.update(contacts, made, {"lifecyclestage": wanted, "city": "Oslo"})

    assert (changed.properties["lifecyclestage"], changed.properties["city"]) == (stored, "Oslo")


def test_a_unique_value_is_taken_while_a_record_has_it(portal: Portal, records: Records, contacts: ObjectType) -> None:
    """By a new record or a change; a record may keep its own. The error names the other record."""
    one = records.create(contacts, {"email": "a@example.com"})
    two = records.create(contacts, {"email": "b@example.com"})

    def refused(change: Callable[[], object]) -> int:
        with pytest.raises(DuplicateValueError) as caught:
            change()
        assert caught.value.noun == "Contact"
        return caught.value.existing_id

    assert refused(lambda: records.create(contacts, {"email": "A@example.com"})) == one.id
    assert refused(lambda: records.update(contacts, two, {"email": "a@example.com"})) == one.id
    one = records.update(contacts, one, {"email": "A@example.com"})
    one = records.update(contacts, one, {"email": "c@example.com"})
    two = records.update(contacts, two, {"email": "a@example.com"})
    assert refused(lambda: records.create(contacts, {"email": "c@example.com"})) == one.id
    one = records.update(contacts, one, {"email": ""})
    assert records.create(contacts, {"email": "c@example.com"}).id
    assert records.update(contacts, one, {"email": ""}).properties["email"] == ""


def test_the_noun_of_a_type_is_readable(portal: Portal, records: Records) -> None:
    kind = portal.types["line_items"]
    portal.definitions.put(
        "0-8",
        PropertyDefinition(
            name="sku", label="S", type="string", field_type="text", group_name="g", has_unique_value=True
        ),
    )
    records.create(kind, {"sku": "1"})

    with pytest.raises(DuplicateValueError, match="Line item already exists"):
        records.create(kind, {"sku": "1"})


def test_a_record_is_found_by_its_id_if_it_is_archived_or_not_as_asked(
    portal: Portal, records: Records, contacts: ObjectType
) -> None:
    """Or by a unique value, regardless of case."""
    one = records.create(contacts, {"email": "a@example.com"})
    two = records.create(contacts, {"email": "b@example.com"})
    records.archive(contacts, two)

    assert records.find(contacts, one.id) == one
    assert records.find(contacts, one.id, archived=True) is None
    assert records.find(contacts, two.id) is None
    assert (records.find(contacts, two.id, archived=True) or one).archived_ms == NOW
    assert (records.find(contacts, None), records.find(contacts, 5)) == (None, None)
    assert records.find_by(contacts, "email", "A@example.com") == one
    assert records.find_by(contacts, "email", "a@example.com", archived=True) is None
    assert (records.find_by(contacts, "email", "b@example.com"), records.find_by(contacts, "email", "x")) == (
        None,
        None,
    )
    assert records.find_by(contacts, "hs_object_id", str(one.id)) == one
    assert (records.find_by(contacts, "hs_object_id", str(two.id), archived=True) or one).id == two.id
    assert records.find_by(contacts, "hs_object_id", "x") is None
    with pytest.raises(NotUniqueError) as caught:
        records.find_by(contacts, "city", "Oslo")
    assert caught.value.name == "city"
    assert records.find(portal.types["companies"], one.id) is None


def test_an_archived_record_keeps_its_values_but_not_its_address(
    portal: Portal, records: Records, contacts: ObjectType
) -> None:
    """Restored, it has the address again."""
    made = records.create(contacts, {"email": "a@example.com"})
    before = portal.revision

    records.archive(contacts, made)

    archived = portal.store.get("0-1", made.id)
    assert archived is not None
    assert (archived.archived_ms, archived.properties, archived.updated_ms) == (NOW, made.properties, NOW)
    assert (portal.store.find_unique("0-1", "email", "a@example.com"), portal.revision > before) == (None, True)
    records.restore(contacts, archived)
    assert portal.store.get("0-1", made.id) == made
    assert portal.store.find_unique("0-1", "email", "a@example.com") == made.id


def test_an_erased_contact_leaves_nothing_but_its_blocked_address(
    portal: Portal, records: Records, contacts: ObjectType
) -> None:
    """No record, no history, no links."""
    made = records.create(contacts, {"email": "a@example.com", "city": "Oslo"})
    made = records.update(contacts, made, {"city": "Bergen"})
    company = portal.types["companies"]
    portal.associations.connect(contacts, made.id, company, 7)
    before = portal.revision

    records.erase(contacts, made)

    assert portal.store.get("0-1", made.id) is None
    assert portal.store.find_unique("0-1", "email", "a@example.com") is None
    assert records.history.of("0-1", Record(made.id, {}, 0, 0), "city") == []
    assert portal.associations.of(company, 7, contacts) == []
    assert "a@example.com" in records.blocklist
    assert portal.revision > before
    with pytest.raises(InvalidValuesError, match="EMAIL_BLOCKED"):
        records.create(contacts, {"email": "a@example.com"})
    other = records.create(contacts, {"firstname": "B"})
    with pytest.raises(InvalidValuesError, match="EMAIL_BLOCKED"):
        records.update(contacts, other, {"email": "a@example.com"})


def merged_values(records: Records, contacts: ObjectType, **options: int) -> dict[str, str]:
    """Merge two records that were loaded with these values."""
    primary = Record(1, {"a": "1", "b": "", "c": "", "createdate": "x", "hs_merged_object_ids": "8;9"}, 20, 20)
    other = Record(2, {"a": "2", "b": "2", "d": "2", "e": "", "hs_merged_object_ids": "7"}, 10, 10)
    for record in (primary, other):
        records.store.put("0-1", record)
    return records.merge(contacts, primary, other, **options).properties


def test_the_values_of_the_primary_record_win(records: Records, contacts: ObjectType) -> None:
    """Empty ones do not; all former ids are in a list, oldest first."""
    assert merged_values(records, contacts, new_id=5) == {
        "a": "1",
        "b": "2",
        "c": "",
        "d": "2",
        "createdate": "1970-01-01T00:00:00.010Z",
        "hs_merged_object_ids": "8;9;7;1;2",
        "hs_object_id": "5",
        "lastmodifieddate": TEXT,
    }
    stored = records.store.get("0-1", 5)
    assert stored is not None
    assert (stored.created_ms, stored.updated_ms, list(stored.properties)) == (10, NOW, sorted(stored.properties))
    assert [records.store.get("0-1", each) for each in (1, 2)] == [None, None]
    assert [(records.find(contacts, each) or stored).id for each in (1, 2)] == [5, 5]


def test_the_primary_record_can_keep_its_id(portal: Portal, records: Records, contacts: ObjectType) -> None:
    """Whatever new id is offered."""
    portal.assumptions.choose({"merge-id": "primary"})

    values = merged_values(records, contacts, new_id=5)

    assert (values["hs_object_id"], values["hs_merged_object_ids"]) == ("1", "8;9;7;2")
    assert (records.store.get("0-1", 5), records.store.get("0-1", 2)) == (None, None)
    assert (records.find(contacts, 2) or Record(0, {}, 0, 0)).id == 1


def test_a_merged_record_has_an_id_of_its_own(records: Records, contacts: ObjectType) -> None:
    assert int(merged_values(records, contacts)["hs_object_id"]) > 713_000_000_000


def test_old_ids_can_be_missing(portal: Portal, records: Records, contacts: ObjectType) -> None:
    portal.assumptions.choose({"merged-lookup": "missing"})
    merged_values(records, contacts, new_id=5)

    assert [records.find(contacts, each) for each in (1, 2)] == [None, None]


def test_a_merge_moves_links_and_unique_values(portal: Portal, records: Records, contacts: ObjectType) -> None:
    """The address of the other record is free; those of the primary one are its successor's."""
    one = records.create(contacts, {"email": "a@example.com"})
    two = records.create(contacts, {"email": "b@example.com"})
    company = portal.types["companies"]
    for record, number in ((one, 7), (two, 8)):
        portal.associations.connect(contacts, record.id, company, number)

    merged = records.merge(contacts, one, two)

    assert portal.store.find_unique("0-1", "email", "a@example.com") == merged.id
    assert portal.store.find_unique("0-1", "email", "b@example.com") is None
    assert {link.to_id for link in portal.associations.of(contacts, merged.id, company)} == {7, 8}
    assert {link.to_id for link in portal.associations.of(company, 8, contacts)} == {merged.id}


@pytest.mark.parametrize("change", ["create", "update", "archive", "restore", "erase", "merge"])
def test_a_lagging_search_sees_a_record_as_it_was_before_each_change(
    portal: Portal, records: Records, contacts: ObjectType, change: str
) -> None:
    """A new one not at all, a changed one with its new values, a lost one only in the total; then it catches up."""
    one, two = (records.create(contacts, {"firstname": name}) for name in ("A", "B"))
    if change == "restore":
        records.archive(contacts, one)
        one = portal.store.get("0-1", one.id) or one
    changes: dict[str, Callable[[], object]] = {
        "create": lambda: records.create(contacts, {"firstname": "C"}),
        "update": lambda: records.update(contacts, one, {"firstname": "C"}),
        "archive": lambda: records.archive(contacts, one),
        "restore": lambda: records.restore(contacts, one),
        "erase": lambda: records.erase(contacts, one),
        "merge": lambda: records.merge(contacts, one, two, new_id=5),
    }

    def seen() -> list[str]:
        found = portal.search.find(contacts, [], limit=100)
        totals.append(found.total)
        return sorted(record.properties["firstname"] for record in found.records)

    totals: list[int] = []
    before = seen()
    records.index_lag.lag_ms = 1000
    changes[change]()

    meanwhile = {"update": ["B", "C"], "archive": ["B"], "erase": ["B"], "merge": []}
    assert before == (["B"] if change == "restore" else ["A", "B"])
    assert seen() == meanwhile.get(change, before)
    assert totals == [len(before)] * 2
    portal.clock.advance(1000)
    after = {"create": ["A", "B", "C"], "update": ["B", "C"], "restore": ["A", "B"], "merge": ["A"]}
    assert seen() == after.get(change, ["B"])


@pytest.mark.parametrize(
    ("created", "created_ms"),
    [("1970-01-01T00:00:05Z", 5000), ("7", 7), (None, NOW)],
)
def test_a_record_is_as_old_as_its_properties_say(
    portal: Portal, records: Records, created: str | None, created_ms: int
) -> None:
    """An import may set the time."""
    deals = portal.types["deals"]
    given = {"dealname": "A"} | ({} if created is None else {"createdate": created})

    made = records.create(deals, given)

    assert made.created_ms == created_ms
    assert (records.store.get("0-3", made.id) or made).created_ms == created_ms


@pytest.mark.parametrize("created", [None, "soon", "9" * 30])
def test_a_time_that_cannot_be_read_changes_nothing(
    records: Records, contacts: ObjectType, created: str | None
) -> None:
    """Of a record that a seed brought."""
    record = Record(5, {} if created is None else {"createdate": created}, 11, 12)

    assert records.overwrite(contacts, record, {}, at_ms=20).created_ms == 11


def test_an_owner_is_noted_when_it_is_another_one(portal: Portal, records: Records) -> None:
    """With its user if it is known; clearing it clears both."""
    notes = portal.types["notes"]
    portal.assumptions.choose({"unknown-owner": "accept"})
    body = {"hs_note_body": "x", "hs_timestamp": TEXT}
    made = records.create(notes, body | {"hubspot_owner_id": "32900489"})
    portal.clock.advance(1000)
    same = records.update(notes, made, {"hubspot_owner_id": "32900489"})
    other = records.update(notes, same, {"hubspot_owner_id": "5"})
    cleared = records.update(notes, other, {"hubspot_owner_id": ""})

    wanted = ("hubspot_owner_assigneddate", "hs_user_ids_of_all_owners")
    assert [[one.properties.get(name) for name in wanted] for one in (made, same, other, cleared)] == [
        [TEXT, "32900490"],
        [TEXT, "32900490"],
        [LATER, "5"],
        ["", ""],
    ]
    assert "hubspot_owner_assigneddate" not in records.create(notes, body).properties


def test_a_merge_keeps_the_values_of_the_primary_and_counts_those_that_moved(portal: Portal) -> None:
    """An empty value gives way; the older of the two says when the record was created."""
    kind, changes = portal.types["0-1"], list[Change]()
    portal.context.feed.listen("test", changes.extend)
    primary = Record(1, {"a": "1", "b": "", "d": "4", "hs_merged_object_ids": "8"}, 5000, 6000)
    other = Record(2, {"a": "9", "b": "2", "c": "3", "e": "", "d": ""}, 3000, 9000)
    for one in (primary, other):
        portal.records.store.put("0-1", one)

    merged = portal.records.merge(kind, primary, other, new_id=7)

    found = {name: value for name, value in merged.properties.items() if name not in ("num_notes", "lastmodifieddate")}
    assert found == {
        **{"a": "1", "b": "2", "c": "3", "d": "4"},
        "createdate": "1970-01-01T00:00:03Z",
        "hs_merged_object_ids": "8;1;2",
        "hs_object_id": "7",
    }
    assert (merged.id, merged.created_ms) == (7, 3000)
    (told,) = [one.merge for one in changes if one.merge is not None]
    assert told == MergeChange(merged_ids=(2,), new_id=7, moved=2)
    assert [portal.records.store.get("0-1", number) for number in (1, 2)] == [None, None]
    assert list(merged.properties) == sorted(merged.properties)
