"""The commands of docs/how-to/containers.md, run as written."""

import os
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e import engine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def own_tag() -> Iterator[str]:
    """A tag for the images that the document builds; compose labels them per project, so they are separate."""
    tag = engine.unique("how-to")

    yield tag

    engine.docker("image", "rm", "--force", *engine.image_names(tag).values())


def test_commands_of_the_document_work_from_top_to_bottom(own_tag: str) -> None:
    """In one shell, which stops at the first command that fails; the last block removes everything."""
    document = (engine.ROOT / "docs" / "how-to" / "containers.md").read_text(encoding="utf-8")
    script = "set -euo pipefail\ntrap 'docker compose -f docker-compose.test.yml down --volumes' EXIT\n"
    project = engine.unique("how-to")

    done = subprocess.run(
        ["bash", "-c", script + "\n".join(BLOCK.findall(document))],
        cwd=engine.ROOT,
        env={**os.environ, "COMPOSE_PROJECT_NAME": project, "CONTRACT_BENCH_TAG": own_tag},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
    )

    assert done.returncode == 0, done.stdout
    assert "pump-completed" in done.stdout
    assert "the array was not closed" in done.stdout
    assert engine.containers_of(project) == []
