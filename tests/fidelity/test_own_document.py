"""The server's own OpenAPI document holds: schemathesis (seeded) finds no 500 and no answer that breaks it."""

import os
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fake_hubspot.control.openapi import build_document
from fake_hubspot.server import Server, build_app
from fake_hubspot.settings import Settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Two spellings of the records' paths and one of the others, which lead to the same handlers.
SPELLINGS = (
    "/crm/v3/",
    "/crm/objects/2026-09/",
    "/crm/v4/",
    "/crm-object-schemas/v3/",
    "/contacts/v1/",
    "/oauth/v1/",
    "/account-info/",
    "/_fake/",
)
# What would make records without number, by schema and property.
BOUNDS = (("Seed", "contacts", 50), ("NewPortal", "contacts", 50))
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))


def document() -> dict[str, Any]:
    """The document, cut down to a few spellings of each path and to bounded sizes."""
    app = build_app(Settings())
    full = build_document(app.router.routes)
    app.host.close()
    paths = {path: item for path, item in full["paths"].items() if path.startswith(SPELLINGS)}
    for name, field, most in BOUNDS:
        for choice in full["components"]["schemas"][name]["properties"][field]["anyOf"]:
            if choice["type"] == "integer":
                choice["maximum"] = most
    return full | {"paths": paths}


def configured() -> SchemathesisConfig:
    """Valid and invalid requests."""
    return SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(generation=GenerationConfig(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        )
    )


schema = schemathesis.openapi.from_dict(document(), config=configured())


@pytest.fixture(scope="module")
def running() -> Any:
    """A server of its own: anything may happen to it."""
    with Server(Settings(contacts=20)) as server, requests.Session() as session:
        yield server, session


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_is_in_the_document(case: Any, running: Any) -> None:
    """Status, content type and shape of each answer are declared."""
    server, session = running
    headers = {"Authorization": f"Bearer {server.token}"}

    response = case.call(base_url=server.url, session=session, headers=headers, timeout=20)

    case.validate_response(response, checks=CHECKS)
