"""The images are built from the wheel, by the same steps."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("service", "fake_hubspot", "fake_sesam", "contract_bench/proxy")
TEXTS = {role: (ROOT / role / "Dockerfile").read_text("utf-8") for role in ROLES}


def test_all_images_share_the_steps_that_build_the_wheel() -> None:
    """So an engine runs them once for all of them."""
    heads = {text[text.index("ARG BASE_IMAGE") : text.index("FROM pip AS build")] for text in TEXTS.values()}

    [head] = heads
    assert "hatchling build -t wheel" in head


def test_no_image_copies_the_sources() -> None:
    """The last stage takes everything from the stages before it."""
    for role, text in TEXTS.items():
        last = text[text.rindex("FROM ${BASE_IMAGE}") :]
        copied = re.findall(r"^COPY .*", last, re.MULTILINE)

        assert copied, role
        assert [line for line in copied if "--from=" not in line] == [], role
