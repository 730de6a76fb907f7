"""Which operations of HubSpot's official clients the fake has; `fake-hubspot coverage` prints it.

The file `operations.txt` lists the operations of the clients. Its first lines name the clients with their versions and
a letter for each; every other line is a method, a path, and the letters of the clients that have the operation.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from fake_hubspot.context import Route
from fake_hubspot.routing import Router

__all__ = [
    "OPERATIONS_FILE",
    "Coverage",
    "Operations",
    "coverage",
    "read_operations",
    "to_lines",
    "to_markdown",
    "to_summary",
    "to_text",
]

OPERATIONS_FILE = Path(__file__).with_name("operations.txt")
PARAMETER = re.compile(r"\{\w+\}")
SERVED, SHALLOW, MISSING = "served", "shallow", "not served"
VERSIONS = re.compile(r"/(?:v\d|20\d\d-\d\d(?:-beta)?)(?=/|$)")


class Operations(msgspec.Struct, frozen=True):
    """The operations of one client: method and path of each."""

    version: str
    operations: set[tuple[str, str]]


class Coverage(msgspec.Struct, frozen=True):
    """What the fake has of one operation: `served`, `shallow` or `not served`."""

    method: str
    path: str
    clients: tuple[str, ...]
    state: str

    @property
    def family(self) -> str:
        """The first names in the path without its version, such as `crm/lists`."""
        parts = [part for part in VERSIONS.sub("", self.path).split("/") if part]
        depth = 2 if parts[0] in ("crm", "cms", "marketing", "settings", "automation", "conversations") else 1
        return "/".join(part for part in parts[:depth] if "{" not in part)


def read_operations(text: str | None = None) -> dict[str, Operations]:
    """Read the operations of the clients by the name of the client."""
    letters: dict[str, str] = {}
    found: dict[str, Operations] = {}
    if text is None:
        text = OPERATIONS_FILE.read_text(encoding="utf-8") if OPERATIONS_FILE.exists() else ""
    for line in text.splitlines():
        if line.startswith("# "):
            letter, name, version = line[2:].split()
            letters[letter] = name
            found[name] = Operations(version, set())
        elif line:
            method, path, clients = line.split()
            for letter in clients:
                found[letters[letter]].operations.add((method, path))
    return found


def to_lines(known: Mapping[str, Operations]) -> str:
    """Write operations as the file has them."""
    letters = {name: chr(ord("a") + number) for number, name in enumerate(sorted(known))}
    head = [f"# {letters[name]} {name} {known[name].version}" for name in sorted(known)]
    return "\n".join([*head, *(f"{m} {p} {''.join(letters[n] for n in names)}" for m, p, names in _merged(known)), ""])


def _merged(known: Mapping[str, Operations]) -> list[tuple[str, str, tuple[str, ...]]]:
    every = {one for each in known.values() for one in each.operations}
    ordered = sorted(every, key=lambda one: (one[1], one[0]))
    return [(m, p, tuple(name for name in sorted(known) if (m, p) in known[name].operations)) for m, p in ordered]


def coverage(routes: Iterable[Route], known: Mapping[str, Operations] | None = None) -> list[Coverage]:
    """Compare the operations of the clients with these routes."""
    router = Router(routes)
    merged = _merged(read_operations() if known is None else known)
    return [Coverage(method, path, clients, _state(router, method, path)) for method, path, clients in merged]


def _state(router: Router, method: str, path: str) -> str:
    route = router.match(method, PARAMETER.sub("1", path)).route
    if route is None or not _is_same(route.template, path):
        return MISSING
    return SHALLOW if route.is_shallow else SERVED


def _is_same(template: str, path: str) -> bool:
    """Whether a route is for this operation: only the type of a record may be spelled out in the path of a client."""
    pairs = zip(template.strip("/").split("/"), path.strip("/").split("/"), strict=True)
    return all(
        "{" in theirs or "{" not in ours or "ObjectType" in ours or ours == "{objectType}" for ours, theirs in pairs
    )


def _counts(rows: Iterable[Coverage]) -> str:
    states = [one.state for one in rows]
    return " | ".join(str(number) for number in (len(states), *map(states.count, (SERVED, SHALLOW, MISSING))))


def to_markdown(rows: Sequence[Coverage], known: Mapping[str, Operations]) -> str:
    """Render tables of clients, of families and of operations."""
    clients = [f"| `{n}` {one.version} | {_counts(r for r in rows if n in r.clients)} |" for n, one in known.items()]
    families: dict[str, list[Coverage]] = {}
    for row in rows:
        families.setdefault(row.family, []).append(row)
    head = "| operations | served | shallow | not served |"
    rule = "|---|---:|---:|---:|---:|"
    parts = ["## Clients", "", f"| client {head}", rule, *clients, "", "## Families", "", f"| family {head}", rule]
    parts += [f"| `{name}` | {_counts(families[name])} |" for name in sorted(families)]
    parts += ["", "## Operations", "", "The operations that are shallow or not served; every other one is served."]
    for name in sorted(families):
        rest = [one for one in families[name] if one.state != SERVED]
        if rest:
            parts += ["", f"### {name}", "", "| operation | state |", "|---|---|"]
            parts += [f"| `{one.method} {one.path}` | {one.state} |" for one in rest]
    return "\n".join([*parts, ""])


def to_summary(rows: Sequence[Coverage], known: Mapping[str, Operations]) -> str:
    """Say how many operations of each client there are and how many the fake has, one line for each client."""
    lines = []
    for name, one in known.items():
        states = [row.state for row in rows if name in row.clients]
        has = len(states) - states.count(MISSING)
        shallow = states.count(SHALLOW)
        lines.append(f"- `{name}` {one.version}: {has} of {len(states)} operations, {shallow} of them shallow")
    return "\n".join(lines)


def to_text(rows: Iterable[Coverage]) -> str:
    """Render operations for a terminal, one per line."""
    return "\n".join(f"{one.state:<11} {one.method:<6} {one.path}" for one in rows)
