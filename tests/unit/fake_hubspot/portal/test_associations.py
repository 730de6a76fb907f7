"""Links: HubSpot's ids of their types, labels of the portal's own, and what a change does to both directions."""

from collections.abc import Callable, Iterator

import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.portal.associations import AssociationType, Link
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.errors import UnknownAssociationTypeError
from fake_hubspot.portal.types import ObjectType
from tests.support.cases import for_each

HUBSPOT, USER = "HUBSPOT_DEFINED", "USER_DEFINED"
# From, to, the id of the unlabelled type, and that of the way back. Source: docs (association type id values).
TYPES = (
    ("contacts", "companies", 279, 280),
    ("contacts", "deals", 4, 3),
    ("contacts", "tickets", 15, 16),
    ("contacts", "calls", 193, 194),
    ("contacts", "emails", 197, 198),
    ("contacts", "meetings", 199, 200),
    ("contacts", "notes", 201, 202),
    ("contacts", "tasks", 203, 204),
    ("companies", "deals", 342, 341),
    ("companies", "tickets", 340, 339),
    ("companies", "calls", 181, 182),
    ("companies", "emails", 185, 186),
    ("companies", "meetings", 187, 188),
    ("companies", "notes", 189, 190),
    ("companies", "tasks", 191, 192),
    ("deals", "tickets", 27, 28),
    ("deals", "line_items", 19, 20),
    ("deals", "calls", 205, 206),
    ("deals", "emails", 209, 210),
    ("deals", "meetings", 211, 212),
    ("deals", "notes", 213, 214),
    ("deals", "tasks", 215, 216),
    ("tickets", "calls", 219, 220),
    ("tickets", "emails", 223, 224),
    ("tickets", "meetings", 225, 226),
    ("tickets", "notes", 227, 228),
    ("tickets", "tasks", 229, 230),
)
PRIMARY = (("contacts", "companies", 1, 2), ("deals", "companies", 5, 6), ("tickets", "companies", 26, 25))


@pytest.fixture(scope="module")
def known() -> Iterator[Portal]:
    """A portal for tests that change nothing."""
    made = Portal()
    yield made
    made.close()


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal of the test's own."""
    made = Portal()
    yield made
    made.close()


def noun(kind: ObjectType) -> str:
    """What names of types of link call a type of record; that of meetings is recorded (2022-08)."""
    return "meeting_event" if kind.singular == "meeting" else kind.singular


def ends(portal: Portal, source: str = "contacts", target: str = "companies") -> tuple[ObjectType, ObjectType]:
    return portal.types[source], portal.types[target]


def unlabelled_name(one: ObjectType, other: ObjectType) -> str:
    """Return the name in version 3. Where there is a primary type, that one has the plain name."""
    name = f"{noun(one)}_to_{noun(other)}"
    is_unlabelled = {one.plural, other.plural} in [set(pair[:2]) for pair in PRIMARY]
    return f"{name}_unlabeled" if is_unlabelled else name


def links(portal: Portal, from_id: int, source: str = "contacts", target: str = "companies") -> list[tuple[int, int]]:
    """Return the other id and the type of each link of a record."""
    one, other = ends(portal, source, target)
    return [(each.to_id, each.type_id) for each in portal.associations.of(one, from_id, other)]


def back(portal: Portal, company: int) -> list[tuple[int, int]]:
    return links(portal, company, "companies", "contacts")


def connect(portal: Portal, contact: int, company: int, kind: AssociationType | None = None) -> list[int]:
    """Link a contact to a company, and return the types of link created."""
    source, target = ends(portal)
    return [each.type_id for each in portal.associations.connect(source, contact, target, company, kind=kind)]


@for_each(("source", "target", "there", "back"), TYPES)
def test_each_pair_of_types_has_hubspots_ids(known: Portal, source: str, target: str, there: int, back: int) -> None:
    """In both directions; each is the inverse of the other."""
    one, other = ends(known, source, target)
    away, home = known.associations.types(one, other)[0], known.associations.types(other, one)[0]

    assert (away.type_id, away.inverse_id) == (there, back)
    assert (home.type_id, home.inverse_id) == (back, there)
    assert (away.category, away.label, home.category, home.label) == (HUBSPOT, None, HUBSPOT, None)
    assert (away.from_type, away.to_type) == (home.to_type, home.from_type) == (one.type_id, other.type_id)
    assert (away.name, home.name) == (unlabelled_name(one, other), unlabelled_name(other, one))


