"""What a DTL expression can see while it is evaluated: the variables ``_S``, ``_T``, ``_P``, ``_R``, ``_``, joins."""

from collections.abc import Callable, Mapping
from typing import Any

from fake_sesam.dtl.datasets import Datasets

__all__ = ["Evaluator", "RuleScope", "StopTransforms", "Transform"]


class StopTransforms(Exception):  # noqa: N818 - control flow of ``filter`` and ``discard``, not an error
    """Ends a rule; `is_filtered` says whether the entity is to be deleted in the sink."""

    def __init__(self, *, is_filtered: bool) -> None:
        super().__init__()
        self.is_filtered = is_filtered


_NOTHING_JOINED: Mapping[str, dict[str, Any]] = {}


class RuleScope:
    """The variables of one rule applied to one entity.

    Attributes:
        source: ``_S``, what the rule reads.
        target: ``_T``, what the rule builds.
        parent: ``_P``, the scope of the rule that applied this one; None at the root.
        current: ``_``, the value that a function or transform maps over.
        created: Entities that ``create`` emitted; the root's list is the one that counts.
        datasets: The node's other datasets.
        joined: By alias, the entities of the row that a ``hops`` looks at.
    """

    __slots__ = ("created", "current", "datasets", "joined", "parent", "source", "target")

    def __init__(self, source: Any, *, datasets: Datasets, parent: "RuleScope | None" = None) -> None:
        self.source = source
        self.datasets = datasets
        self.joined: Mapping[str, dict[str, Any]] = _NOTHING_JOINED
        self.target: dict[str, Any] = {}
        self.parent = parent
        self.current: Any = None
        self.created: list[dict[str, Any]] | None = None

    @property
    def root(self) -> "RuleScope":
        """``_R``, the scope of the rule that the entity entered by."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


Evaluator = Callable[[RuleScope], Any]
Transform = Callable[[RuleScope], None]
