"""Names of object types: every spelling that HubSpot takes, and what is answered to the others."""

import pytest

from fake_hubspot.portal.newer_properties import NEWER
from fake_hubspot.portal.types import STANDARD_TYPES, UNBUILT, ObjectType, ObjectTypes, is_unbuilt
from tests.unit.fake_hubspot.inprocess import Fake

SPELL = (str.lower, str.upper, str.title)
CAR = ObjectType("2-1001", "Car", "Cars", (), is_custom=True, qualified_name="p62515_Car")


def test_a_type_is_found_by_each_of_its_names_in_any_case() -> None:
    """Plural, singular and id; no name leads to two types."""
    types = ObjectTypes(STANDARD_TYPES, takes_base_names=lambda: False)

    for kind in STANDARD_TYPES:
        assert all(types.find(spell(name)) is kind for name in kind.names for spell in SPELL)
    assert len({name for kind in STANDARD_TYPES for name in kind.names}) == sum(
        len(one.names) for one in STANDARD_TYPES
    )
    assert types.all() == list(STANDARD_TYPES)
    assert "CONTACT" in types
    assert "butterflies" not in types


def test_the_short_name_of_a_custom_type_is_an_option() -> None:
    """A person who controls the fake may always use it."""
    takes = False
    types = ObjectTypes([CAR], takes_base_names=lambda: takes)

    for name in ("p_car", "P_CAR", "p62515_car", "2-1001"):
        assert types.find(name) is CAR
    assert [types.find(name) for name in ("car", "Cars", "p_cars")] == [None] * 3
    assert types.find_leniently("CARS") is CAR
    assert types.taken(ObjectType("2-7", "x", "car", (), is_custom=True)) == ["car"]
    takes = True
    assert types["Cars"] is CAR
    with pytest.raises(KeyError, match="bus"):
        types["bus"]


def test_every_newer_type_has_properties_of_its_own(fake: Fake) -> None:
    """Among them the one that names a record."""
    portal = fake.app.portals.default.portal

    assert {kind.type_id for kind in STANDARD_TYPES} > set(NEWER)
    assert all(portal.definitions.names(type_id) > portal.definitions.names("2-0") for type_id in NEWER)
    for kind in STANDARD_TYPES:
        assert {*kind.default_properties, *kind.required_properties, kind.display_property} <= portal.definitions.names(
            kind.type_id
        )


@pytest.mark.parametrize("name", ["0-35", "campaigns", "Marketing_Event", "0-999999999"])
def test_a_type_that_the_fake_has_not_is_told_from_one_that_nobody_has(fake: Fake, name: str) -> None:
    """Wherever the name stands: header, hint in the journal, and no words of HubSpot's."""
    paths = (
        f"/crm/v3/objects/{name}",
        f"/crm/v3/objects/contacts?associations=companies,{name}",
        f"/crm/v3/properties/{name}",
        f"/crm/v3/pipelines/{name}",
        f"/crm/v4/associations/contacts/{name}/labels",
    )

    answers = [fake.get(path) for path in paths]

    assert is_unbuilt(name)
    for answer in answers:
        assert answer.status == 404
        assert name in answer.headers["x-fake-hubspot-unmatched"]
        assert "not built into this fake" in answer.json()["message"]
    unmatched = fake.get("/_fake/journal?unmatched=true").json()["entries"]
    assert len(unmatched) == len(paths)


@pytest.mark.parametrize("name", ["butterflies", "2-35", "0-x", "0-", "p_0-35", "10-35"])
def test_a_type_that_nobody_has_gets_hubspots_words(fake: Fake, name: str) -> None:
    """Recorded for `butterflies`."""
    answer = fake.get(f"/crm/v3/objects/{name}")

    assert (answer.status, answer.json()["message"]) == (400, f"Unable to infer object type from: {name}")
    assert "x-fake-hubspot-unmatched" not in answer.headers


def test_no_type_is_both_built_and_unbuilt() -> None:
    """The list of gaps shrinks when a type is added."""
    assert not UNBUILT & {name for kind in STANDARD_TYPES for name in kind.names}
