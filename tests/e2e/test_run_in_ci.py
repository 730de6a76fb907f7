"""The steps of docs/how-to/run-in-ci.md that take an engine, in a project as its readers have."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e import engine
from tests.meta.blocks import blocks_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DOCUMENT = engine.ROOT / "docs" / "how-to" / "run-in-ci.md"
GITHUB, GITHUB_CONTAINERS, COMPOSE, FAILING, GITLAB = (
    block for block in blocks_of(DOCUMENT) if block.language == "yaml"
)
Shell = Callable[[str], "subprocess.CompletedProcess[str]"]


def github_steps(text: str) -> list[dict[str, Any]]:
    """The steps of a fragment that run a command."""
    found = yaml.safe_load(text)
    steps = found if isinstance(found, list) else next(iter(found.values()))["steps"]
    return [step for step in steps if "run" in step]


@pytest.fixture
def own_project() -> Iterator[str]:
    """A name for compose; what was started under it is removed, the connector's image too."""
    name = engine.unique("ci")

    yield name

    engine.docker("image", "rm", "--force", f"{name}-connector")


@pytest.fixture
def shell(tmp_path: Path, own_project: str, images: dict[str, str], image_tag: str) -> Shell:
    """A reader's repository: their connector, the bench beside it, the compose file of the document."""
    (tmp_path / "contract-bench").symlink_to(engine.ROOT)
    (tmp_path / "compose.yml").write_text(COMPOSE.text)
    (tmp_path / "Dockerfile").write_text(f"FROM {images['service']}\nENV HUBSPOT_RETRIES=1\n")
    environ = {**os.environ, "COMPOSE_PROJECT_NAME": own_project, "CONTRACT_BENCH_TAG": image_tag}

    def run(command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=tmp_path,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=200,
        )

    return run


def test_job_of_the_document_passes_with_a_connector_that_works_and_sees_one_fail(
    shell: Shell, own_project: str
) -> None:
    """Each step as the CI would run it: the job's commands, then HubSpot broken, then the steps that always run."""
    job = github_steps(GITHUB_CONTAINERS.text)
    try:
        done = [shell(step["run"]) for step in (*job, *github_steps(FAILING.text)) if "if" not in step]
    finally:
        ended = [shell(step["run"]) for step in job if "if" in step]

    assert [each.stdout for each in done if each.returncode != 0] == []
    assert "hubspot-contacts-collect: completed, full, 250 processed" in done[2].stdout
    assert "hubspot-contacts-collect: FAILED" in done[-1].stdout
    assert [each.stdout for each in ended if each.returncode != 0] == []
    assert engine.containers_of(own_project) == []


def test_gitlab_runs_what_github_runs() -> None:
    """What was tried for the one holds for the other."""
    jobs = yaml.safe_load(GITLAB.text)

    assert jobs["bench"]["script"] == [
        step["run"] for step in github_steps(yaml.safe_dump(yaml.safe_load(GITHUB.text)["jobs"]))
    ]
    steps = github_steps(GITHUB_CONTAINERS.text)
    assert jobs["containers"]["script"] == [step["run"] for step in steps if "if" not in step]
    assert jobs["containers"]["after_script"] == [step["run"] for step in steps if "if" in step]


def test_images_can_be_carried_to_where_there_is_no_registry(
    shell: Shell, images: dict[str, str], tmp_path: Path
) -> None:
    """Saved and loaded as the document says, under this run's tag."""
    (carry,) = (block for block in blocks_of(DOCUMENT) if block.language == "sh" and not block.not_run)
    tag = images["fake_hubspot"].rpartition(":")[2]

    done = shell(carry.text.replace(":latest", f":{tag}"))

    assert done.returncode == 0, done.stdout
    assert f"Loaded image: {images['fake_sesam']}" in done.stdout
    assert (tmp_path / "contract-bench-images.tar.gz").stat().st_size > 0
