"""Removes what killed runs of these tests left behind, recognised by the owner in names and labels."""

import contextlib
import re
from collections.abc import Iterator

import docker as docker_py  # type: ignore[import-untyped]  # the package has no types

from bench_core.owner import OwnerProcess
from contract_bench.roles.leftovers import remove_leftovers
from tests.e2e import engine

NAME = re.compile(r"(?:^|[-:])(?P<owner>[0-9a-f]{8}-[0-9a-f]{8}-\d+-\d+)-[0-9a-f]{4}$")


def clean() -> None:
    """Remove the containers, networks, volumes and images of runs that ended without removing them."""
    client = docker_py.from_env()
    with contextlib.closing(client):
        remove_leftovers(client)
    for project in {name for name in projects() if is_left_over(name)}:
        remove_project(project)
    for image in filter(is_left_over, engine.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()):
        try_docker("image", "rm", "--force", image)


def projects() -> Iterator[str]:
    """Yield the names of compose projects that have containers, networks or volumes, with duplicates."""
    form = f'{{{{.Label "{engine.PROJECT_LABEL}"}}}}'
    for kind in (["ps", "--all"], ["network", "ls"], ["volume", "ls"]):
        yield from engine.docker(*kind, "--filter", f"label={engine.PROJECT_LABEL}", "--format", form).split()


def is_left_over(name: str) -> bool:
    """Whether a name that ends with one from `engine.unique` belongs to a run that has ended."""
    match = NAME.search(name)
    owner = OwnerProcess.parse(match["owner"]) if match else None
    return owner is not None and owner.is_gone()


def remove_project(name: str) -> None:
    """Remove everything that compose created for a project; the compose file is not needed."""
    only = ("--quiet", "--filter", f"label={engine.PROJECT_LABEL}={name}")
    for kind, listing in (("container", ["ps", "--all"]), ("network", ["network", "ls"]), ("volume", ["volume", "ls"])):
        for each in engine.docker(*listing, *only).split():
            try_docker(kind, "rm", *(["--force", "--volumes"] if kind == "container" else []), each)


def try_docker(*arguments: str) -> None:
    """Run docker and ignore a failure: another run may be removing the same thing."""
    with contextlib.suppress(engine.DockerError):
        engine.docker(*arguments)
