"""Systems: how a connector is started and how requests to it are made.

Source: docs (hub/configuration-systems-microservice.rst, -url.rst, -rest.rst).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from fake_sesam.config.properties import known, listed, parse, row, text, text_map
from fake_sesam.config.variables import expand

__all__ = [
    "MICROSERVICE",
    "REST",
    "SYSTEM_TYPES",
    "URL",
    "DockerOptions",
    "HttpOptions",
    "RetryRule",
    "RetryStrategy",
    "System",
    "build_system",
    "code_range",
    "join_url",
]

MICROSERVICE, URL, REST = SYSTEM_TYPES = ("system:microservice", "system:url", "system:rest")
_BY_URL = (URL, REST)
_AUTHENTICATIONS = {"choices": ("basic", "digest", "ntlm", "tripletex", "jwt")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """How often and after how long a read is tried again.

    Units: delays in seconds.
    """

    max_read_retries: int = row(0, minimum=0)
    read_retry_delay_s: float = row(0, name="read_retry_delay", minimum=0)
    write_retry_delay_s: float | None = known(name="write_retry_delay")
    max_retries_per_entity: int | None = known()
    max_consecutive_write_errors: int | None = known()
    max_write_errors_in_retry_dataset: int | None = known()
    batch_retries: int | None = known()


@dataclass(frozen=True, slots=True)
class RetryStrategy:
    """Which rule applies to which status.

    Attributes:
        by_status: The first and last status of a range, and the rule for it.
        default: The rule for every other status, and for failures without a status.
    """

    by_status: tuple[tuple[int, int, RetryRule], ...] = ()
    default: RetryRule | None = None

    def rule_for(self, status: int | None) -> RetryRule | None:
        """Return the rule for a status, None where there is none."""
        found = (rule for first, last, rule in self.by_status if status is not None and first <= status <= last)
        return next(found, self.default)


def _retry_strategy(config: Mapping[str, Any] | None) -> RetryStrategy:
    rules = {codes: parse(RetryRule, rule) for codes, rule in (config or {}).items()}
    default = rules.pop("default", None)
    ranges = [(*(code_range(part) or (0, 0)), rule) for codes, rule in rules.items() for part in codes.split(",")]
    return RetryStrategy(tuple(ranges), default)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """How requests to a system are made.

    Units: timeouts in seconds.
    """

    connect_timeout_s: float = row(60, name="connect_timeout", minimum=0)
    read_timeout_s: float = row(1800, name="read_timeout", minimum=0)
    verify_ssl: bool = row(False)
    authentication: str | None = row(
        choices=("basic", "digest"), variants={URL: _AUTHENTICATIONS, REST: _AUTHENTICATIONS}
    )
    username: str = row(convert=text)
    password: str = row(convert=text, is_secret=True)
    jwt_token: str = row(only=_BY_URL, convert=text, is_secret=True)
    headers: Mapping[str, str] = row(only=_BY_URL, convert=text_map, is_secret=True)
    proxies: Mapping[str, str] = row(only=_BY_URL, convert=text_map, is_secret=True)
    ignore_invalid_content_length: bool = row(False, name="ignore_invalid_content_length_response_header", only=_BY_URL)
    custom_ca_pem_chain: str | None = known(only=_BY_URL)
    tripletex: Mapping[str, Any] | None = known(only=_BY_URL, is_secret=True)
    oauth2: Mapping[str, Any] | None = row(only=_BY_URL, is_secret=True)
    retry_strategy: RetryStrategy = row(kind="object", convert=_retry_strategy)
    worker_threads: int = known(default=10)


def _environment(config: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Return the environment as the container gets it: strings as they are, other types as JSON."""
    values = config or {}
    return MappingProxyType(
        {name: each if isinstance(each, str) else json.dumps(each) for name, each in values.items()}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerOptions:
    """The container of a `system:microservice`.

    Units: memory in megabytes, cpu_quota in percent of one core.
    """

    image: str = row(required=True, convert=text)
    port: int = row(required=True, minimum=1)
    environment: Mapping[str, str] = row(convert=_environment, is_secret=True)
    username: str = row(convert=text)
    password: str = row(convert=text, is_secret=True)
    memory_mb: int = row(128, name="memory", minimum=1)
    cpu_quota: float = row(25, minimum=1)
    cpu_period: int | None = known()
    cpuset_cpus: str | None = known()
    hosts: Mapping[str, str] = row(convert=text_map)
    skip_pull: bool = row(False)
    pull_image_cron_expression: str | None = known()


def _object(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return value or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class System(HttpOptions):
    """A system with its references resolved. Its `repr` shows no secret."""

    id: str = row(name="_id", required=True)
    type: str = row(required=True)
    docker: DockerOptions | None = row(kind="object", required=True, inside=DockerOptions, only=MICROSERVICE)
    use_https: bool = known(default=False, only=MICROSERVICE)
    eager_load: bool = known(default=True, only=MICROSERVICE)
    url_pattern: str = row(only=_BY_URL, convert=text)
    base_url: str | None = row(only=_BY_URL)
    operations: Mapping[str, Any] = row(only=REST, convert=_object, is_secret=True)
    rate_limiting_retries: int | None = row(minimum=0, only=REST)
    rate_limiting_delay_s: float | None = row(name="rate_limiting_delay", minimum=0, only=REST)
    json_content_types: tuple[str, ...] = row(only=REST, convert=listed)
    custom_auth: Mapping[str, Any] | None = row(only=REST, is_secret=True)
    name: Any = row()
    description: Any = row()
    comment: Any = row(kind="string|list|object")
    metadata: Mapping[str, Any] | None = row()
    permissions: tuple[Any, ...] | None = known()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_microservice(self) -> bool:
        """Whether the node runs this system itself."""
        return self.docker is not None


def build_system(config: Mapping[str, Any], *, secrets: Mapping[str, str]) -> System:
    """Build a system from a checked configuration; secrets are inserted here and nowhere else."""
    resolved: dict[str, Any] = expand(dict(config), secrets=secrets)
    kind = resolved["type"]
    docker = parse(DockerOptions, resolved["docker"]) if kind == MICROSERVICE else None
    return parse(System, resolved, kind=kind, docker=docker, url_pattern=_url_pattern(resolved), secrets=dict(secrets))


def join_url(base: str, relative: str) -> str:
    """Join a system's base URL and a source's `url`, with or without slashes; the query string is kept.

    Source: docs: `%s` in a `url_pattern` is replaced by the relative URL, which is appended if there is no `%s`;
    Sesam's pages write both `get_contacts` and `/get-contacts`.
    """
    if "%s" in base:
        before, after = base.split("%s", 1)
        return before + (relative.lstrip("/") if before.endswith("/") else relative) + after
    return f"{base.rstrip('/')}/{relative.lstrip('/')}"


def code_range(text: str) -> tuple[int, int] | None:
    """Return the first and last status of a text such as `429` or `400-428`, None where it is neither."""
    match = re.fullmatch(r"\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*", text)
    return (int(match[1]), int(match[2] or match[1])) if match else None


def _url_pattern(config: Mapping[str, Any]) -> str:
    if config.get("url_pattern"):
        return str(config["url_pattern"])
    return urljoin(str(config["base_url"]), ".") if config.get("base_url") else ""
