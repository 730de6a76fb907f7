"""What a DTL expression can see while it is evaluated: the variables ``_S``, ``_T``, ``_P``, ``_R`` and ``_``."""

from collections.abc import Callable
from typing import Any

__all__ = ["Evaluator", "Scope", "StopTransforms", "Transform"]


class StopTransforms(Exception):  # noqa: N818 - control flow of ``filter`` and ``discard``, not an error
    """Ends a rule; `is_filtered` says whether the entity is to be deleted in the sink."""

    def __init__(self, *, is_filtered: bool) -> None:
        super().__init__()
        self.is_filtered = is_filtered


class Scope:
    """The variables of one rule applied to one entity.

    Attributes:
        source: ``_S``, what the rule reads.
        target: ``_T``, what the rule builds.
        parent: ``_P``, the scope of the rule that applied this one; None at the root.
        current: ``_``, the value that a function or transform maps over.
        created: Entities that ``create`` emitted; the root's list is the one that counts.
    """

    __slots__ = ("created", "current", "parent", "source", "target")

    def __init__(self, source: Any, *, parent: "Scope | None" = None) -> None:
        self.source = source
        self.target: dict[str, Any] = {}
        self.parent = parent
        self.current: Any = None
        self.created: list[dict[str, Any]] | None = None

    @property
    def root(self) -> "Scope":
        """``_R``, the scope of the rule that the entity entered by."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


Evaluator = Callable[[Scope], Any]
Transform = Callable[[Scope], None]
