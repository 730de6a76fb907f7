"""How property names are qualified, matched and looked up, with and without namespaces. Pure.

Source: docs (hub/dtl/namespaces.rst; copy, remove, rename, make-ni, path): `::x` is literally x, `:x` is x in the
current namespace; a name without a namespace matches in every namespace; the last colon separates. Assumed: a
string that is already qualified is not prefixed again when it becomes an `_id`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from fake_sesam.dtl.paths import compile_walk, flatten_found, walk

__all__ = ["Names", "NamespacedNames", "glob_text"]


def glob_text(glob: str) -> str:
    """Translate a glob to a regular expression for a whole text; only `*` and `?` are special.

    Each part between two `*` is matched once, where it first occurs, so that the time is linear in the text.
    """
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in re.split(r"\*+", glob))
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>.*?{part})" for part in middle) + ".*" + last


class Names:
    """Property names of a pipe without `namespaced_identifiers`: every name is taken literally."""

    identity = ""
    """The namespace of ids; empty where the pipe has none."""
    properties = ""
    """The namespace of properties; empty where the pipe has none."""

    def qualify(self, name: str) -> str:
        """Return the full name of a property that the target entity gets."""
        return name

    def collects(self, wanted: str) -> bool:
        """Whether `rename` to this name collects the values of every matching property in it."""
        del wanted
        return False

    def qualify_value(self, name: str, value: Any) -> Any:
        """Return the value that the target entity gets for the property `name`."""
        del name
        return value

    def matcher(self, globs: Sequence[str]) -> Callable[[str], bool]:
        """Return a predicate: does a whole name match one of the globs?"""
        pattern = re.compile("|".join(glob_text(glob) for glob in globs) or r"(?!)", re.DOTALL)
        return lambda name: pattern.fullmatch(name) is not None

    def rename(self, name: str, wanted: str) -> str:
        """Return the target name when the source property `name` is renamed to `wanted`."""
        del name
        return wanted

    def walk(self, value: Any, parts: Sequence[str]) -> Any:
        """Return the value at a path."""
        return walk(value, parts)

    def compile_walk(self, parts: Sequence[str]) -> Callable[[Any], Any]:
        """Return a function that returns the value at a path."""
        return compile_walk(parts)


class NamespacedNames(Names):
    """Property names of a pipe with `namespaced_identifiers`."""

    def __init__(self, *, identity: str, properties: str) -> None:
        self.identity = identity
        self.properties = properties

    def collects(self, wanted: str) -> bool:
        """Whether `rename` to this name collects the values of every matching property in it: it has a namespace."""
        return ":" in wanted

    def qualify(self, name: str) -> str:
        """Prefix the property namespace; names that start with `_` or `$` stay as they are."""
        return _qualified(name, self.properties)

    def qualify_value(self, name: str, value: Any) -> Any:
        """Prefix the identity namespace to the strings of an `_id`; other values stay as they are."""
        if name != "_id":
            return value
        if isinstance(value, list):
            return [self.qualify_value(name, each) for each in value]
        return _qualified(value, self.identity) if isinstance(value, str) and value else value

    def matcher(self, globs: Sequence[str]) -> Callable[[str], bool]:
        """Match namespace and identifier separately; a glob without a namespace matches in every namespace."""
        pattern = re.compile("|".join(self._pattern(glob) for glob in globs) or r"(?!)", re.DOTALL)
        return lambda name: pattern.fullmatch(name) is not None

    def rename(self, name: str, wanted: str) -> str:
        """Keep the namespace of the source property unless `wanted` has its own."""
        if ":" in wanted:
            return self.qualify(wanted)
        namespace, colon, _ = name.rpartition(":")
        return f"{namespace}{colon}{wanted}"

    def walk(self, value: Any, parts: Sequence[str]) -> Any:
        """Return the value at a path; a part without a namespace is looked up in every namespace.

        Source: docs (hub/dtl/caveats.rst): an entity without `$ids` has its `_id` there, as a namespaced identifier.
        """
        for index, part in enumerate(parts):
            if isinstance(value, list):
                return flatten_found(self.walk(each, parts[index:]) for each in value)
            value = self._find(value, part)
        return value

    def compile_walk(self, parts: Sequence[str]) -> Callable[[Any], Any]:
        """Return a function that returns the value at a path."""
        fixed = tuple(parts)
        return lambda value: self.walk(value, fixed)

    def _find(self, value: Any, part: str) -> Any:
        if not isinstance(value, dict):
            return None
        if part == "$ids" and "$ids" not in value and isinstance(value.get("_id"), str):
            return [f"~:{_qualified(value['_id'], self.identity)}"]
        if ":" in part or part.startswith(("_", "$")):
            return value.get(_qualified(part, self.properties))
        found = [each for name, each in value.items() if name.rpartition(":")[2] == part]
        return found[0] if len(found) == 1 else flatten_found(found) if found else None

    def _pattern(self, glob: str) -> str:
        if glob.startswith("::"):
            return glob_text(glob[2:])
        if glob.startswith(":"):
            return glob_text(_qualified(glob, self.properties))
        namespace, colon, identifier = glob.rpartition(":")
        if not colon:
            return rf"(?:.*:)?{glob_text(identifier)}" if glob != "*" else ".*"
        return rf"{glob_text(namespace)}:{glob_text(identifier).replace('.*', '[^:]*')}"


def _qualified(name: str, namespace: str) -> str:
    if name.startswith("::"):
        return name[2:]
    if name.startswith(":"):
        return namespace + name
    return name if ":" in name or name.startswith(("_", "$")) else f"{namespace}:{name}"
