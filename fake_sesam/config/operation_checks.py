"""Checks the operations of a REST system, source, transform or sink; every problem has its JSON path.

Source: docs (configuration-systems-rest.rst).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fake_sesam.config.operations import ALL_STRATEGIES, Operation, status_ranges
from fake_sesam.config.properties import table
from fake_sesam.config.validation import check_table
from fake_sesam.errors import Problem

__all__ = ["check_operations", "check_status_codes"]


def check_operations(operations: Any, *, file: str, path: str) -> Iterator[Problem]:
    """Yield the problems of an object of operations."""
    if not isinstance(operations, dict):
        return
    for name, operation in operations.items():
        where = f"{path}.{name}"
        if not isinstance(operation, dict):
            yield Problem("error", f"expected object, got {type(operation).__name__}", file, where)
            continue
        yield from check_table(operation, table(Operation), file=file, path=where)
        if operation.get("url") is None:  # an empty one is the system's own URL
            yield Problem("error", "required property 'url' (string) is missing", file, f"{where}.url")
        yield from check_status_codes(operation, file=file, path=where)
        yield from _check_termination(operation, file=file, path=where)


def check_status_codes(part: Mapping[str, Any], *, file: str, path: str) -> Iterator[Problem]:
    """Yield a problem for each list of statuses that cannot be read."""
    for name in ("allowed_status_codes", "ignored_status_codes"):
        written = part.get(name)
        try:
            status_ranges(written if isinstance(written, str) else None)
        except ValueError as error:
            yield Problem("error", str(error), file, f"{path}.{name}")


def _check_termination(operation: Mapping[str, Any], *, file: str, path: str) -> Iterator[Problem]:
    given = operation.get("next_page_termination_strategy") or ()
    strategies = [given] if isinstance(given, str) else list(given)
    for strategy in strategies:
        if strategy not in ALL_STRATEGIES:
            message = f"expected some of {', '.join(ALL_STRATEGIES)}, got {strategy!r}"
            yield Problem("error", message, file, f"{path}.next_page_termination_strategy")
    if "not-full-page" in strategies and operation.get("page_size") is None:
        yield Problem("error", "the strategy 'not-full-page' needs page_size", file, f"{path}.page_size")
