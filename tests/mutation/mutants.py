"""Every mutant of a module, in the order of its text. Pure."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.mutation.operators import OPERATORS, UNOBSERVABLE_ARGUMENTS, Edit
from tests.mutation.source import Source

__all__ = ["Mutant", "mutants_of"]

TYPE_PARAMETERS = frozenset({"TypeVar", "TypeVarTuple", "ParamSpec", "NewType"})
LOGGERS = frozenset({"logger", "log", "logging", "_logger", "_log", "warnings"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change.

    Attributes:
        path: The module, from the root of the repository.
        within: The function or class around the change, with dots; empty at the top of the module.
        code: The changed lines as they are, with single blanks.
        mutant: The same lines with the change.
        line: The number of the first changed line.
        last_line: The number of the last.
        runs_at_import: Whether the change is outside of functions.
    """

    path: str
    operator: str
    within: str
    code: str
    mutant: str
    line: int
    last_line: int
    runs_at_import: bool
    start: int
    end: int
    new: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What stays the same when the lines around it change."""
        return self.path, self.within, self.code, self.mutant

    @property
    def diff(self) -> str:
        """The change, for a reader."""
        place = f" in {self.within}" if self.within else ""
        return f"{self.path}:{self.line}{place} ({self.operator})\n  - {self.code}\n  + {self.mutant}"

    def applied_to(self, text: str) -> str | None:
        """The changed module; None if it is no Python."""
        raw = text.encode()
        changed = (raw[: self.start] + self.new.encode() + raw[self.end :]).decode()
        try:
            compile(changed, self.path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None
        return changed


def mutants_of(path: str, text: str) -> list[Mutant]:
    """Every mutant of a module. A few are no Python: `Mutant.applied_to` tells."""
    source = Source(text)
    found: dict[tuple[int, int, str], Mutant] = {}
    for node, within, runs_at_import in _nodes(source.tree, (), at_import=True):
        for operator in OPERATORS:
            for edit in operator(node, source):
                if source.between(edit.start, edit.end) != edit.new:
                    mutant = _mutant(path, source, edit, within, runs_at_import=runs_at_import)
                    found.setdefault((edit.start, edit.end, edit.new), mutant)
    return [found[key] for key in sorted(found)]


def _mutant(path: str, source: Source, edit: Edit, within: tuple[str, ...], *, runs_at_import: bool) -> Mutant:
    code, mutant = source.lines_with(edit.start, edit.end, edit.new)
    return Mutant(
        path=str(PurePosixPath(path)),
        operator=edit.operator,
        within=".".join(within),
        code=_on_one_line(code),
        mutant=_on_one_line(mutant),
        line=source.line_of(edit.start),
        last_line=source.line_of(edit.end - 1),
        runs_at_import=runs_at_import,
        start=edit.start,
        end=edit.end,
        new=edit.new,
    )


def _nodes(
    node: ast.AST, within: tuple[str, ...], *, at_import: bool
) -> Iterator[tuple[ast.AST, tuple[str, ...], bool]]:
    """The nodes that may be changed, each with what is around it and whether it runs at import."""
    for name, child in _children(node):
        if _is_left_out(node, name, child):
            continue
        inner, still = within, at_import
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*within, child.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and name == "body":
            still = False
        yield child, inner, still
        yield from _nodes(child, inner, at_import=still)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield name, one


def _is_left_out(parent: ast.AST, name: str, node: ast.AST) -> bool:
    """Whether a node only describes types, words a message, or has no effect that a test could see."""
    if name in ("annotation", "returns") or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.keyword) and node.arg in UNOBSERVABLE_ARGUMENTS:
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_logging(node.value)
    if isinstance(parent, ast.Raise) or (isinstance(node, ast.Call) and _is_error(node)):
        return True
    if name == "decorator_list" and re.match(r"(?:dataclasses\.)?dataclass\b", ast.unparse(node)):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).rpartition(".")[2] in TYPE_PARAMETERS:
            return True
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(one, ast.Name) and one.id in ("__all__", "__slots__") for one in targets)
    return isinstance(node, ast.If) and re.search(r"\b(?:TYPE_CHECKING|__name__)\b", ast.unparse(node.test)) is not None


def _is_logging(node: ast.expr) -> bool:
    target = node.func if isinstance(node, ast.Call) else None
    while isinstance(target, ast.Attribute):
        if target.attr in LOGGERS:
            return True
        target = target.value
    return isinstance(target, ast.Name) and target.id in LOGGERS


def _is_error(node: ast.Call) -> bool:
    name = ast.unparse(node.func).rpartition(".")[2]
    return re.fullmatch(r"[A-Z]\w*(?:Error|Exception|Warning)", name) is not None


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
