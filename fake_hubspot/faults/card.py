"""What a person can be told about a fault."""

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["FaultCard"]


class FaultCard(msgspec.Struct, frozen=True):
    """What is known of a fault. `params` holds the JSON schema of each parameter."""

    name: str
    group: str
    aliases: tuple[str, ...]
    summary: str
    source: str
    evidence: tuple[str, ...]
    params: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]
    needs_page: bool
    changes_portal: bool
