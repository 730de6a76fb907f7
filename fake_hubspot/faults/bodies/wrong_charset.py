"""The honest JSON in another encoding than the content type says."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["WrongCharset"]


@dataclass(frozen=True, slots=True)
class WrongCharset(BodyChange):
    """The honest JSON in another encoding than the content type says.

    Source: assumed.
    """

    name = "wrong-charset"

    charset: Annotated[Literal["utf-16", "utf-32"], Meta(description="The encoding.")] = "utf-16"

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        return raw.decode().encode(self.charset)
