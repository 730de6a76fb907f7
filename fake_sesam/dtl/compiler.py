"""Compiles the JSON of a DTL transform to Python functions, once per pipe, and reports what it cannot compile.

Source: docs (hub/dtl/argument-types.rst, variables.rst, paths.rst): a string that starts with a variable is a path,
any other string is a literal, a list is a function call, an object is a literal.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, TypeVar

from bench_core.names import nearest
from fake_sesam.dtl.joining import overlaps
from fake_sesam.dtl.limits import MAX_NESTING, check_depth
from fake_sesam.dtl.names import Names
from fake_sesam.dtl.paths import split_path
from fake_sesam.dtl.scope import Evaluator, RuleScope, StopTransforms, Transform
from fake_sesam.dtl.values import SKIP, are_equal
from fake_sesam.errors import Problem

__all__ = ["Compiler", "FunctionBuilder", "TransformBuilder"]

FunctionBuilder = Callable[["Compiler", list[Any]], Evaluator]
TransformBuilder = Callable[["Compiler", list[Any]], Transform]

_Built = TypeVar("_Built")
_VARIABLES = ("_S.", "_T.", "_P.", "_R.", "_B.", "_.")


class Compiler:
    """Compiler for the rules of one transform; it collects every problem instead of stopping at the first.

    Args:
        functions: Expression functions by name.
        transforms: Transform functions by name.
        names: How property names are resolved: with or without namespaces.
        pipe_id: The pipe whose transform it is; namespaces of URIs get its name.
        secrets: The values of `$SECRET`, for the keys of encryption functions.
    """

    def __init__(
        self,
        functions: Mapping[str, FunctionBuilder],
        transforms: Mapping[str, TransformBuilder],
        *,
        names: Names | None = None,
        pipe_id: str = "pipe",
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.functions = functions
        self.secrets = secrets or {}
        self.pipe_id = pipe_id
        self.uri_namespaces: dict[str, str] = {}
        self.transforms = transforms
        self.names = names or Names()
        self.problems: list[Problem] = []
        self.rules: dict[str, Transform] = {}
        self.rule_names: frozenset[str] = frozenset()
        self.rules_with_hops: set[str] = set()
        self.reads_results = False
        self._applied: list[tuple[str, str]] = []
        self._aliases: dict[str, str] = {}
        self._is_where = False
        self._path: list[str] = []

    @property
    def rule_name(self) -> str:
        """Name of the rule that is being compiled."""
        return self._path[0].removeprefix(".")

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Add a step to the JSON path that problems report, such as `[2]` or `.where`."""
        self._path.append(place)
        try:
            yield
        finally:
            self._path.pop()

    def report_error(self, message: str) -> Evaluator:
        """Record an error at the current path and return an evaluator that gives null, so that compiling can go on."""
        self.problems.append(Problem("error", message, path="".join(self._path)))
        return _nothing

    def report_info(self, message: str) -> None:
        """Record a note at the current path; it does not stop the node."""
        self.problems.append(Problem("info", message, path="".join(self._path)))

    def record_apply(self, rule: str) -> None:
        """Record that `apply` calls a rule; `check_apply_targets` looks at it once all rules are compiled."""
        self._applied.append((rule, "".join(self._path)))

    def check_apply_targets(self) -> None:
        """Record an error for each `apply` of a rule that contains a join.

        Source: docs (hub/dtl/dtl-functions-dictionaries.rst): such a rule must be called with `apply-hops`.
        """
        for rule, place in self._applied:
            if rule in self.rules_with_hops:
                message = f"apply: rule {rule!r} has hops or apply-hops; call it with apply-hops"
                self.problems.append(Problem("error", message, path=place))

    @contextmanager
    def join_aliases(self, datasets: Mapping[str, str], *, is_where: bool = False) -> Iterator[None]:
        """Treat the aliases of a `hops` as variables; inside its `where`, an `eq` of two variables tests overlap."""
        before = self._aliases, self._is_where
        self._aliases, self._is_where = {**self._aliases, **datasets}, is_where
        try:
            yield
        finally:
            self._aliases, self._is_where = before

    def outer_variables(self, datasets: Mapping[str, str]) -> set[str]:
        """Return the variables that are bound outside a `hops`: all known ones except its own aliases."""
        return {*(variable[:-1] for variable in _VARIABLES), *(self._aliases.keys() - datasets.keys())}

    def variables(self, written: Any) -> set[str]:
        """Return the variables and aliases that an expression reads."""
        if isinstance(written, str):
            return {written.partition(".")[0]} if self.is_path(written) else set()
        if not isinstance(written, list) or written[:1] == ["literal"]:
            return set()
        return {name for each in written for name in self.variables(each)}

    def is_path(self, text: str) -> bool:
        """Whether a string is a path: a variable or an alias, followed by a dot."""
        return text.startswith(_VARIABLES) or (text.partition(".")[0] in self._aliases and "." in text)

    def compile_expression(self, value: Any) -> Evaluator:
        """Compile one argument: a path, a function call or a literal."""
        if isinstance(value, str):
            return self._path_expression(value) if self.is_path(value) else _constant(value)
        if isinstance(value, list):
            return self._call(value)
        return _constant(value)

    def compile_arguments(self, values: list[Any], *, first: int = 1) -> list[Evaluator]:
        """Compile arguments; `first` is the index of `values[0]` in the call, used in problem paths."""
        compiled = []
        for index, value in enumerate(values, start=first):
            with self.at(f"[{index}]"):
                compiled.append(self.compile_expression(value))
        return compiled

    def compile_transform(self, value: Any) -> Transform:
        """Compile one transform, for example `["copy", "*"]`."""
        if not isinstance(value, list) or not value or not isinstance(value[0], str):
            return self.report_error(f'expected a transform such as ["copy", "*"], got {value!r}')
        builder = self.transforms.get(value[0])
        if builder is None:
            return self.report_error(self._missing("transform", value[0], self.transforms))
        return self._build(builder, value)

    def compile_block(self, values: Any) -> Transform:
        """Compile a list of transforms, or a single transform, to one function."""
        if len(self._path) > MAX_NESTING:
            return self._too_deep()
        if isinstance(values, list) and values and isinstance(values[0], str):
            values = [values]
        if not isinstance(values, list):
            return self.report_error(f"expected a list of transforms, got {values!r}")
        steps = []
        for index, value in enumerate(values):
            with self.at(f"[{index}]"):
                steps.append(self.compile_transform(value))
        return _sequence(steps)

    def run_rule(self, name: str, scope: RuleScope) -> Any:
        """Apply a rule; return the target entity, or `SKIP` if the rule filtered or discarded it.

        Raises:
            TransformError: Rules apply each other too deep.
        """
        check_depth(scope.depth)
        try:
            self.rules[name](scope)
        except StopTransforms:
            return SKIP
        return scope.target

    def _call(self, value: list[Any]) -> Evaluator:
        if len(self._path) > MAX_NESTING:
            return self._too_deep()
        if not value or not isinstance(value[0], str):
            return self.report_error(f'expected a function call such as ["concat", "a", "b"], got {value!r}')
        builder = _IN_JOINS.get(value[0]) if self._is_where else None
        builder = builder or self.functions.get(value[0])
        if builder is None:
            return self.report_error(self._missing("function", value[0], self.functions))
        return self._build(builder, value)

    def _build(self, builder: Callable[["Compiler", list[Any]], _Built], value: list[Any]) -> "_Built | Evaluator":
        try:
            return builder(self, value[1:])
        except ValueError as error:
            return self.report_error(f"{value[0]}: {error}")

    def _too_deep(self) -> Evaluator:
        return self.report_error(f"expected at most {MAX_NESTING} levels of nesting")

    def _path_expression(self, text: str) -> Evaluator:
        variable, _, rest = text.partition(".")
        self.reads_results |= variable in ("_T", "_P", "_R")
        try:
            if variable in self._aliases:
                return _column(variable, split_path(rest), self.names)
            return _variable(variable, split_path(rest), self.names)
        except ValueError as error:
            return self.report_error(str(error))

    @staticmethod
    def _missing(kind: str, name: str, known: Mapping[str, Any]) -> str:
        meant = nearest(name, known)
        hint = f" Did you mean {meant!r}?" if meant else ""
        return f"DTL {kind} {name!r} is unknown or not implemented by this node.{hint}"


