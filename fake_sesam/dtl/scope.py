"""The variables of a DTL expression while it is evaluated: `_S`, `_T`, `_P`, `_R`, `_` and the aliases of joins.

Source: docs (hub/dtl/variables.rst).
"""

from collections.abc import Callable, Mapping
from typing import Any

from fake_sesam.dtl.datasets import Datasets

__all__ = ["Evaluator", "RuleScope", "StopTransforms", "Transform"]


class StopTransforms(Exception):  # noqa: N818 - control flow of `filter` and `discard`, not an error
    """Raised by `filter` and `discard` to end a rule.

    Attributes:
        is_filtered: True for `filter`, where the sink deletes the entity; False for `discard`.
    """

    def __init__(self, *, is_filtered: bool) -> None:
        super().__init__()
        self.is_filtered = is_filtered


_NOTHING_JOINED: Mapping[str, dict[str, Any]] = {}


class RuleScope:
    """The variables of one rule while it is applied to one entity.

    Attributes:
        source: `_S`, the source entity.
        target: `_T`, the target entity.
        parent: `_P`, the scope of the rule that applied this one; None at the root.
        current: `_`, the value that a function expression is applied to.
        created: Entities that `create` emitted; only the list of the root scope is used.
        datasets: The other datasets of the node.
        joined: The current row of a `hops`: entities by alias.
        depth: How many rules apply this one.
    """

    __slots__ = ("created", "current", "datasets", "depth", "joined", "parent", "source", "target")

    def __init__(self, source: Any, *, datasets: Datasets, parent: "RuleScope | None" = None) -> None:
        self.source = source
        self.datasets = datasets
        self.joined: Mapping[str, dict[str, Any]] = _NOTHING_JOINED
        self.target: dict[str, Any] = {}
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.current: Any = None
        self.created: list[dict[str, Any]] | None = None

    def begin(self, source: Any) -> None:
        """Start with another source entity. One scope for many entities costs less than one for each."""
        self.source = source
        self.joined = _NOTHING_JOINED
        self.target = {}
        self.current = None
        self.created = None

    @property
    def root(self) -> "RuleScope":
        """`_R`, the scope of the rule `default`."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


Evaluator = Callable[[RuleScope], Any]
Transform = Callable[[RuleScope], None]
