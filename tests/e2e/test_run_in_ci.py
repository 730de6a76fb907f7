"""The steps of docs/how-to/run-in-ci.md that need an engine, in a project like a reader's."""

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
# The first block of each is the action or the template, which tests/meta tests.
_, GITHUB_CONTAINERS, COMPOSE, FAILING, _, GITLAB_CONTAINERS = (
    block for block in blocks_of(DOCUMENT) if block.language == "yaml"
)
Shell = Callable[[str], "subprocess.CompletedProcess[str]"]


def github_steps(text: str) -> list[dict[str, Any]]:
    """Return the steps of a workflow fragment that run a command."""
    found = yaml.safe_load(text)
    steps = found if isinstance(found, list) else next(iter(found.values()))["steps"]
    return [step for step in steps if "run" in step]


@pytest.fixture
def own_project() -> Iterator[str]:
    """A compose project name; the connector image of the project is removed afterwards."""
    name = engine.unique("ci")

    yield name

    engine.docker("image", "rm", "--force", f"{name}-connector")


@pytest.fixture
def shell(tmp_path: Path, own_project: str, images: dict[str, str], image_tag: str) -> Shell:
    """A shell in a reader's repository: a connector, the bench next to it, and the compose file of the document."""
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


def test_job_of_the_document_passes_with_a_working_connector_and_detects_a_failure(
    shell: Shell, own_project: str
) -> None:
    """The steps run as in CI: the job, then a broken HubSpot, then the steps that always run."""
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


def test_gitlab_job_runs_the_same_commands_as_the_github_job() -> None:
    """So testing one of them is enough."""
    jobs = yaml.safe_load(GITLAB_CONTAINERS.text)

    steps = github_steps(GITHUB_CONTAINERS.text)
    assert jobs["containers"]["script"] == [step["run"] for step in steps if "if" not in step]
    assert jobs["containers"]["after_script"] == [step["run"] for step in steps if "if" in step]


def test_images_can_be_saved_and_loaded_without_a_registry(
    shell: Shell, images: dict[str, str], tmp_path: Path
) -> None:
    """As in the document, with the tag of this run."""
    (carry,) = (block for block in blocks_of(DOCUMENT) if block.language == "sh" and not block.not_run)
    tag = images["fake_hubspot"].rpartition(":")[2]

    done = shell(carry.text.replace(":latest", f":{tag}"))

    assert done.returncode == 0, done.stdout
    assert f"Loaded image: {images['fake_sesam']}" in done.stdout
    assert (tmp_path / "contract-bench-images.tar.gz").stat().st_size > 0
