"""Names with and without namespaces: how they are looked up, matched and written."""

from typing import Any

from fake_sesam.dtl.names import Names, NamespacedNames
from tests.support.cases import Cases

NAMES = NamespacedNames(identity="users", properties="hub")
ENTITY = {"_id": "users:1", "hub:name": "Ada", "crm:name": "Byron", "hub:address": {"hub:city": "Oslo"}, "plain": 1}


def test_a_path_finds_names_in_their_namespaces(cases: Cases) -> None:
    """A part without one in every namespace, a part with one only there; through lists; nothing where there is none."""
    people: dict[str, Any] = {"hub:people": [{"hub:name": "A"}, {"hub:name": ["B", "C"]}, "no entity", {"x": 1}]}
    for path, entity, expected in [
        (["_id"], ENTITY, "users:1"),
        (["name"], ENTITY, ["Ada", "Byron"]),
        (["hub:name"], ENTITY, "Ada"),
        ([":name"], ENTITY, "Ada"),
        (["::plain"], ENTITY, 1),
        (["plain"], ENTITY, 1),
        (["address", "city"], ENTITY, "Oslo"),
        (["address", "street"], ENTITY, None),
        (["name", "first"], ENTITY, []),
        (["nothing"], ENTITY, None),
        (["$ids"], ENTITY, ["~:users:1"]),
        (["$ids"], {"_id": "1"}, ["~:users:1"]),
        (["$ids"], {"_id": 1}, None),
        (["$ids"], {"_id": "1", "$ids": ["~:x:1"]}, ["~:x:1"]),
        (["people", "name"], people, ["A", "B", "C"]),
        (["name"], "no entity", None),
    ]:
        with cases.case((path, entity)):
            assert NAMES.walk(entity, path) == expected
            assert NAMES.compile_walk(path)(entity) == expected


def test_an_id_gets_the_namespace_of_ids(cases: Cases) -> None:
    """Each of several; not one that has a namespace, an empty one, or what is no text. Other values stay."""
    for value, expected in [
        ("1", "users:1"),
        ("crm:1", "crm:1"),
        (["1", "crm:2", ["3"]], ["users:1", "crm:2", ["users:3"]]),
        ("", ""),
        (5, 5),
        (None, None),
    ]:
        with cases.case(value):
            assert NAMES.qualify_value("_id", value) == expected
            assert NAMES.qualify_value("name", value) == value
            assert Names().qualify_value("_id", value) == value


def test_globs_match_names_in_their_namespaces(cases: Cases) -> None:
    """Namespace and identifier separately; a star does not go over the border between them."""
    names = ["hub:name", "crm:name", "name", "hub:nickname", "hub:sub:name", "other"]
    for globs, expected in [
        (["*"], names),
        (["name"], ["hub:name", "crm:name", "name", "hub:sub:name"]),
        (["*name"], ["hub:name", "crm:name", "name", "hub:nickname", "hub:sub:name"]),
        (["hub:*"], ["hub:name", "hub:nickname"]),
        ([":name"], ["hub:name"]),
        (["::name"], ["name"]),
        (["*:name"], ["hub:name", "crm:name", "hub:sub:name"]),
        (["crm:name", "other"], ["crm:name", "other"]),
        ([], []),
    ]:
        with cases.case(globs):
            matches = NAMES.matcher(globs)
            assert [name for name in names if matches(name)] == expected
    assert not Names().matcher([])("")


def test_a_renamed_property_keeps_its_namespace_unless_the_new_name_has_one(cases: Cases) -> None:
    for name, wanted, expected in [
        ("crm:name", "title", "crm:title"),
        ("name", "title", "title"),
        ("crm:name", ":title", "hub:title"),
        ("crm:name", "erp:title", "erp:title"),
        ("crm:name", "::title", "title"),
    ]:
        with cases.case((name, wanted)):
            assert NAMES.rename(name, wanted) == expected
            assert NAMES.collects(wanted) is (":" in wanted)
            assert Names().rename(name, wanted) == wanted
            assert Names().collects(wanted) is False
    assert [NAMES.qualify(name) for name in ("a", "_id", "$ids", "x:a")] == ["hub:a", "_id", "$ids", "x:a"]
    assert Names().qualify("a") == "a"
