"""What a node is started with: options of the command line, environment variables and files.

Source: docs (sesam-py readme) for `<profile>-env.json` and its default profile `test`; reader (github-autodeployer)
and docs (version-control-system.rst) for `variables/variables-<profile>.json`. Assumed: if both files have a
name, the one in `variables/` wins; no tool reads both.
"""

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
DEFAULT_PROFILE = "test"


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """How to run a node.

    Attributes:
        data_dir: Where datasets are stored; None for `NODE_DIR/.fake-sesam`.
        system_urls: By system id, the URL at which it already runs.
        system_commands: By system id, the command that starts it as a local process.
        environment: Values of `$ENV`; they win over every file.
        env_file: Replaces `<profile>-env.json`.
        profile: Names `NODE_DIR/<profile>-env.json` and `NODE_DIR/variables/variables-<profile>.json`; at least one
            of them must exist. It may be a path such as `profiles/prod`. None for `test`, whose files may be missing.
        secrets: Values of `$SECRET`; they win over the file and the process environment.
        secrets_file: A JSON object of secrets.
        environ: The process environment.
        assumptions: How the node behaves where Sesam's documents do not say.
        may_be_empty: Whether the directory may lack any configuration, because a client will upload one.
    """

    data_dir: Path | None = None
    system_urls: Mapping[str, str] = field(default_factory=dict)
    system_commands: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    env_file: Path | None = None
    profile: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets_file: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    assumptions: Assumptions = field(default_factory=Assumptions)
    may_be_empty: bool = False


def load_environment(node_dir: Path, options: NodeOptions) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of `$ENV`: the environment file, then the profile's variables, then those of the options."""
    is_profile_read = options.profile is not None or options.env_file is None
    candidates = _profile_files(node_dir, options) if is_profile_read else []
    present = [path for path in candidates if path.is_file()]
    if options.profile is not None and not present:
        expected = " or ".join(str(path) for path in candidates)
        message = f"there is no such profile: expected the file {expected}"
        return dict(options.environment), [Problem("error", message, "--profile", options.profile)]
    read = [read_json_object(path) for path in ([options.env_file] if options.env_file else []) + present]
    values = {name: value for content, _ in read for name, value in content.items()}
    return {**values, **options.environment}, [problem for _, problems in read for problem in problems]


def _profile_files(node_dir: Path, options: NodeOptions) -> list[Path]:
    """Return the paths of a profile's files; an environment file of the options replaces the first."""
    profile = options.profile or DEFAULT_PROFILE
    variables = node_dir / "variables" / f"variables-{Path(profile).name}.json"
    return [variables] if options.env_file else [node_dir / f"{profile}-env.json", variables]


def load_secrets(options: NodeOptions, names: set[str]) -> tuple[dict[str, str], list[Problem]]:
    """Return the secrets in `names` from the process environment, and all secrets of the file.

    A secret `hubspot-api-key` is read from `SESAM_SECRET_HUBSPOT_API_KEY`.
    """
    values, problems = ({}, []) if options.secrets_file is None else read_json_object(options.secrets_file)
    found = {name: options.environ.get(_variable(name)) for name in names}
    from_environ = {name: value for name, value in found.items() if value is not None}
    problems += [
        _empty_secret(f"the variable {_variable(name)}", name) for name, value in from_environ.items() if not value
    ]
    problems += [_empty_secret(str(options.secrets_file), name) for name, value in values.items() if value == ""]
    return {**values, **from_environ, **options.secrets}, problems


def _empty_secret(source: str, name: str) -> Problem:
    message = f"the secret {name} is set but empty; give it a value, or leave it out"
    return Problem("error", message, source, name)


def system_urls_from(environ: Mapping[str, str], system_ids: set[str]) -> dict[str, str]:
    """Return the URLs in `FAKE_SESAM_SYSTEM_URL_<ID>` of the systems in the configuration."""
    found = {system_id: environ.get(SYSTEM_URL_PREFIX + _upper(system_id)) for system_id in system_ids}
    return {system_id: url for system_id, url in found.items() if url}


def _variable(name: str) -> str:
    return SECRET_PREFIX + _upper(name)


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")
