"""Bytes that are no UTF-8 within a text."""

from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["InvalidUtf8"]


@dataclass(frozen=True, slots=True)
class InvalidUtf8(BodyChange):
    """Bytes that are no UTF-8 within a text.

    Source: assumed.
    """

    name = "invalid-utf8"

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        place = raw.find(b':"') + 2
        return raw[:place] + b"\xff\xfe" + raw[place:]
