"""One operation of a control API, independent of the server that offers it."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from bench_core.exchange import Exchange, Operation, Response
from bench_core.journal import Journal
from bench_core.masking import Masking

__all__ = ["CONTROL_PREFIX", "ControlExchange", "ControlOperation"]

CONTROL_PREFIX = "/_fake/"


class ControlExchange(Exchange, Protocol):
    """A request to a control API."""

    @property
    def journal(self) -> Journal:
        """The requests that the server received."""

    def masking(self) -> Masking:
        """Return what masks the secrets of the server."""


class ControlOperation(msgspec.Struct, frozen=True):
    """What answers a path of the control API, and what the OpenAPI document says about it."""

    name: str
    method: str
    path: str
    handler: Callable[[Any], Response]
    summary: str = ""
    operation: Operation = Operation()
