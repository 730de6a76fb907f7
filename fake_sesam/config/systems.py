"""Systems: how a connector is started and spoken to. JSON in, frozen values out.

Source: docs (hub/configuration-systems-microservice.rst, configuration-systems-url.rst).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from fake_sesam.config.schema import Table, check_table, with_defaults
from fake_sesam.config.tables import DOCKER, MICROSERVICE_SYSTEM, RETRY_RULE, URL_SYSTEM
from fake_sesam.config.variables import expand
from fake_sesam.errors import Problem

__all__ = [
    "SYSTEM_TYPES",
    "DockerOptions",
    "HttpOptions",
    "RetryRule",
    "System",
    "build_system",
    "check_system",
    "join_url",
]

SYSTEM_TYPES: Mapping[str, Table] = MappingProxyType(
    {"system:microservice": MICROSERVICE_SYSTEM, "system:url": URL_SYSTEM}
)
_SYSTEM_ID = re.compile(r"[a-z0-9][a-z0-9_-]{1,61}")


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How often and after how long a read is tried again for some status codes."""

    first: int
    last: int
    max_read_retries: int
    read_retry_delay_s: float


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How requests to a system are made.

    Units: timeouts in seconds.
    """

    connect_timeout_s: float = 60
    read_timeout_s: float = 1800
    verify_ssl: bool = False
    authentication: str | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    jwt_token: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    ignore_invalid_content_length: bool = False
    retry_rules: tuple[RetryRule, ...] = ()
    default_retry_rule: RetryRule | None = None


@dataclass(frozen=True, slots=True)
class DockerOptions:
    """The container of a ``system:microservice``.

    Units: memory in megabytes, cpu_quota in percent of one core.
    """

    image: str
    port: int
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    memory_mb: int = 128
    cpu_quota: float = 25
    hosts: Mapping[str, str] = field(default_factory=dict)
    skip_pull: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """A system with its references resolved. Its `repr` shows no secret."""

    id: str
    type: str
    http: HttpOptions
    url_pattern: str = ""
    use_https: bool = False
    docker: DockerOptions | None = None

    @property
    def is_microservice(self) -> bool:
        """Whether the node runs this system itself."""
        return self.docker is not None


def check_system(config: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    """Yield what is wrong with a system's configuration (``$ENV`` expanded, ``$SECRET`` not)."""
    kind = config.get("type")
    table = SYSTEM_TYPES.get(str(kind))
    if table is None:
        message = f"this node knows system:microservice and system:url, not {kind!r}; pipes that use it cannot run"
        yield Problem("warning", message, file, "type")
        return
    yield from check_table(config, table, file=file)
    yield from _check_id(config.get("_id"), file=file)
    yield from _check_retry_strategy(config.get("retry_strategy"), file=file)
    if kind == "system:url" and not (config.get("url_pattern") or config.get("base_url")):
        yield Problem("error", "expected 'url_pattern' (or the older 'base_url')", file, "url_pattern")
    if config.get("authentication") in ("ntlm", "tripletex"):
        yield Problem("error", f"this node cannot do {config['authentication']} authentication", file, "authentication")


def build_system(config: Mapping[str, Any], *, secrets: Mapping[str, str]) -> System:
    """Make a system from a checked configuration; secrets are put in here and nowhere else."""
    resolved: dict[str, Any] = expand(dict(config), secrets=secrets)
    is_microservice = resolved["type"] == "system:microservice"
    filled = with_defaults(resolved, SYSTEM_TYPES[resolved["type"]])
    return System(
        id=filled["_id"],
        type=filled["type"],
        http=_http_options(filled),
        url_pattern=_url_pattern(filled),
        use_https=filled.get("use_https") is True,
        docker=_docker_options(filled["docker"]) if is_microservice else None,
    )


