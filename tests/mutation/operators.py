"""The changes that a mutant can make, by the node that they change. Pure.

An operator is given a node and yields edits: a span of the module and the text that replaces it. What only words a
message or describes a type is not changed: `is_left_out` in `mutants` says which nodes those are.
"""

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.mutation.source import Source

__all__ = ["OPERATORS", "UNOBSERVABLE_ARGUMENTS", "Edit"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the text between two positions.

    Attributes:
        operator: What sort of change it is, for instance `comparison`.
    """

    operator: str
    start: int
    end: int
    new: str


Operator = Callable[[ast.AST, Source], Iterator[Edit]]

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: (r"\*\*", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: (r"\|", "&"),
    ast.BitXor: (r"\^", "&"),
}
SWAPPED_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Their two arguments are of different types: swapped, they always fail.
TYPE_TESTS = frozenset({"isinstance", "issubclass", "getattr", "hasattr", "setattr"})
# The order of their arguments makes no difference.
SYMMETRIC = frozenset({"min", "max"})
# Methods of texts whose result is the text itself where there is nothing to do.
POLISHING = frozenset({"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix"})
# Keyword arguments that nobody can observe where the locale is UTF-8, only after a mistake of the programmer, or only
# by the time that garbage collection takes or a cache saves.
UNOBSERVABLE_ARGUMENTS = frozenset({"encoding", "strict", "daemon", "stacklevel", "frozen", "kw_only", "gc", "maxsize"})
REMOVABLE = (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise, ast.Assert, ast.Return, ast.Break, ast.Continue)
TEXTS = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)


def comparison(node: ast.AST, source: Source) -> Iterator[Edit]:
    """`<` becomes `<=`, `==` becomes `!=`, `in` becomes `not in`."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, kind, right in zip(operands, node.ops, operands[1:], strict=False):
            yield from _between(source, left, right, COMPARISONS[type(kind)], "comparison")


def boolean(node: ast.AST, source: Source) -> Iterator[Edit]:
    """`and` becomes `or`, `or` becomes `and`, and each operand is left out once."""
    if not isinstance(node, ast.BoolOp):
        return
    words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from _between(source, left, right, words, "boolean")
    for at in range(len(node.values)):
        rest = node.values[:at] + node.values[at + 1 :]
        shorter = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield _replace(source, node, f"({ast.unparse(shorter)})", "operand")


def negation(node: ast.AST, source: Source) -> Iterator[Edit]:
    """`not x` becomes `x`, and `-x` becomes `x`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        name = "removed not" if isinstance(node.op, ast.Not) else "sign"
        yield _replace(source, node, f"({ast.unparse(node.operand)})", name)


def condition(node: ast.AST, source: Source) -> Iterator[Edit]:
    """The condition of an `if`, a `while`, an `x if y else z` or a comprehension is negated, or does not filter."""
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    elif isinstance(node, ast.match_case) and node.guard is not None:
        tests = [node.guard]
    else:
        return
    for test in tests:
        if not _is_negated_otherwise(test):
            yield _replace(source, test, f"not ({ast.unparse(test)})", "negated condition")
        if isinstance(node, ast.comprehension):
            yield _replace(source, test, "True", "dropped filter")


def arithmetic(node: ast.AST, source: Source) -> Iterator[Edit]:
    """`+` becomes `-`, `*` becomes `//`; of two texts that are added, the second is left out."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right)):
            yield _replace(source, node, f"({ast.unparse(node.left)})", "arithmetic")
        else:
            yield from _between(source, node.left, node.right, ARITHMETIC[type(node.op)], "arithmetic")
    elif isinstance(node, ast.AugAssign):
        old, new = ARITHMETIC[type(node.op)]
        yield from _between(source, node.target, node.value, (f"{old}=", f"{new}="), "arithmetic")


def constant(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Numbers go up and down by one, truth values change, words that a program reads get another letter."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield _replace(source, node, str(not value), "truth value")
    elif isinstance(value, int | float):
        yield _replace(source, node, repr(value + 1), "number")
        yield _replace(source, node, repr(value - 1), "number")
    elif isinstance(value, str) and value and not re.search(r"\s", value.strip()):
        yield _replace(source, node, repr(f"XX{value}"), "word")
    elif isinstance(value, bytes) and value:
        yield _replace(source, node, repr(b"XX" + value), "word")


def statement(node: ast.AST, source: Source) -> Iterator[Edit]:
    """A statement is left out, and a function returns nothing."""
    if isinstance(node, ast.Return) and node.value is not None:
        if not isinstance(node.value, ast.Constant) or node.value.value not in (None, True, False):
            yield _replace(source, node, "return None", "return")
    elif isinstance(node, REMOVABLE) or (isinstance(node, ast.Assign) and _runs_without(node)):
        yield _replace(source, node, "pass", "removed statement")


def call(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Arguments are left out or swapped; `min` becomes `max`; what is sorted is sorted backwards."""
    if not isinstance(node, ast.Call):
        return
    for at, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in UNOBSERVABLE_ARGUMENTS:
            yield Edit("removed argument", *_without(source, [*node.args, *node.keywords], len(node.args) + at), "")
    if isinstance(node.func, ast.Name) and node.func.id in TYPE_TESTS:
        return
    is_symmetric = isinstance(node.func, ast.Name) and node.func.id in SYMMETRIC
    for left, right in zip(node.args, [] if is_symmetric else node.args[1:], strict=False):
        if not isinstance(left, ast.Starred) and not isinstance(right, ast.Starred):
            yield from _swapped(source, left, right)
    yield from _renamed(node, source)


def subscript(node: ast.AST, source: Source) -> Iterator[Edit]:
    """A bound of a slice is left out."""
    if isinstance(node, ast.Slice):
        for part in ("lower", "upper", "step"):
            if getattr(node, part) is not None:
                wider = copy.copy(node)
                setattr(wider, part, None)
                yield _replace(source, node, ast.unparse(wider), "slice")


def elements(node: ast.AST, source: Source) -> Iterator[Edit]:
    """A set or a list of choices that is written out loses an element."""
    for group in _choices(node):
        for at in range(len(group.elts)):
            if isinstance(group, ast.Tuple) and len(group.elts) == 2:  # `(a)` is no tuple
                yield _replace(source, group, f"({source.of(group.elts[1 - at])},)", "element")
            else:
                yield Edit("element", *_without(source, group.elts, at), "")


def handler(node: ast.AST, source: Source) -> Iterator[Edit]:
    """An `except` clause catches nothing, or one of its classes less."""
    if not isinstance(node, ast.ExceptHandler):
        return
    first, last = node.body[0], node.body[-1]
    if not (isinstance(first, ast.Raise) and first.exc is None):
        yield Edit("except clause", source.start(first), source.end(last), "raise")


OPERATORS: tuple[Operator, ...] = (
    comparison,
    boolean,
    negation,
    condition,
    arithmetic,
    constant,
    statement,
    call,
    subscript,
    elements,
    handler,
)


def _replace(source: Source, node: ast.expr | ast.stmt, new: str, operator: str) -> Edit:
    return Edit(operator, source.start(node), source.end(node), new)


def _between(source: Source, left: ast.expr, right: ast.expr, words: tuple[str, str], name: str) -> Iterator[Edit]:
    """Replace the operator that stands between two operands; there may be parentheses and comments around it."""
    old, new = words
    start, end = source.end(left), source.start(right)
    gap = source.between(start, end)
    found = re.search(old, re.sub(r"#[^\n]*", lambda match: " " * len(match.group()), gap))
    if found:
        at = start + len(gap[: found.start()].encode())
        yield Edit(name, at, at + len(found.group()), new)


def _without(source: Source, parts: Sequence[ast.expr | ast.keyword], at: int) -> tuple[int, int]:
    """The span to delete so that one of several parts, with its comma, is gone."""
    parts = sorted(parts, key=source.start)  # `f(a=1, *b)` is written in another order than `ast` gives
    if at + 1 < len(parts):
        return source.start(parts[at]), source.start(parts[at + 1])
    return (source.end(parts[at - 1]) if at else source.start(parts[at])), source.end(parts[at])


def _choices(node: ast.AST) -> Iterator[ast.Set | ast.Tuple]:
    """The written out sets, and the tuples that say what something is compared with or what a loop goes through."""
    if isinstance(node, ast.Set):
        groups: list[ast.expr] = [node]
    elif isinstance(node, ast.Compare):
        groups = node.comparators
    elif isinstance(node, ast.Call):
        groups = node.args
    elif isinstance(node, ast.For | ast.comprehension):
        groups = [node.iter]
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.ExceptHandler):
        value = node.type if isinstance(node, ast.ExceptHandler) else node.value
        is_unpacked = isinstance(node, ast.Assign) and any(isinstance(one, ast.Tuple) for one in node.targets)
        groups = [value] if value is not None and not is_unpacked else []
    else:
        return
    for one in groups:
        if isinstance(one, ast.Set | ast.Tuple) and len(one.elts) > 1 and (isinstance(one, ast.Tuple) or one is node):
            yield one


def _swapped(source: Source, left: ast.expr, right: ast.expr) -> Iterator[Edit]:
    one, gap, other = source.of(left), source.between(source.end(left), source.start(right)), source.of(right)
    if one != other:
        yield Edit("swapped arguments", source.start(left), source.end(right), f"{other}{gap}{one}")


def _renamed(node: ast.Call, source: Source) -> Iterator[Edit]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in SWAPPED_CALLS:
        yield _replace(source, node.func, SWAPPED_CALLS[name], "function")
    elif (name == "sorted" or method == "sort") and all(one.arg != "reverse" for one in node.keywords):
        backwards = copy.copy(node)
        backwards.keywords = [*node.keywords, ast.keyword("reverse", ast.Constant(True))]
        yield _replace(source, node, ast.unparse(backwards), "order")
    elif method in POLISHING and isinstance(node.func, ast.Attribute):
        yield _replace(source, node, f"({ast.unparse(node.func.value)})", "removed call")


def _is_negated_otherwise(test: ast.expr) -> bool:
    """Whether another operator turns the condition around already, or the condition is no question."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return not isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
    return isinstance(test, ast.Constant) or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, TEXTS) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _runs_without(node: ast.Assign) -> bool:
    """Whether a module without this assignment would still run: it changes an object, or a name that has a value."""
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        return True
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node.value))
