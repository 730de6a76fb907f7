"""What a node is started with, from the command line, the environment and files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_sesam.assumptions import Assumptions
from fake_sesam.config import read_json_object
from fake_sesam.errors import Problem

__all__ = ["SECRET_PREFIX", "SYSTEM_URL_PREFIX", "NodeOptions", "load_environment", "load_secrets", "system_urls_from"]

SECRET_PREFIX = "SESAM_SECRET_"  # noqa: S105 - a name, not a secret
SYSTEM_URL_PREFIX = "FAKE_SESAM_SYSTEM_URL_"
ENV_FILE = "test-env.json"


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """How to run a node.

    Attributes:
        data_dir: Where datasets live; None for ``NODE_DIR/.fake-sesam``.
        system_urls: System id to the address where it already runs.
        system_commands: System id to the command that starts it as a local process.
        environment: Values of ``$ENV`` that win over the environment file.
        env_file: The environment file; None for ``NODE_DIR/test-env.json`` where there is one.
        secrets: Values of ``$SECRET`` that win over the file and the process environment.
        secrets_file: A JSON object of secrets.
        environ: The process environment.
        assumptions: What Sesam's documents leave open.
    """

    data_dir: Path | None = None
    system_urls: Mapping[str, str] = field(default_factory=dict)
    system_commands: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    env_file: Path | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets_file: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    assumptions: Assumptions = field(default_factory=Assumptions)


def load_environment(node_dir: Path, options: NodeOptions) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of ``$ENV``: the environment file, then what was given by hand."""
    path = options.env_file or node_dir / ENV_FILE
    if options.env_file is None and not path.exists():
        return dict(options.environment), []
    values, problems = read_json_object(path)
    return {**values, **options.environment}, problems


def load_secrets(options: NodeOptions, names: set[str]) -> tuple[dict[str, str], list[Problem]]:
    """Return the secrets that `names` asks for, from the process environment, and all of the secrets file.

    A secret ``hubspot-api-key`` is read from ``SESAM_SECRET_HUBSPOT_API_KEY``.
    """
    values, problems = ({}, []) if options.secrets_file is None else read_json_object(options.secrets_file)
    found = {name: options.environ.get(_variable(name)) for name in names}
    from_environ = {name: value for name, value in found.items() if value is not None}
    return {**values, **from_environ, **options.secrets}, problems


def system_urls_from(environ: Mapping[str, str], system_ids: set[str]) -> dict[str, str]:
    """Return the addresses given as ``FAKE_SESAM_SYSTEM_URL_<ID>`` for the systems there are."""
    found = {system_id: environ.get(SYSTEM_URL_PREFIX + _upper(system_id)) for system_id in system_ids}
    return {system_id: url for system_id, url in found.items() if url}


def _variable(name: str) -> str:
    return SECRET_PREFIX + _upper(name)


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")