def join_url(base: str, relative: str) -> str:
    """Join a system's base and a source's ``url``; both with or without slash, the query string is kept.

    Source: docs: ``%s`` in a ``url_pattern`` is replaced by the relative URL, which is appended where there is none;
    Sesam's pages write both ``get_contacts`` and ``/get-contacts``.
    """
    if "%s" in base:
        before, after = base.split("%s", 1)
        return before + (relative.lstrip("/") if before.endswith("/") else relative) + after
    return f"{base.rstrip('/')}/{relative.lstrip('/')}"


def _check_id(system_id: Any, *, file: str) -> Iterator[Problem]:
    if isinstance(system_id, str) and not _SYSTEM_ID.fullmatch(system_id):
        message = f"expected 2 to 62 lower-case letters, digits or hyphens, got {system_id!r}"
        yield Problem("error" if "/" in system_id else "warning", message, file, "_id")


def _check_retry_strategy(strategy: Any, *, file: str) -> Iterator[Problem]:
    if not isinstance(strategy, dict):
        return
    for codes, rule in strategy.items():
        where = f"retry_strategy.{codes}"
        if codes != "default" and not all(_code_range(part) for part in str(codes).split(",")):
            message = (
                f'expected "default", a status such as "429", a list "500,502" or a range "400-428", got {codes!r}'
            )
            yield Problem("error", message, file, where)
        if isinstance(rule, dict):
            yield from check_table(rule, RETRY_RULE, file=file, path=where)
        else:
            yield Problem("error", f"expected object, got {type(rule).__name__}", file, where)


def _code_range(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*", text)
    return (int(match[1]), int(match[2] or match[1])) if match else None


def _retry_rules(strategy: Mapping[str, Any]) -> tuple[RetryRule, ...]:
    rules = []
    for codes, rule in strategy.items():
        for part in codes.split(",") if codes != "default" else ():
            first, last = _code_range(part) or (0, 0)
            rules.append(_retry_rule(rule, first, last))
    return tuple(rules)


def _retry_rule(rule: Mapping[str, Any], first: int, last: int) -> RetryRule:
    return RetryRule(first, last, rule.get("max_read_retries", 0), rule.get("read_retry_delay", 0))


def _http_options(config: Mapping[str, Any]) -> HttpOptions:
    strategy = config.get("retry_strategy") or {}
    return HttpOptions(
        connect_timeout_s=config["connect_timeout"],
        read_timeout_s=config["read_timeout"],
        verify_ssl=config["verify_ssl"],
        authentication=config.get("authentication"),
        username=config.get("username") or "",
        password=config.get("password") or "",
        jwt_token=config.get("jwt_token") or "",
        headers=MappingProxyType({name: str(value) for name, value in (config.get("headers") or {}).items()}),
        proxies=MappingProxyType(dict(config.get("proxies") or {})),
        ignore_invalid_content_length=config.get("ignore_invalid_content_length_response_header", False),
        retry_rules=_retry_rules(strategy),
        default_retry_rule=_retry_rule(strategy["default"], 100, 599) if "default" in strategy else None,
    )


def _url_pattern(config: Mapping[str, Any]) -> str:
    if config.get("url_pattern"):
        return str(config["url_pattern"])
    return urljoin(str(config["base_url"]), ".") if config.get("base_url") else ""


def _docker_options(config: Mapping[str, Any]) -> DockerOptions:
    filled = with_defaults(config, DOCKER)
    return DockerOptions(
        image=filled["image"],
        port=filled["port"],
        environment=MappingProxyType(
            {name: _env_text(value) for name, value in (filled.get("environment") or {}).items()}
        ),
        username=filled.get("username") or "",
        password=filled.get("password") or "",
        memory_mb=filled["memory"],
        cpu_quota=filled["cpu_quota"],
        hosts=MappingProxyType(dict(filled.get("hosts") or {})),
        skip_pull=filled["skip_pull"],
    )


def _env_text(value: Any) -> str:
    """Return an environment value as the container gets it: strings as they are, other types as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