def _nothing(_scope: RuleScope) -> None:
    return None


def _constant(value: Any) -> Evaluator:
    return lambda _scope: value


def _sequence(steps: list[Transform]) -> Transform:
    if len(steps) == 1:
        return steps[0]
    fixed = tuple(steps)

    def run(scope: RuleScope) -> None:
        for step in fixed:
            step(scope)

    return run


def _variable(name: str, parts: list[str], names: Names) -> Evaluator:
    if name in ("_P", "_R"):
        return _context(name, parts, names)
    start = _STARTS[name]
    if not parts:
        return start
    step = names.compile_walk(parts)
    if name == "_S":
        return lambda scope: step(scope.source)
    return lambda scope: step(start(scope))


def _column(alias: str, parts: list[str], names: Names) -> Evaluator:
    step = names.compile_walk(parts)
    return lambda scope: step(scope.joined.get(alias))


def _context(name: str, parts: list[str], names: Names) -> Evaluator:
    """Compile `_P.VARIABLE...` or `_R.VARIABLE...`: a variable of the parent or of the root.

    Raises:
        ValueError: `_P` or `_R` is not followed by `_S`, `_T` or `_P`.
    """
    if not parts or parts[0] not in ("_S", "_T", "_P"):
        got = ".".join(parts) or "nothing"
        raise ValueError(f"expected _S, _T or _P after {name}, as in {name}._S.name, got {got}")
    inner = _variable(parts[0], parts[1:], names)
    if name == "_R":
        return lambda scope: inner(scope.root)
    return lambda scope: None if scope.parent is None else inner(scope.parent)


def _eq_in_where(compiler: Compiler, args: list[Any]) -> Evaluator:
    """Compile `eq` inside the `where` of a `hops`.

    Source: docs (hub/dtl/joins.rst): it is a join, which needs values that overlap, where each argument reads one
    variable and the two differ; otherwise it is a filter, which needs values that are equal.
    """
    if len(args) != 2:
        raise ValueError(f"expected VALUE1, VALUE2, got {len(args)} arguments")
    left, right = compiler.compile_arguments(args)
    read = [compiler.variables(arg) for arg in args]
    is_join = all(len(names) == 1 for names in read) and read[0] != read[1]
    compare = overlaps if is_join else are_equal
    return lambda scope: compare(left(scope), right(scope))


_IN_JOINS: Mapping[str, FunctionBuilder] = MappingProxyType({"eq": _eq_in_where})
_STARTS: Mapping[str, Evaluator] = MappingProxyType(
    {
        "_S": lambda scope: scope.source,
        "_T": lambda scope: scope.target,
        "_": lambda scope: scope.current,
        "_B": _nothing,
    }
)
