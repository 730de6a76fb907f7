"""Paths and namespaces, as properties that hold for any names."""

import fnmatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_sesam.dtl import Names, NamespacedNames, add_namespaces, remove_namespaces
from fake_sesam.dtl.paths import compile_walk, split_path, walk
from tests.support.cases import for_each

NAMES = st.text(min_size=1, max_size=8)
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="._$:'"), min_size=1, max_size=5)
ENTITIES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(PLAIN, children, max_size=3),
    max_leaves=8,
)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_any_name_can_be_quoted(names: list[str]) -> None:
    """A quote inside a quoted part is doubled."""
    path = ".".join("'" + name.replace("'", "''") + "'" for name in names)

    assert split_path(path) == names


@given(st.lists(PLAIN, min_size=1, max_size=4))
def test_names_without_dots_need_no_quotes(names: list[str]) -> None:
    assert split_path(".".join(names)) == names


@for_each("path", ["'open", "a.'open", "'a'b", "'a''"])
def test_unclosed_quote_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="quote"):
        split_path(path)


@given(st.text("ab*?:", min_size=1, max_size=8), st.text("ab:", max_size=8))
def test_a_glob_matches_what_fnmatch_says(glob: str, text: str) -> None:
    assert Names().matcher([glob])(text) == fnmatch.fnmatchcase(text, glob)


def test_a_glob_on_a_long_name_takes_no_time() -> None:
    """A pattern that tries every combination of the stars would never end."""
    text = "a" * 100_000

    assert not Names().matcher(["*a*a*a*a*a*a*b"])(text)
    assert not NamespacedNames(identity="i", properties="p").matcher(["*a*a*a*a:*a*a*a*b"])(f"{text}:{text}")


@given(ENTITIES, st.lists(PLAIN, min_size=1, max_size=3))
def test_compiled_walk_returns_the_same_as_walk(value: Any, parts: list[str]) -> None:
    """A path of one part has its own code."""
    assert compile_walk(parts)(value) == walk(value, parts)


@given(st.dictionaries(PLAIN, ENTITIES, max_size=4))
def test_removing_namespaces_undoes_adding_them(entity: dict[str, Any]) -> None:
    """At any depth."""
    named = add_namespaces({**entity, "_id": "1"}, identity="i", properties="p")

    assert remove_namespaces(named) == {**entity, "_id": "1"}
    assert named["_id"] == "i:1"


@given(st.dictionaries(PLAIN, st.integers(), min_size=1, max_size=4))
def test_name_without_a_namespace_is_found_in_every_namespace(entity: dict[str, int]) -> None:
    """Unless the pipe has no namespaced identifiers."""
    named = add_namespaces(entity, identity="i", properties="p")

    for name, value in entity.items():
        assert NamespacedNames(identity="i", properties="p").walk(named, [name]) == value
        assert Names().walk(named, [name]) is None