@for_each(("source", "target", "there", "back"), PRIMARY)
def test_a_primary_company_has_a_type_of_its_own(
    known: Portal, source: str, target: str, there: int, back: int
) -> None:
    """It comes after the unlabelled type, in both directions."""
    one, other = ends(known, source, target)
    away, home = known.associations.types(one, other)[1:], known.associations.types(other, one)[1:]

    assert away == [
        AssociationType(
            from_type=one.type_id,
            to_type=other.type_id,
            category=HUBSPOT,
            type_id=there,
            name=f"{noun(one)}_to_{noun(other)}",
            label="Primary",
            inverse_id=back,
            is_primary=True,
        )
    ]
    label = "Primary Company" if source == "contacts" else "Primary"
    assert [(each.type_id, each.inverse_id, each.label) for each in home] == [(back, there, label)]
    assert home[0].name == f"{noun(other)}_to_{noun(one)}"


def test_other_pairs_have_no_primary_one(known: Portal) -> None:
    """Only a company is a primary one."""
    pairs = [("contacts", "deals"), ("contacts", "contacts"), ("companies", "companies"), ("quotes", "contacts")]

    found = [known.associations.types(*ends(known, *pair)) for pair in pairs]

    assert [len(types) for types in found] == [1, 1, 3, 2]
    assert not any(one.is_primary for types in found for one in types)


@for_each(
    ("source", "target", "there", "back"),
    [
        ("0-1", "0-7", 3824, 3825),
        ("0-7", "0-1", 3825, 3824),
        ("2-1001", "0-1", 6373, 6372),
        ("2-9999999999", "2-9999999999", 7458, 7458),
    ],
)
def test_a_pair_that_hubspots_table_lacks_has_the_same_ids_in_every_run(
    known: Portal, source: str, target: str, there: int, back: int
) -> None:
    """They depend on both types and on the direction; between records of one type, both directions are the same."""
    one, other = (ObjectType(each, f"s{each}", f"p{each}", ()) for each in (source, target))

    (default,) = known.associations.types(one, other)

    assert (default.type_id, default.inverse_id, default.name) == (there, back, f"s{source}_to_s{target}")


def test_a_type_is_found_by_its_id_and_category_or_by_its_name(known: Portal) -> None:
    """In version 3 a number as text is a name as well."""
    source, target = ends(known)
    find = known.associations

    assert [find.type_by_id(source, target, HUBSPOT, each).type_id for each in (1, 279)] == [1, 279]
    names = ("contact_to_company", "contact_to_company_unlabeled", "1", "279")
    assert [find.type_by_name(source, target, each).type_id for each in names] == [1, 279, 1, 279]


@for_each(("category", "type_id"), [(USER, 279), (HUBSPOT, 280), (HUBSPOT, 2), (HUBSPOT, 4)])
def test_an_id_of_another_category_direction_or_pair_is_unknown(known: Portal, category: str, type_id: int) -> None:
    source, target = ends(known)

    with pytest.raises(UnknownAssociationTypeError) as caught:
        known.associations.type_by_id(source, target, category, type_id)

    error = caught.value
    assert (error.spelled, error.from_type, error.to_type, error.is_name) == (
        f"{category}={type_id}",
        "0-1",
        "0-2",
        False,
    )
    assert str(error) == f"there is no association type {category}={type_id} from 0-1 to 0-2"


@for_each("name", ["company_to_contact", "280", "", "Primary"])
def test_a_name_of_another_direction_is_unknown(known: Portal, name: str) -> None:
    source, target = ends(known)

    with pytest.raises(UnknownAssociationTypeError) as caught:
        known.associations.type_by_name(source, target, name)

    assert (caught.value.spelled, caught.value.is_name) == (name, True)


def test_own_labels_are_numbered_and_exist_in_both_directions(portal: Portal) -> None:
    """After HubSpot's own types, and only for their pair."""
    source, target = ends(portal)
    first = portal.associations.define(source, target, name="adviser", label="Adviser")
    second = portal.associations.define(target, source, name="owner", label="Owner")

    found = [
        (each.from_type, each.to_type, each.category, each.type_id, each.inverse_id, each.name, each.label)
        for each in (*first, *second)
    ]
    assert found == [
        ("0-1", "0-2", USER, 100, 101, "adviser", "Adviser"),
        ("0-2", "0-1", USER, 101, 100, "adviser", "Adviser"),
        ("0-2", "0-1", USER, 102, 103, "owner", "Owner"),
        ("0-1", "0-2", USER, 103, 102, "owner", "Owner"),
    ]
    assert portal.associations.types(source, target)[2:] == [first[0], second[1]]
    assert portal.associations.types(target, source)[2:] == [first[1], second[0]]
    assert len(portal.associations.types(*ends(portal, "contacts", "deals"))) == 1


