"""The generated pages of the reference: configuration, DTL, assumed behaviour.

Source: the property tables, the function registries and the docstrings of this package.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from fake_sesam.assumptions import Assumptions
from fake_sesam.config.kinds import KINDS
from fake_sesam.config.properties import Property
from fake_sesam.dtl import functions, transforms
from fake_sesam.dtl.functions import (
    binary,
    dates,
    dictionaries,
    encryption,
    history,
    hops,
    identifiers,
    lists,
    logic,
    numbers,
    phonenumbers,
    strings,
)
from fake_sesam.dtl.transforms import copying, flow, merging

__all__ = ["PAGES", "assumed_page", "configuration_page", "dtl_page"]


def configuration_page() -> str:
    """Return the page of every property that the node knows, with its default and whether the node acts on it."""
    parts = ["# Configuration that the fake node knows\n"]
    parts.append("Any other property is reported as unknown, together with the nearest known name.\n")
    for kind in KINDS:
        parts.append(f"## {kind.title}\n\n| property | type | default | |\n|---|---|---|---|")
        parts.append("\n".join(_row(name, known) for name, known in kind.table.items()) + "\n")
    return "\n".join(parts)


def dtl_page() -> str:
    """Return the page of all transforms and functions."""
    parts = ["# DTL that the fake node has\n"]
    parts.append("Another name is a configuration error, and so are the `prefilters` of `hops`.\n")
    for title, modules in (("Transforms", (copying, flow, merging)), ("Functions", _FUNCTION_MODULES)):
        registry = "TRANSFORMS" if title == "Transforms" else "FUNCTIONS"
        parts.append(f"## {title}\n")
        for module in modules:
            names: Mapping[str, object] = getattr(module, registry)
            summary = inspect.cleandoc(module.__doc__ or "").split("\n")[0].split(":")[0].rstrip(".")
            parts.append(f"**{summary}**: " + ", ".join(f"`{name}`" for name in names) + "\n")
    total = len(transforms.TRANSFORMS), len(functions.FUNCTIONS)
    parts.append(f"{total[0]} transforms and {total[1]} functions.\n")
    return "\n".join(parts)


def assumed_page() -> str:
    """Return the page of behaviour that no source decides, module by module."""
    parts = ["# What the fake node assumes\n"]
    parts.append("Sesam's documents do not say how a node behaves here; a real node may differ.\n")
    parts.append("## What you can change with `--assume NAME=VALUE`\n\n| name | default | |\n|---|---|---|")
    parts.append("\n".join(_switch(each.name, each.default) for each in fields(Assumptions)) + "\n")
    parts.append("## Everything else\n\n| where | what is assumed |\n|---|---|")
    parts.append("\n".join(f"| `{place}` | {text} |" for place, text in _assumptions()) + "\n")
    return "\n".join(parts)


_FUNCTION_MODULES = (
    *(logic, strings, numbers, lists, dictionaries, dates, identifiers, binary, encryption, hops, history),
    phonenumbers,
)

PAGES: Mapping[str, Callable[[], str]] = {
    "configuration": configuration_page,
    "dtl": dtl_page,
    "assumed": assumed_page,
}


def _switch(name: str, default: object) -> str:
    documented = re.search(rf"^\s*{name}: (.*)$", Assumptions.__doc__ or "", re.MULTILINE)
    meaning = documented[1] if documented else ""
    return f"| `{name.replace('_', '-')}` | `{str(default).lower()}` | {meaning} |"


def _row(name: str, known: Property) -> str:
    notes = [
        *(["required"] if known.required else []),
        *(["one of " + ", ".join(f"`{choice}`" for choice in known.choices)] if known.choices else []),
        *([] if known.is_simulated else ["known, not simulated"]),
    ]
    default = "" if known.default is None else f"`{str(known.default).lower()}`"
    kind = known.kind.replace("|", " or ")
    return f"| `{name}` | {kind} | {default} | {'; '.join(notes)} |"


def _assumptions() -> Iterator[tuple[str, str]]:
    root = Path(__file__).parent
    for path in sorted(set(root.rglob("*.py")) - {Path(__file__), root / "assumptions.py"}):
        place = path.relative_to(root).with_suffix("").as_posix()
        for docstring in _docstrings(ast.parse(path.read_text("utf-8"))):
            yield from ((place, text) for text in _assumed_in(docstring))


def _docstrings(tree: ast.Module) -> Iterator[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for element in ast.walk(tree):
        if isinstance(element, kinds):
            yield ast.get_docstring(element) or ""


def _assumed_in(docstring: str) -> Iterator[str]:
    """Yield what follows `Assumed:`, or the sentence that says that something is assumed."""
    for paragraph in docstring.split("\n\n"):
        text = " ".join(paragraph.split()).replace("``", "`")
        _, mark, after = text.partition("Assumed:")
        if mark:
            yield after.strip()
        else:
            yield from (each for each in re.split(r"(?<=\.) ", text) if "assumed" in each)
