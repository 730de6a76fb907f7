"""Property names with and without namespaces: how they are qualified, matched and walked. Pure.

Source: docs (hub/dtl/namespaces.rst; copy, remove, rename, make-ni, path): ``::x`` is x as it stands, ``:x`` is in
the current namespace; a name without a namespace matches in every namespace; the last colon separates. Assumed: a
string that is already qualified is not prefixed again when it becomes an ``_id``.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from fake_sesam.dtl.paths import compile_walk, flatten_found, walk

__all__ = ["Names", "NamespacedNames", "glob_text"]


def glob_text(glob: str) -> str:
    """Return the regular expression of a pattern in which only ``*`` and ``?`` are special."""
    return re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")


class Names:
    """Names where identifiers are not namespaced: everything is as it is written."""

    def qualify(self, name: str) -> str:
        """Return the name of a property that is added."""
        return name

    def qualify_value(self, name: str, value: Any) -> Any:
        """Return the value of a property that is added."""
        del name
        return value

    def matcher(self, globs: Sequence[str]) -> Callable[[str], bool]:
        """Return a test whether a name matches one of the patterns as a whole."""
        pattern = re.compile("|".join(glob_text(glob) for glob in globs) or r"(?!)", re.DOTALL)
        return lambda name: pattern.fullmatch(name) is not None

    def rename(self, name: str, wanted: str) -> str:
        """Return the target name for a source property `name` that becomes `wanted`."""
        del name
        return wanted

    def walk(self, value: Any, parts: Sequence[str]) -> Any:
        """Follow a path."""
        return walk(value, parts)

    def compile_walk(self, parts: Sequence[str]) -> Callable[[Any], Any]:
        """Return a function that follows a path."""
        return compile_walk(parts)


class NamespacedNames(Names):
    """Names where identifiers are namespaced."""

    def __init__(self, *, identity: str, properties: str) -> None:
        self._identity = identity
        self._properties = properties

    def qualify(self, name: str) -> str:
        """Qualify a name with the property namespace; ``_`` and ``$`` names stay."""
        return _qualified(name, self._properties)

    def qualify_value(self, name: str, value: Any) -> Any:
        """Qualify the strings of an ``_id`` with the identity namespace."""
        if name != "_id":
            return value
        if isinstance(value, list):
            return [self.qualify_value(name, each) for each in value]
        return _qualified(value, self._identity) if isinstance(value, str) and value else value

    def matcher(self, globs: Sequence[str]) -> Callable[[str], bool]:
        """Match the namespace and the identifier each by itself; a pattern without a namespace matches in all."""
        pattern = re.compile("|".join(self._pattern(glob) for glob in globs) or r"(?!)", re.DOTALL)
        return lambda name: pattern.fullmatch(name) is not None

    def rename(self, name: str, wanted: str) -> str:
        """Keep the source's namespace unless the wanted name has one."""
        if ":" in wanted:
            return self.qualify(wanted)
        namespace, colon, _ = name.rpartition(":")
        return f"{namespace}{colon}{wanted}"

    def walk(self, value: Any, parts: Sequence[str]) -> Any:
        """Follow a path; a part without a namespace is looked for in every namespace."""
        for index, part in enumerate(parts):
            if isinstance(value, list):
                return flatten_found(self.walk(each, parts[index:]) for each in value)
            value = self._find(value, part)
        return value

    def compile_walk(self, parts: Sequence[str]) -> Callable[[Any], Any]:
        """Return a function that follows a path."""
        fixed = tuple(parts)
        return lambda value: self.walk(value, fixed)

    def _find(self, value: Any, part: str) -> Any:
        if not isinstance(value, dict):
            return None
        if ":" in part or part.startswith(("_", "$")):
            return value.get(_qualified(part, self._properties))
        found = [each for name, each in value.items() if name.rpartition(":")[2] == part]
        return found[0] if len(found) == 1 else flatten_found(found) if found else None

    def _pattern(self, glob: str) -> str:
        if glob.startswith("::"):
            return glob_text(glob[2:])
        if glob.startswith(":"):
            return glob_text(_qualified(glob, self._properties))
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
