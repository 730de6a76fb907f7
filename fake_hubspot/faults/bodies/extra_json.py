"""The honest JSON, and a second document behind it."""

from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["ExtraJson"]


@dataclass(frozen=True, slots=True)
class ExtraJson(BodyChange):
    """The honest JSON, and a second document behind it.

    Source: assumed.
    """

    name = "extra-json"

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        return raw + b"\n" + raw
