"""The wire below HTTP: uvicorn's protocol with the raw transport handed to the application.

A byte-exact fault writes what it wants to `Wire.transport`. The scope key is `extensions["fake_hubspot.wire"]`.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["EXTENSION", "Wire", "WireProtocol"]

EXTENSION = "fake_hubspot.wire"


@dataclass(frozen=True, slots=True)
class Wire:
    """The raw connection of one exchange."""

    transport: asyncio.Transport


class WireProtocol(HttpToolsProtocol):
    """Puts the transport into each request's scope."""

    def on_message_begin(self) -> None:
        """Open a request's scope."""
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope["extensions"] = {EXTENSION: Wire(self.transport)}
