"""Builds a whole configuration from files, environment and secrets: systems, pipes and the list of every problem."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
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
from fake_sesam.config.variables import encryption_keys, env_references, expand, has_nested_reference, secret_references
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
    given: Mapping[str, str] | None = None,
) -> Configuration:
    """Check every file and build the pipes and systems that have no error.

    Args:
        files: The whole configuration.
        env: The values of `$ENV`.
        secrets: The values of `$SECRET` in every system.
        system_secrets: By system id, the secrets of one system alone; they win.
        given: By system id, `url` or `command` where something else than the configuration says how to reach it. The
            references that are not used then need no value.
    """
    own = system_secrets or {}
    read = [
        _read(
            file, env, {**secrets, **own.get(system_id, {})}, unused=_UNUSED.get((given or {}).get(system_id, ""), ())
        )
        for file in files
        for system_id in [str(file.content.get("_id"))]
    ]
    metadata = next((each.config for each in read if each.file.is_metadata), {})
    problems = [*_duplicates(files), *_kinds(files), *(problem for each in read for problem in each.problems)]
    problems += check_table(metadata, table(NodeMetadata), file="node-metadata.conf.json") if metadata else []
    systems, system_problems = _systems(read, problems)
    pipes, pipe_problems = _pipes(read, parse(NodeMetadata, metadata), problems)
    unusable = list(_unusable_systems(pipes, systems, [*problems, *system_problems], read))
    found = [*problems, *system_problems, *pipe_problems, *unusable, *_shared_dead_letters(pipes, read)]
    names = _names(read)
    runnable = {pipe_id: pipe for pipe_id, pipe in pipes.items() if not _has_error(found, names[pipe_id])}
    return Configuration(tuple(files), systems, runnable, metadata, tuple(found))


_UNUSED = {
    "url": ("docker", "url_pattern", "base_url"),
    "command": ("docker.image", "docker.username", "docker.password"),
}


def _read(file: ConfigFile, env: Mapping[str, Any], secrets: Mapping[str, str], *, unused: tuple[str, ...]) -> _Read:
    try:
        expanded = expand(file.content, env=env)
        config, problems = apply_conditions(expanded, file=file.name)
        return _Read(file, config, (*problems, *_references(file, config, secrets, unused)), secrets)
    except RecursionError:
        return _Read(file, file.content, (_too_deep(file),), secrets)


def _too_deep(file: ConfigFile) -> Problem:
    return Problem("error", "nested too deeply; expected at most some hundred levels", file.name)


def _checked(check: Callable[[], Iterator[Problem]], file: ConfigFile) -> list[Problem]:
    """Return the problems that a check yields; rules that are nested without end are one."""
    try:
        return list(check())
    except RecursionError:
        return [_too_deep(file)]


def _systems(read: Sequence[_Read], earlier: Sequence[Problem]) -> tuple[dict[str, System], list[Problem]]:
    systems: dict[str, System] = {}
    problems: list[Problem] = []
    for each in read:
        if each.file.is_system:
            found = _checked(partial(check_system, each.config, file=each.file.name), each.file)
            problems += found
            if not _has_error([*earlier, *found], each.file.name) and each.config["type"] in SYSTEM_TYPES:
                systems[each.config["_id"]] = build_system(each.config, secrets=each.secrets)
    return systems, problems


def _pipes(
    read: Sequence[_Read], metadata: NodeMetadata, earlier: Sequence[Problem]
) -> tuple[dict[str, Pipe], list[Problem]]:
    system_ids = frozenset(str(each.config.get("_id")) for each in read if each.file.is_system)
    pipes: dict[str, Pipe] = {}
    problems: list[Problem] = []
    for each in read:
        if each.file.content.get("type") == "pipe":
            check = partial(check_pipe, each.config, file=each.file.name, system_ids=system_ids)
            found = _checked(check, each.file)
            problems += found
            if not _has_error([*earlier, *found], each.file.name):
                pipe = build_pipe(each.config, original=each.file.content, metadata=metadata, secrets=each.secrets)
                pipes[pipe.id] = pipe
    return pipes, problems


def _unusable_systems(
    pipes: Mapping[str, Pipe], systems: Mapping[str, System], problems: Sequence[Problem], read: Sequence[_Read]
) -> Iterator[Problem]:
    """Yield an error for every pipe whose system cannot be used, with the first error of the system."""
    names = _names(read)
    for pipe in pipes.values():
        system_id = pipe.source.system_id
        if system_id and system_id not in systems:
            found = [problem for problem in problems if problem.file == names.get(system_id)]
            why = next((each for each in found if each.level == "error"), found[0] if found else None)
            reason = why.message if why else "its type is not known"
            message = f"the system {system_id!r} cannot be used: {reason}"
            is_unsupported = why is None or why.level != "error" or why.is_unsupported
            yield Problem("error", message, names[pipe.id], "source.system", is_unsupported)


def _names(read: Sequence[_Read]) -> dict[str, str]:
    """Return the name of the file of each configuration by its `_id`; the first one, if two have the same."""
    return {str(each.config.get("_id")): each.file.name for each in reversed(read)}


def _has_error(problems: Iterable[Problem], file: str) -> bool:
    return any(problem.level == "error" and problem.file == file for problem in problems)


def _references(
    file: ConfigFile, config: Mapping[str, Any], secrets: Mapping[str, str], unused: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield a problem for every reference that is nested, unresolved although it is used, or not allowed there."""
    for where in has_nested_reference(file.content):
        yield Problem("error", "references cannot be nested", file.name, where)
    for name, where in env_references(config):
        if _is_inside(where, unused):
            continue
        message = f"$ENV({name}) is not set; add {name!r} to the environment file or pass --env {name}=..."
        yield Problem("error", message, file.name, where)
    keys = frozenset(encryption_keys(config.get("transform"), "transform"))
    for name, where in secret_references(config):
        if not file.is_system and where not in keys:
            message = f"$SECRET({name}) is only allowed in a system's configuration, or as a key of encryption in DTL"
            yield Problem("error", message, file.name, where)
        elif name not in secrets and not _is_inside(where, unused):
            variable = "SESAM_SECRET_" + name.upper().replace("-", "_")
            message = f"$SECRET({name}) is not set; set the environment variable {variable} or use --secrets FILE"
            yield Problem("error", message, file.name, where)


def _is_inside(where: str, parts: tuple[str, ...]) -> bool:
    return any(where == part or where.startswith(f"{part}.") for part in parts)


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
    names = _names(read)
    first: dict[str, str] = {}
    for pipe in pipes.values():
        dataset = pipe.pump.dead_letter_dataset
        if dataset is not None and first.setdefault(dataset, pipe.id) != pipe.id:
            message = f"dataset {dataset!r} already takes the dead letters of pipe {first[dataset]!r}"
            yield Problem("error", message, names[pipe.id], "pump.dead_letter_dataset")