def test_a_label_is_renamed(portal: Portal) -> None:
    """Nothing else of it changes, and the way back keeps its label unless it gets another one."""
    source, target = ends(portal)
    there, way_back = portal.associations.define(source, target, name="adviser", label="Adviser")

    portal.associations.relabel(there, "Advises")
    assert portal.associations.own_type(999) is None
    renamed, kept = portal.associations.types(source, target)[-1], portal.associations.types(target, source)[-1]
    assert (renamed.label, renamed.name, renamed.type_id, renamed.inverse_id) == ("Advises", "adviser", 100, 101)
    assert kept == way_back
    portal.associations.relabel(renamed, "Advises", inverse_label="Advised by")
    assert portal.associations.types(target, source)[-1].label == "Advised by"


def test_the_id_of_a_deleted_label_is_not_given_to_another_one(portal: Portal) -> None:
    """Unless it was the last: the others keep theirs."""
    source, target = ends(portal)
    first, _ = portal.associations.define(source, target, name="a", label="A")
    second, _ = portal.associations.define(source, target, name="b", label="B")

    portal.associations.undefine(first.type_id)
    third, _ = portal.associations.define(source, target, name="c", label="C")

    assert (second.type_id, third.type_id) == (102, 104)
    assert [one.name for one in portal.associations.types(source, target)[-2:]] == ["b", "c"]


@pytest.mark.parametrize("at", [0, 1])
def test_a_label_goes_in_both_directions_with_its_links_alone(portal: Portal, at: int) -> None:
    """By the id of either direction. HubSpot's links and those of other labels stay."""
    source, target = ends(portal)
    made = portal.associations.define(source, target, name="adviser", label="Adviser")
    other = portal.associations.define(source, target, name="owner", label="Owner")
    for kind in (made[0], other[0]):
        connect(portal, 1, 7, kind)

    portal.associations.undefine(made[at].type_id)
    portal.associations.undefine(999)

    assert links(portal, 1) == [(7, 279), (7, 102)]
    assert back(portal, 7) == [(1, 280), (1, 103)]
    assert portal.associations.types(source, target)[2:] == [other[0]]
    assert portal.associations.types(target, source)[2:] == [other[1]]


def test_the_first_company_becomes_the_primary_one(portal: Portal) -> None:
    """Of each contact; a link with a type makes no other type but the unlabelled one."""
    source, target = ends(portal)
    default, primary = portal.associations.types(source, target)

    assert connect(portal, 1, 7) == [279, 1]
    assert connect(portal, 1, 8) == [279]
    assert connect(portal, 2, 8) == [279, 1]
    assert connect(portal, 3, 8, default) == [279]
    assert connect(portal, 4, 8, primary) == [1]
    assert links(portal, 1) == [(7, 1), (7, 279), (8, 279)]
    assert [links(portal, each) for each in (2, 3, 4)] == [[(8, 1), (8, 279)], [(8, 279)], [(8, 1), (8, 279)]]
    assert back(portal, 7) == [(1, 2), (1, 280)]
    assert back(portal, 8) == [(1, 280), (2, 2), (2, 280), (3, 280), (4, 2), (4, 280)]


def test_a_label_of_the_portals_own_is_not_given_unasked(portal: Portal) -> None:
    """Where there is no primary type."""
    contacts, deals = ends(portal, "contacts", "deals")
    portal.associations.define(contacts, deals, name="own", label="Own")

    made = portal.associations.connect(contacts, 1, deals, 7)

    assert [each.type_id for each in made] == [4]


def test_links_are_read_from_an_id_on(portal: Portal) -> None:
    """The id itself belongs to them; with all of what a link has."""
    source, target = ends(portal)
    for company in (9, 7, 8):
        connect(portal, 1, company)

    assert portal.associations.of(source, 1, target, from_to_id=8) == [
        Link(8, HUBSPOT, 279),
        Link(9, HUBSPOT, 1),
        Link(9, HUBSPOT, 279),
    ]
    assert [each.to_id for each in portal.associations.of(source, 1, target)] == [7, 8, 9, 9]
    assert portal.associations.of(source, 2, target) == []
    assert portal.associations.of(source, 1, portal.types["deals"]) == []


def test_two_records_are_unlinked_in_both_directions(portal: Portal) -> None:
    """Every type between them, and no other link; from either end."""
    source, target = ends(portal)
    for contact, company in ((1, 7), (1, 8), (2, 7)):
        connect(portal, contact, company)

    assert portal.associations.unlink(source, 1, target, 7) is True
    assert portal.associations.unlink(source, 1, target, 7) is False
    assert (links(portal, 1), back(portal, 7), back(portal, 8)) == ([(8, 279)], [(2, 2), (2, 280)], [(1, 280)])
    assert portal.associations.unlink(target, 7, source, 2) is True
    assert (links(portal, 2), back(portal, 7)) == ([], [])


