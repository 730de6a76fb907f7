"""Builds a whole configuration from files, environment and secrets: systems, pipes and the list of every problem."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.config.conditions import apply_conditions
from fake_sesam.config.files import ConfigFile
from fake_sesam.config.node_metadata import NodeMetadata
from fake_sesam.config.pipe_checks import check_pipe
from fake_sesam.config.pipes import Pipe, build_pipe
from fake_sesam.config.properties import parse, table
from fake_sesam.config.system_checks import check_system
from fake_sesam.config.systems import SYSTEM_TYPES, System, build_system
from fake_sesam.config.validation import check_table
from fake_sesam.config.variables import env_references, expand, has_nested_reference, secret_references
from fake_sesam.errors import Problem

__all__ = ["Configuration", "configure"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a node runs. Pipes and systems with errors are left out of the maps; `problems` names them."""

    files: tuple[ConfigFile, ...] = ()
    systems: Mapping[str, System] = field(default_factory=dict)
    pipes: Mapping[str, Pipe] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the node."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def invalid_pipes(self) -> Mapping[str, tuple[Problem, ...]]:
        """The pipes that cannot run, by id, with their problems."""
        return {
            str(file.content.get("_id")): tuple(problem for problem in self.errors if problem.file == file.name)
            for file in self.files
            if file.content.get("type") == "pipe" and file.content.get("_id") not in self.pipes
        }

    @property
    def runs_pipes_by_itself(self) -> bool:
        """Whether pipes follow their schedules; an upload for a test says that they do not."""
        return parse(NodeMetadata, self.metadata).runs_pipes_by_itself


@dataclass(frozen=True, slots=True)
class _Read:
    """A file with its variables and conditions resolved, and the problems with them."""

    file: ConfigFile
    config: dict[str, Any]
    problems: tuple[Problem, ...]
    secrets: Mapping[str, str] = field(repr=False)


def configure(
    files: Sequence[ConfigFile],
    *,
    env: Mapping[str, Any],
    secrets: Mapping[str, str],
    system_secrets: Mapping[str, Mapping[str, str]] | None = None,
) -> Configuration:
    """Check every file and build the pipes and systems that have no error.

    Args:
        files: The whole configuration.
        env: The values of `$ENV`.
        secrets: The values of `$SECRET` in every system.
        system_secrets: By system id, the secrets of one system alone; they win.
    """
    own = system_secrets or {}
    read = [_read(file, env, {**secrets, **own.get(str(file.content.get("_id")), {})}) for file in files]
    metadata = next((each.config for each in read if each.file.is_metadata), {})
    problems = [*_duplicates(files), *_kinds(files), *(problem for each in read for problem in each.problems)]
    problems += check_table(metadata, table(NodeMetadata), file="node-metadata.conf.json") if metadata else []
    systems, system_problems = _systems(read)
    pipes, pipe_problems = _pipes(read, parse(NodeMetadata, metadata))
    found = [*problems, *system_problems, *pipe_problems, *_shared_dead_letters(pipes, read)]
    return Configuration(tuple(files), systems, pipes, metadata, tuple(found))


def _read(file: ConfigFile, env: Mapping[str, Any], secrets: Mapping[str, str]) -> _Read:
    expanded = expand(file.content, env=env)
    config, problems = apply_conditions(expanded, file=file.name)
    return _Read(file, config, (*problems, *_references(file, config, secrets)), secrets)


def _systems(read: Sequence[_Read]) -> tuple[dict[str, System], list[Problem]]:
    systems: dict[str, System] = {}
    problems: list[Problem] = []
    for each in read:
        if each.file.is_system:
            found = list(check_system(each.config, file=each.file.name))
            problems += found
            if not _has_error((*each.problems, *found)) and each.config["type"] in SYSTEM_TYPES:
                systems[each.config["_id"]] = build_system(each.config, secrets=each.secrets)
    return systems, problems


def _pipes(read: Sequence[_Read], metadata: NodeMetadata) -> tuple[dict[str, Pipe], list[Problem]]:
    system_ids = frozenset(str(each.config.get("_id")) for each in read if each.file.is_system)
    pipes: dict[str, Pipe] = {}
    problems: list[Problem] = []
    for each in read:
        if each.file.content.get("type") == "pipe":
            found = list(check_pipe(each.config, file=each.file.name, system_ids=system_ids))
            problems += found
            if not _has_error((*each.problems, *found)):
                pipe = build_pipe(each.config, original=each.file.content, metadata=metadata)
                pipes[pipe.id] = pipe
    return pipes, problems


def _has_error(problems: Sequence[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


def _references(file: ConfigFile, config: Mapping[str, Any], secrets: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for every reference that is nested, unresolved, or not allowed where it is."""
    for where in has_nested_reference(file.content):
        yield Problem("error", "references cannot be nested", file.name, where)
    for name, where in env_references(config):
        message = f"$ENV({name}) is not set; add {name!r} to the environment file or pass --env {name}=..."
        yield Problem("error", message, file.name, where)
    for name, where in secret_references(config):
        if not file.is_system:
            yield Problem("error", f"$SECRET({name}) is only allowed in a system's configuration", file.name, where)
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


def _shared_dead_letters(pipes: Mapping[str, Pipe], read: Sequence[_Read]) -> Iterator[Problem]:
    names = {str(each.config.get("_id")): each.file.name for each in read}
    first: dict[str, str] = {}
    for pipe in pipes.values():
        dataset = pipe.pump.dead_letter_dataset
        if dataset is not None and first.setdefault(dataset, pipe.id) != pipe.id:
            message = f"dataset {dataset!r} already takes the dead letters of pipe {first[dataset]!r}"
            yield Problem("error", message, names[pipe.id], "pump.dead_letter_dataset")
