"""Each property that is calculated from links, by the type of the link; and when it is written."""

from fake_hubspot.portal.change_feed import Change
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from tests.support.cases import Cases
from tests.unit.fake_hubspot.portal.still_portal import NOW

ACTIVITIES = ("0-27", "0-46", "0-47", "0-48", "0-49")
# By the type of the record and the property: the types of the records that it counts.
COUNTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("0-1", "num_associated_deals"): ("0-3",),
    ("0-2", "num_associated_contacts"): ("0-1",),
    ("0-2", "num_associated_deals"): ("0-3",),
    ("0-2", "hs_num_open_deals"): ("0-3",),
    ("0-3", "num_associated_contacts"): ("0-1",),
    ("0-3", "hs_num_of_associated_line_items"): ("0-8",),
    ("0-5", "hs_num_associated_companies"): ("0-2",),
    **{(type_id, "num_notes"): ACTIVITIES for type_id in ("0-1", "0-2", "0-3", "0-5")},
}
# By the type of the record: the type of link to a company, and the property with its id.
POINTERS = (
    ("0-1", 1, "associatedcompanyid"),
    ("0-2", 14, "hs_parent_company_id"),
    ("0-3", 5, "hs_primary_associated_company"),
    ("0-5", 26, "hs_primary_company_id"),
)


def put(portal: Portal, type_id: str, record_id: int, **properties: str) -> None:
    """Write a record without what follows from it."""
    portal.records.store.put(type_id, Record(record_id, properties, 0, 0))


def link(portal: Portal, one: tuple[str, int], other: tuple[str, int], link_type: int | None = None) -> None:
    """Link two records without what follows from it, then tell it of the first."""
    types = portal.associations.types(portal.types[one[0]], portal.types[other[0]])
    kind = next(each for each in types if link_type in (None, each.type_id))
    portal.associations.load([(kind, one[1], other[1])])
    portal.associations.on_link(*one)


def values(portal: Portal, type_id: str, record_id: int) -> dict[str, str]:
    record = portal.records.store.get(type_id, record_id)
    assert record is not None
    return record.properties


def test_each_property_counts_its_types(portal: Portal, cases: Cases) -> None:
    """Two records of each, one that is linked in two ways once; nothing else is written but the time."""
    number = 0
    for type_id in ("0-1", "0-2", "0-3", "0-5"):
        for other in ("0-1", "0-2", "0-3", "0-5", "0-7", "0-8", *ACTIVITIES):
            number += 10
            with cases.case(f"{other} of {type_id}"):
                put(portal, type_id, number)
                for linked in (number + 1, number + 2):
                    put(portal, other, linked)
                    link(portal, (type_id, number), (other, linked))
                found = values(portal, type_id, number)
                expected = {name: "2" for (one, name), others in COUNTS.items() if one == type_id and other in others}
                modified = portal.types[type_id].modified_property
                assert {name: found[name] for name in found if name != modified} == expected


def test_each_pointer_follows_its_type_of_link(portal: Portal, cases: Cases) -> None:
    """The lowest id of several; an unlabelled link is none; it is cleared with its link."""
    number = 0
    for type_id, link_type, name in POINTERS:
        number += 10
        kinds = portal.associations.types(portal.types[type_id], portal.types["0-2"])
        for kind in kinds:
            number += 10
            with cases.case(f"{name} by {kind.type_id}"):
                put(portal, type_id, number)
                for linked in (number + 2, number + 1):
                    put(portal, "0-2", linked)
                    link(portal, (type_id, number), ("0-2", linked), kind.type_id)
                is_pointer = kind.type_id == link_type
                assert values(portal, type_id, number).get(name) == (str(number + 1) if is_pointer else None)
                for linked in (number + 1, number + 2):
                    portal.associations.unlink(portal.types[type_id], number, portal.types["0-2"], linked)
                assert values(portal, type_id, number).get(name) == ("" if is_pointer else None)