def test_one_type_of_link_is_removed_in_both_directions(portal: Portal) -> None:
    """The others between the two records stay, and so does the same type between others."""
    source, target = ends(portal)
    primary = portal.associations.types(source, target)[1]
    for contact, company in ((1, 7), (2, 7)):
        connect(portal, contact, company)

    portal.associations.unlink_type(primary, 1, 7)

    assert (links(portal, 1), links(portal, 2)) == ([(7, 279)], [(7, 1), (7, 279)])
    assert back(portal, 7) == [(1, 280), (2, 2), (2, 280)]


def test_links_of_merged_records_move_once(portal: Portal) -> None:
    """Of several records, in both directions; a link that the new record has already does not come twice."""
    for contact, company in ((1, 7), (2, 7), (3, 8), (4, 9)):
        connect(portal, contact, company)

    portal.associations.move("0-1", [2, 3], 1)

    assert links(portal, 1) == [(7, 1), (7, 279), (8, 1), (8, 279)]
    assert [links(portal, each) for each in (2, 3)] == [[], []]
    assert [back(portal, each) for each in (7, 8, 9)] == [[(1, 2), (1, 280)], [(1, 2), (1, 280)], [(4, 2), (4, 280)]]
    portal.associations.move("0-2", [9], 8)
    assert (links(portal, 4), back(portal, 9)) == ([(8, 1), (8, 279)], [])


def test_an_erased_record_has_no_links_in_either_direction(portal: Portal) -> None:
    """A record of another type with the same id keeps its own."""
    for contact, company in ((1, 7), (7, 1), (2, 7)):
        connect(portal, contact, company)

    portal.associations.forget("0-1", 1)

    assert (links(portal, 1), back(portal, 7)) == ([], [(2, 2), (2, 280)])
    assert (links(portal, 7), back(portal, 1)) == ([(1, 1), (1, 279)], [(7, 2), (7, 280)])


CHANGES: dict[str, Callable[[Portal, ObjectType, ObjectType], object]] = {
    "connect": lambda portal, one, other: portal.associations.connect(one, 1, other, 8),
    "unlink": lambda portal, one, other: portal.associations.unlink(one, 1, other, 7),
    "unlink_type": lambda portal, one, other: portal.associations.unlink_type(
        portal.associations.types(one, other)[0], 1, 7
    ),
    "move": lambda portal, one, _: portal.associations.move(one.type_id, [], 2),
    "forget": lambda portal, one, _: portal.associations.forget(one.type_id, 1),
    "define": lambda portal, one, other: portal.associations.define(one, other, name="a", label="A"),
    "relabel": lambda portal, one, other: portal.associations.relabel(portal.associations.types(one, other)[-1], "B"),
    "undefine": lambda portal, _, __: portal.associations.undefine(100),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_makes_cached_responses_stale(portal: Portal, name: str) -> None:
    """The portal's revision increases."""
    source, target = ends(portal)
    portal.associations.define(source, target, name="own", label="Own")
    connect(portal, 1, 7)
    before = portal.revision

    CHANGES[name](portal, source, target)

    assert portal.revision > before


def test_links_that_are_loaded_count_as_a_change() -> None:
    """Limits of types of records that are gone are left out."""
    portal = Portal(PortalConfig(contacts=0))
    kind = portal.associations.types(portal.types["0-1"], portal.types["0-2"])[0]
    before = portal.context.changes.revision

    portal.associations.load([(kind, 1, 2)])

    assert portal.context.changes.revision > before
    assert portal.associations.ids_linked(portal.types["0-1"], portal.types["0-2"]) == {1}
    assert portal.associations.ids_linked(portal.types["0-1"], portal.types["0-2"], [2, None]) == {1}
    assert portal.associations.ids_linked(portal.types["0-1"], portal.types["0-2"], [3]) == set()
    assert portal.associations.unlink(portal.types["0-1"], 1, portal.types["0-2"], 2) is True
    assert portal.associations.unlink(portal.types["0-1"], 1, portal.types["0-2"], 2) is False
    portal.associations.set_limit(kind, 5)
    types = {type_id: portal.types[type_id] for type_id in ("0-1", "0-2")}
    assert [one.type_id for one in portal.associations.limited(types)] == [279]
    for left_out in types:
        assert portal.associations.limited({name: one for name, one in types.items() if name != left_out}) == []
    portal.close()
