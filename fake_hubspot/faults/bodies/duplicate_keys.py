"""The key `results` twice, the second time with an empty list; most parsers take the last."""

from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["DuplicateKeys"]


@dataclass(frozen=True, slots=True)
class DuplicateKeys(BodyChange):
    """The key `results` twice, the second time with an empty list; most parsers take the last.

    Source: assumed.
    """

    name = "duplicate-keys"

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        return raw[:-1] + b',"results":[]}' if raw.endswith(b"}") else raw
