"""The honest JSON with a comma too many, whole in length."""

from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["InvalidJson"]


@dataclass(frozen=True, slots=True)
class InvalidJson(BodyChange):
    """The honest JSON with a comma too many, whole in length.

    Source: assumed.
    """

    name = "invalid-json"

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        return raw[:1] + b"," + raw[1:]
