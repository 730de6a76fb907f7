"""Turns DTL's JSON into Python functions, once for each pipe. What does not exist is a problem that names it.

Source: docs (hub/dtl/argument-types.rst, variables.rst, paths.rst): a string that starts with a variable is a path,
another string is itself, a list is a function call, an object is a value.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from fake_sesam.dtl.paths import compile_walk, split_path
from fake_sesam.dtl.scope import Evaluator, Scope, Transform
from fake_sesam.errors import Problem

__all__ = ["Compiler", "FunctionBuilder", "TransformBuilder", "is_path"]

FunctionBuilder = Callable[["Compiler", list[Any]], Evaluator]
TransformBuilder = Callable[["Compiler", list[Any]], Transform]

_Built = TypeVar("_Built")
_VARIABLES = ("_S.", "_T.", "_P.", "_R.", "_B.", "_.")


class Compiler:
    """Compiles the rules of one transform and collects what is wrong with them.

    Arguments:
        functions: Expression functions by name.
        transforms: Transform functions by name.
        namespace: The pipe's property namespace where identifiers are namespaced, else None.
    """

    def __init__(
        self,
        functions: Mapping[str, FunctionBuilder],
        transforms: Mapping[str, TransformBuilder],
        *,
        namespace: str | None = None,
    ) -> None:
        self.functions = functions
        self.transforms = transforms
        self.namespace = namespace
        self.problems: list[Problem] = []
        self.rules: dict[str, Transform] = {}
        self.rule_names: frozenset[str] = frozenset()
        self._path: list[str] = []

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Remember where in the JSON the compiler is, for its messages."""
        self._path.append(place)
        try:
            yield
        finally:
            self._path.pop()

    def fail(self, message: str) -> Evaluator:
        """Note a problem and return something callable in place of the function."""
        self.problems.append(Problem("error", message, path="".join(self._path)))
        return _nothing

    def expression(self, value: Any) -> Evaluator:
        """Compile one argument: a path, a call or a literal."""
        if isinstance(value, str):
            return self._path_expression(value) if is_path(value) else _constant(value)
        if isinstance(value, list):
            return self._call(value)
        return _constant(value)

    def arguments(self, values: list[Any], *, first: int = 1) -> list[Evaluator]:
        """Compile several arguments; `first` is the place of the first of them in the call."""
        compiled = []
        for index, value in enumerate(values, start=first):
            with self.at(f"[{index}]"):
                compiled.append(self.expression(value))
        return compiled

    def transform(self, value: Any) -> Transform:
        """Compile one transform, for example ``["copy", "*"]``."""
        if not isinstance(value, list) or not value or not isinstance(value[0], str):
            return self.fail(f'expected a transform such as ["copy", "*"], got {value!r}')
        builder = self.transforms.get(value[0])
        if builder is None:
            return self.fail(self._missing("transform", value[0], self.transforms))
        return self._build(builder, value)

    def block(self, values: Any) -> Transform:
        """Compile a list of transforms, or a single one, into one."""
        if isinstance(values, list) and values and isinstance(values[0], str):
            values = [values]
        if not isinstance(values, list):
            return self.fail(f"expected a list of transforms, got {values!r}")
        steps = []
        for index, value in enumerate(values):
            with self.at(f"[{index}]"):
                steps.append(self.transform(value))
        return _sequence(steps)

    def name(self, value: str) -> str:
        """Give a property name its namespace: ``::x`` is as it stands, ``:x`` and ``x`` are the pipe's own."""
        if self.namespace is None or value.startswith(("_", "$")):
            return value
        if value.startswith("::"):
            return value[2:]
        if value.startswith(":"):
            return f"{self.namespace}{value}"
        return value if ":" in value else f"{self.namespace}:{value}"

    def _call(self, value: list[Any]) -> Evaluator:
        if not value or not isinstance(value[0], str):
            return self.fail(f'expected a function call such as ["concat", "a", "b"], got {value!r}')
        builder = self.functions.get(value[0])
        if builder is None:
            return self.fail(self._missing("function", value[0], self.functions))
        return self._build(builder, value)

    def _build(self, builder: Callable[["Compiler", list[Any]], _Built], value: list[Any]) -> "_Built | Evaluator":
        try:
            return builder(self, value[1:])
        except ValueError as error:
            return self.fail(f"{value[0]}: {error}")

    def _path_expression(self, text: str) -> Evaluator:
        variable, _, rest = text.partition(".")
        try:
            parts = [self.name(part) for part in split_path(rest)]
        except ValueError as error:
            return self.fail(str(error))
        return _variable(variable, parts)

    @staticmethod
    def _missing(kind: str, name: str, known: Mapping[str, Any]) -> str:
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
        return f"DTL {kind} {name!r} is unknown, or this node does not have it.{hint}"


def is_path(text: str) -> bool:
    """Whether a string is a path: it starts with a variable and a dot."""
    return text.startswith(_VARIABLES)


def _nothing(_scope: Scope) -> None:
    return None


def _constant(value: Any) -> Evaluator:
    return lambda _scope: value


def _sequence(steps: list[Transform]) -> Transform:
    if len(steps) == 1:
        return steps[0]
    fixed = tuple(steps)

    def run(scope: Scope) -> None:
        for step in fixed:
            step(scope)

    return run


def _variable(name: str, parts: list[str]) -> Evaluator:
    if name == "_P":
        return _parent(parts)
    if name == "_R":
        return _root(parts)
    starts: dict[str, Evaluator] = {
        "_S": lambda scope: scope.source,
        "_T": lambda scope: scope.target,
        "_": lambda scope: scope.current,
        "_B": _nothing,
    }
    start = starts[name]
    if not parts:
        return start
    if name == "_S" and len(parts) == 1:
        return _source_property(parts[0])
    step = compile_walk(parts)
    return lambda scope: step(start(scope))


def _source_property(name: str) -> Evaluator:
    step = compile_walk([name])

    def evaluate(scope: Scope) -> Any:
        source = scope.source
        return source.get(name) if type(source) is dict else step(source)

    return evaluate


def _parent(parts: list[str]) -> Evaluator:
    inner = _inner(parts)
    return lambda scope: None if scope.parent is None else inner(scope.parent)


def _root(parts: list[str]) -> Evaluator:
    inner = _inner(parts)
    return lambda scope: inner(scope.root)


def _inner(parts: list[str]) -> Evaluator:
    """Return what follows ``_P.`` or ``_R.``: another variable, or a path into the source."""
    if parts and parts[0] in ("_S", "_T", "_P", "_"):
        return _variable(parts[0], parts[1:])
    return _variable("_S", parts)
