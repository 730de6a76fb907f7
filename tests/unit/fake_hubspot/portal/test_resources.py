"""What a portal has besides records: made, changed, archived and dropped, family by family."""

from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.resources import Resource
from tests.unit.fake_hubspot.portal.still_portal import NOW


def test_things_of_a_family_live(portal: Portal) -> None:
    """In the order in which they were made; one that takes an id keeps its place and its time."""
    resources, revision = portal.resources, portal.context.changes.revision
    one = resources.add("f", {"a": 1}, resource_id="x")
    assert one == Resource(id="x", number=1, created_ms=NOW, updated_ms=NOW, fields={"a": 1})
    assert portal.context.changes.revision > revision
    portal.clock.freeze(NOW + 5)
    two = resources.add("f", {})
    assert (two.number, two.created_ms, len(two.id)) == (2, NOW + 5, 11)
    again = resources.add("f", {"b": 2}, resource_id="x")
    assert again == Resource(id="x", number=1, created_ms=NOW, updated_ms=NOW + 5, fields={"b": 2})
    assert resources.all("f") == [again, two]
    assert resources.add("f", {}, resource_id="a").number == 3
    assert [each.id for each in resources.all("f")] == ["x", two.id, "a"]
    assert resources.add("g", {}).number == 1

    portal.clock.freeze(NOW + 9)
    changed = resources.change("f", again, {"c": 3})
    assert changed == Resource(id="x", number=1, created_ms=NOW, updated_ms=NOW + 9, fields={"c": 3})
    archived = resources.archive("f", two)
    assert (archived.archived_ms, archived.updated_ms, archived.is_archived, changed.is_archived) == (
        *(NOW + 9, NOW + 9),
        *(True, False),
    )
    assert [each.id for each in resources.living("f")] == ["x", "a"]
    assert [each.id for each in resources.all("f")] == ["x", two.id, "a"]
    assert (resources.find("f", two.id), resources.find("g", "x")) == (archived, None)
    resources.drop("f", "x")
    assert resources.find("f", "x") is None
    assert [each.id for each in resources.all("f")] == [two.id, "a"]


def test_random_ids_are_uuids(portal: Portal) -> None:
    one, other = portal.resources.new_uuid(), portal.resources.new_uuid()

    assert one != other
    assert [len(part) for part in one.split("-")] == [8, 4, 4, 4, 12]
