"""Tracks how far a source was read, and so where the next run starts. Pure.

Source: docs (configuration-sources.rst): `chronological` where `supports_since` and `is_chronological`, else
`max` where `supports_since` and `is_since_comparable`, else `none`. The max of strings is bytewise; integers
compare as numbers. Assumed: if strings and integers are mixed, strings are greater.
"""

import re
from typing import Any

from fake_sesam.config import SourceConfig

__all__ = ["Offset", "SinceTracker", "later", "strategy_of"]

Offset = str | int
_INTEGER = re.compile(r"-?[0-9]{1,4000}")  # Python converts up to 4,300 digits


def strategy_of(source: SourceConfig) -> str:
    """Return `chronological`, `max` or `none`."""
    if source.is_joined or (source.supports_since and source.is_chronological):
        return "chronological"
    if source.supports_since and source.is_since_comparable:
        return "max"
    return "none"


class SinceTracker:
    """The offset of one run while it is under way.

    Attributes:
        offset: What the next run sends as `since`; None if that is not known.
    """

    def __init__(self, strategy: str, start: Offset | None) -> None:
        self.strategy = strategy
        self.offset = start

    def observe(self, entities: list[dict[str, Any]]) -> None:
        """Note the `_updated` of entities, in the order in which they arrived."""
        if self.strategy == "none":
            return
        for entity in entities:
            updated = entity.get("_updated")
            if isinstance(updated, (str, int)) and not isinstance(updated, bool) and self._advances(updated):
                self.offset = updated

    @property
    def can_checkpoint(self) -> bool:
        """Whether the offset may be saved before the run has ended."""
        return self.strategy == "chronological"

    def _advances(self, updated: Offset) -> bool:
        if self.strategy == "chronological" or self.offset is None or self.offset == "":
            return True
        return _key(updated) > _key(_like(updated, self.offset))


def later(one: Offset, other: Offset | None) -> Offset:
    """Return the later of two offsets of a source whose offsets compare."""
    return one if other in (None, "") or _key(one) >= _key(_like(one, other)) else other


def _like(updated: Offset, offset: Offset) -> Offset:
    """Convert an offset that a user has set to the type that the source sends."""
    if isinstance(updated, int) and isinstance(offset, str) and _INTEGER.fullmatch(offset):
        return int(offset)
    return offset


def _key(value: Offset) -> tuple[int, bytes | int]:
    return (1, value.encode()) if isinstance(value, str) else (0, value)
