"""Checks a system's configuration; every problem has its JSON path.

Source: docs (hub/configuration-systems-microservice.rst, configuration-systems-url.rst).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bench_core.names import no_such
from fake_sesam.config.operation_checks import check_operations
from fake_sesam.config.properties import table
from fake_sesam.config.systems import MICROSERVICE, REST, SYSTEM_TYPES, RetryRule, System, code_range
from fake_sesam.config.validation import check_table
from fake_sesam.errors import Problem

__all__ = ["check_system"]

_OAUTH2 = (
    *("client_id", "client_secret", "token_url", "access_token", "refresh_token", "refresh_window"),
    *("scope", "extra"),
)
_CUSTOM_AUTH = (
    *("get_token_operation", "expires_at_expression", "expires_in_expression", "refresh_window"),
    *("initial_refresh_token", "get_refresh_token_operation", "refresh_token_expires_at_expression"),
    *("refresh_token_expires_in_expression", "access_token_property", "refresh_token_property"),
)
_SYSTEM_ID = re.compile(r"[a-z0-9][a-z0-9_-]{1,61}")


def check_system(config: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    """Yield the problems of a system's configuration (`$ENV` expanded, `$SECRET` not)."""
    kind = config.get("type")
    if kind not in SYSTEM_TYPES:
        message = f"this node has {', '.join(SYSTEM_TYPES)}, not {kind!r}; pipes that use this system cannot run"
        yield Problem("warning", message, file, "type")
        return
    yield from check_table(config, table(System, kind), file=file)
    yield from _check_id(config.get("_id"), file=file)
    yield from _check_retry_strategy(config.get("retry_strategy"), file=file)
    if kind == REST:
        yield from check_operations(config.get("operations"), file=file, path="operations")
        yield from _check_custom_auth(config.get("custom_auth"), config.get("operations") or {}, file=file)
    yield from _check_oauth2(config.get("oauth2"), file=file)
    if kind != MICROSERVICE and not (config.get("url_pattern") or config.get("base_url")):
        yield Problem("error", "expected 'url_pattern' (or the older 'base_url')", file, "url_pattern")
    if config.get("authentication") in ("ntlm", "tripletex"):
        message = f"this node cannot do {config['authentication']} authentication"
        yield Problem("error", message, file, "authentication", is_unsupported=True)


def _check_id(system_id: Any, *, file: str) -> Iterator[Problem]:
    if isinstance(system_id, str) and not _SYSTEM_ID.fullmatch(system_id):
        message = f"expected 2 to 62 lower-case letters, digits or hyphens, got {system_id!r}"
        yield Problem("error" if "/" in system_id else "warning", message, file, "_id")


def _check_oauth2(oauth2: Any, *, file: str) -> Iterator[Problem]:
    if not isinstance(oauth2, dict):
        return
    if not oauth2.get("token_url"):
        yield Problem("error", "required property 'token_url' (string) is missing", file, "oauth2.token_url")
    unknown = sorted(oauth2.keys() - _OAUTH2)
    if unknown:
        message = no_such("property", unknown[0], _OAUTH2)
        yield Problem("warning", message, file, f"oauth2.{unknown[0]}")


def _check_custom_auth(auth: Any, operations: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    if not isinstance(auth, dict):
        return
    for name in ("get_token_operation", "get_refresh_token_operation"):
        operation = auth.get(name)
        if operation not in operations and (operation is not None or name == "get_token_operation"):
            message = f"expected the name of an operation of this system, got {operation!r}"
            yield Problem("error", message, file, f"custom_auth.{name}")
    unknown = sorted(auth.keys() - _CUSTOM_AUTH)
    if unknown:
        message = no_such("property", unknown[0], _CUSTOM_AUTH)
        yield Problem("warning", message, file, f"custom_auth.{unknown[0]}")


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