def test_child_companies_are_counted_by_their_label(portal: Portal) -> None:
    put(portal, "0-2", 1)
    for child in (2, 3, 4):
        put(portal, "0-2", child)
        link(portal, ("0-2", 1), ("0-2", child), 13 if child > 2 else None)

    assert values(portal, "0-2", 1)["hs_num_child_companies"] == "2"
    portal.associations.on_link("0-2", 3)
    assert values(portal, "0-2", 3)["hs_parent_company_id"] == "1"
    assert "hs_num_child_companies" not in values(portal, "0-2", 3)


def test_own_types_of_link_are_no_primary_ones(portal: Portal) -> None:
    """Although their number may be the same."""
    put(portal, "0-1", 1)
    put(portal, "0-2", 2)
    portal.db.run("INSERT INTO associations VALUES ('0-1', 1, '0-2', 2, 'USER_DEFINED', 1)")
    portal.associations.on_link("0-1", 1)

    assert values(portal, "0-1", 1) == {}


def test_open_deals_are_those_that_are_not_closed(portal: Portal) -> None:
    """One without a stage is open; one that is archived is none."""
    put(portal, "0-2", 1)
    for number, properties in enumerate(({"hs_is_closed": "true"}, {"hs_is_closed": "false"}, {}), 2):
        put(portal, "0-3", number, **properties)
        link(portal, ("0-2", 1), ("0-3", number))
    found = values(portal, "0-2", 1)
    assert (found["num_associated_deals"], found["hs_num_open_deals"]) == ("3", "2")

    deal = portal.records.store.get("0-3", 3)
    assert deal is not None
    portal.records.archive(portal.types["0-3"], deal)

    found = values(portal, "0-2", 1)
    assert (found["num_associated_deals"], found["hs_num_open_deals"]) == ("2", "1")


def test_a_record_is_written_only_if_a_value_changes(portal: Portal) -> None:
    """A zero that it never had is none; the change is HubSpot's own, and now."""
    put(portal, "0-1", 1, num_notes="0", num_associated_deals="")
    portal.associations.on_link("0-1", 1)
    changed = portal.records.store.get("0-1", 1)
    assert changed is not None
    assert (changed.updated_ms, changed.properties["num_associated_deals"]) == (NOW, "0")
    assert "associatedcompanyid" not in changed.properties

    portal.clock.freeze(NOW + 5)
    portal.associations.on_link("0-1", 1)
    same = portal.records.store.get("0-1", 1)
    assert same is not None
    assert same.updated_ms == NOW
    changes: list[Change] = []
    portal.context.feed.listen("test", changes.extend)
    put(portal, "0-3", 2)
    link(portal, ("0-1", 1), ("0-3", 2))
    assert ("num_associated_deals", "1") in [(one.name, one.value) for one in changes]
    assert {one.source for one in changes} == {"CALCULATED"}


def test_records_that_are_gone_or_have_no_counts_are_left_alone(portal: Portal) -> None:
    put(portal, "0-3", 9)
    put(portal, "0-46", 1)
    link(portal, ("0-46", 1), ("0-3", 9))
    assert values(portal, "0-46", 1) == {}
    portal.records.store.put("0-1", Record(5, {}, 0, 0, archived_ms=1))
    link(portal, ("0-1", 5), ("0-3", 9))
    assert values(portal, "0-1", 5) == {}
    link(portal, ("0-1", 6), ("0-3", 9))
    assert portal.records.store.get("0-1", 6) is None


def test_every_neighbour_of_a_record_is_refreshed(portal: Portal) -> None:
    for number in (1, 2):
        put(portal, "0-1", number)
    put(portal, "0-2", 3)
    put(portal, "0-3", 4)
    for type_id, number in (("0-1", 1), ("0-1", 2), ("0-2", 3)):
        kinds = portal.associations.types(portal.types["0-3"], portal.types[type_id])
        portal.associations.load([(kinds[0], 4, number)])

    portal.records.on_life("0-3", 4)

    for type_id, number in (("0-1", 1), ("0-1", 2), ("0-2", 3)):
        assert values(portal, type_id, number)["num_associated_deals"] == "1"
    assert values(portal, "0-3", 4) == {}
