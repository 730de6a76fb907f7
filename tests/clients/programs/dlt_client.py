"""dlt with a REST source for HubSpot, built as its documentation builds one; the base URL is its configuration.

`rest_api_source` with a cursor paginator and an incremental resource. Records are read from the source as a pipeline
would read them; without a destination there is nothing else to install.
"""

import os
import sys
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"

from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]
from serving import serve  # type: ignore[import-not-found]

URL, TOKEN = sys.argv[1:]
Records = dict[str, dict[str, Any]]


def resource(endpoint: dict[str, Any]) -> Any:
    """Return a resource with this endpoint."""
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{URL}/crm/v3/",
                "auth": {"type": "bearer", "token": TOKEN},
                "paginator": {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"},
            },
            "resources": [{"name": "wanted", "primary_key": "id", "endpoint": endpoint}],
        }
    )
    return source.resources["wanted"]


def read(kind: str, properties: list[str]) -> Records:
    """Return all records of a type."""
    params = {"limit": 100, "properties": ",".join(properties)}
    found = resource({"path": f"objects/{kind}", "params": params, "data_selector": "results"})
    return {each["id"]: each["properties"] for each in found}


def search(kind: str, since: str, properties: list[str]) -> Records:
    """Return the records that have changed since a time."""
    condition = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": since}
    body = {"filterGroups": [{"filters": [condition]}], "properties": properties, "limit": 200}
    paginator = {"type": "cursor", "cursor_path": "paging.next.after", "cursor_body_path": "after"}
    endpoint = {"path": f"objects/{kind}/search", "method": "POST", "json": body, "data_selector": "results"}
    return {each["id"]: each["properties"] for each in resource({**endpoint, "paginator": paginator})}


def named(path: str, name: str) -> list[str]:
    """Return a field of each element of a list."""
    return [each[name] for each in resource({"path": path, "data_selector": "results"})]


def owners() -> list[str]:
    """Return the addresses of all owners."""
    return named("owners", "email")


def pipelines(kind: str) -> list[str]:
    """Return the ids of the pipelines of a type."""
    return named(f"pipelines/{kind}", "id")


def properties(kind: str) -> list[str]:
    """Return the names of the properties of a type."""
    return named(f"properties/{kind}", "name")


def schemas() -> list[str]:
    """Return the names of the custom types."""
    return named("schemas", "name")


if __name__ == "__main__":
    serve({each.__name__: each for each in (read, search, owners, pipelines, properties, schemas)})
