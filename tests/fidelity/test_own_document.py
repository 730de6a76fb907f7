"""The server keeps to its own OpenAPI document.

`make proof` lets schemathesis (seeded) generate requests to every operation: there is no 500 and no undocumented
response. Without it, which takes a second to load, a request to each family is compared with the document.
"""

import gc
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import jsonschema_rs
import pytest
import requests
from hypothesis import strategies as st

from fake_hubspot import Route, Server, Settings, build_app, build_document
from tests.support.cases import Cases

# Two spellings of the paths of records and one of each other path; all spellings lead to the same handlers.
SPELLINGS = (
    "/files/v3/",
    "/communication-preferences/v4/",
    "/events/v3/",
    "/marketing/v3/campaigns",
    "/crm/v3/",
    "/crm/objects/2026-09/",
    "/crm/v4/associations/",
    "/crm/v4/objects/{objectType}/{objectId}/associations/",
    "/crm-object-schemas/v3/",
    *("/contacts/v1/", "/companies/v2/", "/deals/v1/", "/engagements/v1/", "/crm-objects/v1/", "/crm-associations/v1/"),
    *("/properties/v2/", "/crm-pipelines/v1/", "/owners/v2/", "/email/public/v1/", "/forms/v2/", "/automation/v3/"),
    "/oauth/v1/",
    "/account-info/",
    "/_fake/",
)
# What would create a huge number of records, by schema and property.
BOUNDS = (("Seed", "contacts", 50), ("PortalConfig", "contacts", 50))
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))


def routes() -> list[Route]:
    """Return every route of a server but the pages for a browser, which the document leaves out."""
    app = build_app(Settings())
    app.portals.close()
    return [route for route in app.router.routes if not route.name.startswith("page.")]


OPERATIONS = [f"{route.method} {route.template}" for route in routes() if route.template.startswith(SPELLINGS)]
# The first operation of each family that reads.
READING = [
    found[0] for spelling in SPELLINGS if (found := [name for name in OPERATIONS if name.startswith(f"GET {spelling}")])
]


def document() -> dict[str, Any]:
    """Return the document, reduced to a few spellings of each path and to bounded sizes."""
    full = build_document(routes())
    paths = {path: item for path, item in full["paths"].items() if path.startswith(SPELLINGS)}
    for name, field, most in BOUNDS:
        for choice in full["components"]["schemas"][name]["properties"][field]["anyOf"]:
            if choice["type"] == "integer":
                choice["maximum"] = most
    return full | {"paths": paths}


@pytest.fixture(scope="module")
def schema() -> Any:
    """Return the document as schemathesis reads it. It is loaded here because that takes a second."""
    import schemathesis

    read = schemathesis.openapi.from_dict(document())
    gc.freeze()  # so many objects that looking through them after each test would take longer than the test
    return read


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Server, requests.Session]]:
    """A server for this module alone: generated requests may do anything to it."""
    with Server(Settings(contacts=20)) as server, requests.Session() as session:
        yield server, session


@pytest.mark.proof
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_response_is_in_the_document(name: str, schema: Any, running: tuple[Server, requests.Session]) -> None:
    """Valid and invalid requests get a declared status, content type and shape."""
    ask(name, schema, running, examples=EXAMPLES)


class Written:
    """The document, with the schemas of what it says about responses; compiling one takes longer than a request."""

    def __init__(self) -> None:
        self.document = document()
        self._compiled: dict[str, Any] = {}

    def contradicts(self, path: str, response: requests.Response) -> str:
        """Return what of a response is not in the document, or nothing."""
        declared = self.document["paths"][path]["get"]["responses"].get(str(response.status_code))
        if declared is None or response.status_code >= 500:
            return f"status {response.status_code}"
        if "$ref" in declared:
            declared = self.document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
        content_type = response.headers.get("Content-Type", "").partition(";")[0]
        if content_type not in declared.get("content", {"": {}}):
            return f"content type {content_type!r}"
        if not content_type.endswith("json"):
            return ""
        wrong = self._validator(declared["content"][content_type]["schema"]).iter_errors(response.json())
        return "; ".join(f"{list(each.instance_path)}: {each.message}" for each in wrong)

    def _validator(self, schema: dict[str, Any]) -> Any:
        key = json.dumps(schema)
        if key not in self._compiled:
            whole = {**schema, "components": self.document["components"]}
            self._compiled[key] = jsonschema_rs.validator_for(whole)
        return self._compiled[key]


def test_responses_are_in_the_document(running: tuple[Server, requests.Session], cases: Cases) -> None:
    """One request to each family, which reads: what may be there, what is not there, and without a token."""
    written, (server, session) = Written(), running
    for name in READING:
        path = name.partition(" ")[2]
        for value, token in (("contacts", server.token), ("1", server.token), ("1", "no")):
            with cases.case(f"{name} with {value!r} and {token!r}"):
                url = server.url + re.sub(r"\{\w+\}", value, path)
                response = session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
                assert written.contradicts(path, response) == ""


def ask(name: str, schema: Any, running: tuple[Server, requests.Session], *, examples: int) -> None:
    """Send generated requests to an operation and compare the responses with the document."""
    from schemathesis import GenerationMode, checks
    from schemathesis.specs.openapi import checks as openapi

    method, path = name.split()
    operation, (server, session) = schema[path][method], running
    judged_by = [
        checks.not_a_server_error,
        openapi.status_code_conformance,
        openapi.content_type_conformance,
        openapi.response_schema_conformance,
    ]

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=st.one_of([operation.as_strategy(mode) for mode in GenerationMode]))
    def send(case: Any) -> None:
        headers = {"Authorization": f"Bearer {server.token}"}
        response = case.call(base_url=server.url, session=session, headers=headers, timeout=20)
        case.validate_response(response, checks=judged_by)

    send()


def test_every_operation_of_the_document_is_tested() -> None:
    """The names above are those in the document."""
    written = {f"{method.upper()} {path}" for path, item in document()["paths"].items() for method in item}

    assert written == set(OPERATIONS)
