"""Operations of a REST system: what is requested, and what of the response is used.

Source: docs (configuration-systems-rest.rst, configuration-sources-rest.rst of datanav/docs, commit 2b65c06,
2026-05-21): an operation stands in the system, or in the source, transform or sink, which wins; their own properties of
the same name win over those of the operation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, parse, row, table, text

__all__ = ["METHODS", "Operation", "operation_of", "status_ranges"]

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
PAYLOAD_TYPES = ("text", "json", "json-transit", "form", "multipart-form")
LOCATIONS = ("query", "header", "manual")
STRATEGIES = ("next-page-link-empty", "same-next-page-request", "same-response")
ALL_STRATEGIES = (*STRATEGIES, "empty-result", "same-next-page-link", "not-full-page")
_RANGE = re.compile(r"(\d{3})(?:-(\d{3}))?")


def _unchanged(value: Any) -> Any:
    return value


def status_ranges(written: str | None) -> tuple[tuple[int, int], ...]:
    """Return the ranges of statuses in a text such as `404,500-599`.

    Raises:
        ValueError: It is something else.
    """
    found = [(part, _RANGE.fullmatch(part)) for part in (written or "").split(",") if part]
    for part, match in found:
        if match is None:
            raise ValueError(f"expected statuses such as 200-299,404, got {part!r}")
    return tuple((int(match[1]), int(match[2] or match[1])) for _, match in found if match)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A named request of a REST system.

    Units: rate_limiting_delay_s in seconds.
    """

    url: str = row(convert=text)
    method: str = row(required=True, choices=METHODS)
    headers: Mapping[str, Any] | None = row()
    params: Mapping[str, Any] | None = row()
    payload: Any = row(kind="object|string|list")
    payload_type: str = row("json", name="payload-type", choices=PAYLOAD_TYPES)
    properties: Mapping[str, Any] | None = row()
    response_property: str | None = row()
    response_headers_property: str | None = row()
    response_status_property: str | None = row()
    payload_property: str | None = row()
    id_expression: str | None = row()
    updated_expression: str | None = row()
    error_expression: str | None = row()
    next_page_link: str | None = row()
    next_page_termination: str | list[str] = row(
        list(STRATEGIES), name="next_page_termination_strategy", kind="string|list", convert=_unchanged
    )
    page_size: int | None = row(minimum=1)
    allowed_status_codes: str = row("200-299")
    ignored_status_codes: str | None = row()
    since_property_name: str = row("since")
    since_property_location: str = row("query", choices=LOCATIONS)
    rate_limiting_retries: int = row(0, minimum=0)
    rate_limiting_delay_s: float = row(1, name="rate_limiting_delay", minimum=0)
    description: Any = known(kind="string|list|object")

    @property
    def strategies(self) -> frozenset[str]:
        """When the last page is reached."""
        given = self.next_page_termination
        return frozenset([given] if isinstance(given, str) else given)


def operation_of(
    name: str, part: Mapping[str, Any], system: Mapping[str, Any], system_defaults: Mapping[str, Any]
) -> Operation | None:
    """Return the operation of this name as a source, transform or sink uses it; None if there is none.

    Args:
        name: Its name.
        part: The source, transform or sink; its properties win over those of the operation.
        system: The operations of the system.
        system_defaults: What the system says for every operation.
    """
    written = (part.get("operations") or {}).get(name, system.get(name))
    if not isinstance(written, Mapping):
        return None
    shared = table(Operation).keys() - {"url", "method", "headers", "params"}
    own = {each: value for each, value in part.items() if each in shared and value is not None}
    defaults = {each: value for each, value in system_defaults.items() if value is not None}
    return parse(Operation, {**defaults, **written, **own})
