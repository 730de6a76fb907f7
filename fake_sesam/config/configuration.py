"""A whole configuration: files, environment and secrets in, systems and pipes or the list of every problem out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.config.files import ConfigFile
from fake_sesam.config.pipes import Pipe, build_pipe, check_pipe
from fake_sesam.config.systems import System, build_system, check_system
from fake_sesam.config.variables import env_references, expand, has_nested_reference, secret_references
from fake_sesam.errors import Problem

__all__ = ["Configuration", "configure"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a node runs. Pipes and systems with errors are missing from the maps and named in `problems`."""

    files: tuple[ConfigFile, ...] = ()
    systems: Mapping[str, System] = field(default_factory=dict)
    pipes: Mapping[str, Pipe] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the node."""
        return tuple(problem for problem in self.problems if problem.level == "error")


def configure(files: Sequence[ConfigFile], *, env: Mapping[str, Any], secrets: Mapping[str, str]) -> Configuration:
    """Check every file and build what is right."""
    problems = [*_duplicates(files), *_kinds(files)]
    expanded = {id(file): expand(file.content, env=env) for file in files}
    metadata: dict[str, Any] = next((expanded[id(file)] for file in files if file.is_metadata), {})
    system_files = [file for file in files if file.is_system]
    pipe_files = [file for file in files if file.content.get("type") == "pipe"]
    system_ids = frozenset(str(file.content.get("_id")) for file in system_files)
    systems, pipes = {}, {}
    for file in system_files:
        found = [*_references(file, env, secrets), *check_system(expanded[id(file)], file=file.name)]
        if not _has_error(found) and expanded[id(file)]["type"] in ("system:microservice", "system:url"):
            systems[file.content["_id"]] = build_system(expanded[id(file)], secrets=secrets)
        problems += found
    for file in pipe_files:
        config = expanded[id(file)]
        found = [*_references(file, env, secrets), *check_pipe(config, file=file.name, system_ids=system_ids)]
        if not _has_error(found):
            pipes[file.content["_id"]] = build_pipe(config, original=file.content, metadata=metadata)
        problems += found
    return Configuration(tuple(files), systems, pipes, metadata, tuple(problems))


def _has_error(problems: Sequence[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


def _references(file: ConfigFile, env: Mapping[str, Any], secrets: Mapping[str, str]) -> Iterator[Problem]:
    for where in has_nested_reference(file.content):
        yield Problem("error", "references cannot be nested", file.name, where)
    for name, where in env_references(file.content):
        if name not in env:
            message = f"$ENV({name}) is not set; add {name!r} to the environment file or pass --env {name}=..."
            yield Problem("error", message, file.name, where)
    for name, where in secret_references(file.content):
        if not file.is_system:
            yield Problem("error", f"$SECRET({name}) may only stand in a system's configuration", file.name, where)
        elif name not in secrets:
            variable = "SESAM_SECRET_" + name.upper().replace("-", "_")
            message = f"$SECRET({name}) is not set; set the environment variable {variable} or use --secrets FILE"
            yield Problem("error", message, file.name, where)


def _duplicates(files: Sequence[ConfigFile]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file in files:
        entity_id = file.content.get("_id")
        if isinstance(entity_id, str) and first.setdefault(entity_id, file.name) != file.name:
            yield Problem("error", f"_id {entity_id!r} is already taken by {first[entity_id]}", file.name, "_id")


def _kinds(files: Sequence[ConfigFile]) -> Iterator[Problem]:
    for file in files:
        kind = file.content.get("type")
        if not (file.is_metadata or file.is_system or kind == "pipe"):
            message = f"expected type 'pipe', 'system:...' or 'metadata', got {kind!r}"
            yield Problem("error", message, file.name, "type")
