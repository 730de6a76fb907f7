"""What a killed run of these tests left behind: told by its names, which hold the owner, and by the kit's labels."""

import contextlib
import re
from collections.abc import Iterator

import docker as docker_py  # type: ignore[import-untyped]  # it has no types

from contract_bench.roles.leftovers import Owner, remove_leftovers
from tests.e2e import engine

NAME = re.compile(r"(?:^|[-:])(?P<owner>[0-9a-f]{8}-[0-9a-f]{8}-\d+-\d+)-[0-9a-f]{4}$")


def clean() -> None:
    """Remove containers, networks, volumes and images of runs that have ended without doing so."""
    client = docker_py.from_env()
    with contextlib.closing(client):
        remove_leftovers(client)
    for project in {name for name in projects() if is_left_over(name)}:
        remove_project(project)
    for image in filter(is_left_over, engine.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()):
        try_docker("image", "rm", "--force", image)


def projects() -> Iterator[str]:
    """The names of the compose projects that have anything."""
    form = f'{{{{.Label "{engine.PROJECT_LABEL}"}}}}'
    for kind in (["ps", "--all"], ["network", "ls"], ["volume", "ls"]):
        yield from engine.docker(*kind, "--filter", f"label={engine.PROJECT_LABEL}", "--format", form).split()


def is_left_over(name: str) -> bool:
    """Whether a name that `engine.unique` made, or one that ends with it, is that of a run that is over."""
    match = NAME.search(name)
    owner = Owner.parse(match["owner"]) if match else None
    return owner is not None and owner.is_gone()


def remove_project(name: str) -> None:
    """Remove all that compose made for a project; its file is not needed."""
    only = ("--quiet", "--filter", f"label={engine.PROJECT_LABEL}={name}")
    for kind, listing in (("container", ["ps", "--all"]), ("network", ["network", "ls"]), ("volume", ["volume", "ls"])):
        for each in engine.docker(*listing, *only).split():
            try_docker(kind, "rm", *(["--force", "--volumes"] if kind == "container" else []), each)


def try_docker(*arguments: str) -> None:
    """Do it, where no other run is just doing the same."""
    with contextlib.suppress(engine.DockerError):
        engine.docker(*arguments)
