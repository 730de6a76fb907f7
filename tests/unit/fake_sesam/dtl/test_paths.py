"""Paths: quoting and walking, as rules that hold for any names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_sesam.dtl import Names, NamespacedNames, add_namespaces, remove_namespaces
from fake_sesam.dtl.paths import compile_walk, split_path, walk

NAMES = st.text(min_size=1, max_size=8)
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="._$:'"), min_size=1, max_size=5)
ENTITIES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(PLAIN, children, max_size=3),
    max_leaves=8,
)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_any_name_can_be_quoted(names: list[str]) -> None:
    """A quote inside is doubled."""
    path = ".".join("'" + name.replace("'", "''") + "'" for name in names)

    assert split_path(path) == names


@given(st.lists(PLAIN, min_size=1, max_size=4))
def test_plain_names_need_no_quotes(names: list[str]) -> None:
    """A dot separates."""
    assert split_path(".".join(names)) == names


@pytest.mark.parametrize("path", ["'open", "a.'open", "'a'b", "'a''"])
def test_a_quote_that_is_not_closed_is_an_error(path: str) -> None:
    """Found when the pipe is read."""
    with pytest.raises(ValueError, match="quote"):
        split_path(path)


@given(ENTITIES, st.lists(PLAIN, min_size=1, max_size=3))
def test_a_compiled_walk_is_a_walk(value: Any, parts: list[str]) -> None:
    """The short way for one part gives the same."""
    assert compile_walk(parts)(value) == walk(value, parts)


@given(st.dictionaries(PLAIN, ENTITIES, max_size=4))
def test_namespaces_come_off_as_they_went_on(entity: dict[str, Any]) -> None:
    """At any depth."""
    named = add_namespaces({**entity, "_id": "1"}, identity="i", properties="p")

    assert remove_namespaces(named) == {**entity, "_id": "1"}
    assert named["_id"] == "i:1"


@given(st.dictionaries(PLAIN, st.integers(), min_size=1, max_size=4))
def test_a_name_without_a_namespace_finds_what_has_one(entity: dict[str, int]) -> None:
    """And without namespaced identifiers it does not."""
    named = add_namespaces(entity, identity="i", properties="p")

    for name, value in entity.items():
        assert NamespacedNames(identity="i", properties="p").walk(named, [name]) == value
        assert Names().walk(named, [name]) is None
