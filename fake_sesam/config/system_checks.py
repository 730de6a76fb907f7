"""Checks a system's configuration; every problem has its JSON path.

Source: docs (hub/configuration-systems-microservice.rst, configuration-systems-url.rst).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fake_sesam.config.properties import table
from fake_sesam.config.systems import SYSTEM_TYPES, URL, RetryRule, System, code_range
from fake_sesam.config.validation import check_table
from fake_sesam.errors import Problem

__all__ = ["check_system"]

_SYSTEM_ID = re.compile(r"[a-z0-9][a-z0-9_-]{1,61}")


def check_system(config: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    """Yield the problems of a system's configuration (`$ENV` expanded, `$SECRET` not)."""
    kind = config.get("type")
    if kind not in SYSTEM_TYPES:
        message = (
            f"this node has system:microservice and system:url, not {kind!r}; pipes that use this system cannot run"
        )
        yield Problem("warning", message, file, "type")
        return
    yield from check_table(config, table(System, kind), file=file)
    yield from _check_id(config.get("_id"), file=file)
    yield from _check_retry_strategy(config.get("retry_strategy"), file=file)
    if kind == URL and not (config.get("url_pattern") or config.get("base_url")):
        yield Problem("error", "expected 'url_pattern' (or the older 'base_url')", file, "url_pattern")
    if config.get("authentication") in ("ntlm", "tripletex"):
        message = f"this node cannot do {config['authentication']} authentication"
        yield Problem("error", message, file, "authentication", is_unsupported=True)


def _check_id(system_id: Any, *, file: str) -> Iterator[Problem]:
    if isinstance(system_id, str) and not _SYSTEM_ID.fullmatch(system_id):
        message = f"expected 2 to 62 lower-case letters, digits or hyphens, got {system_id!r}"
        yield Problem("error" if "/" in system_id else "warning", message, file, "_id")


def _check_retry_strategy(strategy: Any, *, file: str) -> Iterator[Problem]:
    if not isinstance(strategy, dict):
        return
    for codes, rule in strategy.items():
        where = f"retry_strategy.{codes}"
        if codes != "default" and not all(code_range(part) for part in str(codes).split(",")):
            message = (
                f'expected "default", a status such as "429", a list "500,502" or a range "400-428", got {codes!r}'
            )
            yield Problem("error", message, file, where)
        if isinstance(rule, dict):
            yield from check_table(rule, table(RetryRule), file=file, path=where)
        else:
            yield Problem("error", f"expected object, got {type(rule).__name__}", file, where)
