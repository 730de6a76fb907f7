"""A fake HubSpot account that tests change, and the connector that reads it."""

import json
from dataclasses import dataclass
from typing import Any

import requests
from flask.testing import FlaskClient

from fake_hubspot import Server, Tier
from service import Settings, create_app


def without_a_quota(server: Server) -> Server:
    """Let a server report so much quota that a connector never waits: real windows would take ten seconds each."""
    server.portal.limits.tier = Tier("wide", 1_000_000, None)
    return server


@dataclass
class Account:
    """An account that tests change through HubSpot's own API. It has no quota that a connector could use up."""

    server: Server

    def __post_init__(self) -> None:
        without_a_quota(self.server)

    def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """Send one request. Returns the JSON of the response, None if it has no body."""
        response = requests.request(
            method,
            self.server.url + path,
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {self.server.token}"},
            timeout=20,
        )
        assert response.ok, response.text
        return response.json() if response.content else None

    def create(self, object_type: str, **properties: str) -> str:
        """Create a record. Returns its id."""
        record_id: str = self.call("POST", f"/crm/v3/objects/{object_type}", {"properties": properties})["id"]
        return record_id

    def create_many(self, object_type: str, rows: list[dict[str, str]]) -> list[str]:
        """Create records. Returns their ids."""
        ids: list[str] = []
        for start in range(0, len(rows), 100):
            inputs = [{"properties": row} for row in rows[start : start + 100]]
            made = self.call("POST", f"/crm/v3/objects/{object_type}/batch/create", {"inputs": inputs})
            ids += [row["id"] for row in made["results"]]
        return ids

    def update(self, object_type: str, record_id: str, **properties: str) -> dict[str, Any]:
        """Change a record."""
        changed: dict[str, Any] = self.call(
            "PATCH", f"/crm/v3/objects/{object_type}/{record_id}", {"properties": properties}
        )
        return changed

    def archive(self, object_type: str, record_id: str) -> None:
        """Archive a record."""
        self.call("DELETE", f"/crm/v3/objects/{object_type}/{record_id}")

    def archive_many(self, object_type: str, record_ids: list[str]) -> None:
        """Archive records."""
        for start in range(0, len(record_ids), 100):
            inputs = [{"id": one} for one in record_ids[start : start + 100]]
            self.call("POST", f"/crm/v3/objects/{object_type}/batch/archive", {"inputs": inputs})

    def associate(self, source: str, source_id: str, target: str, target_ids: list[str]) -> None:
        """Associate one record with others, with the default type."""
        for start in range(0, len(target_ids), 100):
            inputs = [{"from": {"id": source_id}, "to": {"id": one}} for one in target_ids[start : start + 100]]
            self.call("POST", f"/crm/v4/associations/{source}/{target}/batch/associate/default", {"inputs": inputs})

    @property
    def routes_called(self) -> list[str]:
        """Return the route of every request so far."""
        return [entry.route for entry in self.server.portal.journal]

    def forget_requests(self) -> None:
        """Clear the journal."""
        self.server.portal.journal.clear()


@dataclass
class Connector:
    """The connector's application, with requests as Sesam sends them."""

    client: FlaskClient

    def pull(self, path: str) -> list[dict[str, Any]]:
        """Return the entities of a pull that must succeed."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        entities: list[dict[str, Any]] = json.loads(response.data)
        return entities

    def error_message(self, path: str) -> str:
        """Return the message of a pull that must fail with 400."""
        response = self.client.get(path)
        assert response.status_code == 400, response.text
        message: str = response.get_json()["message"]
        return message


def connector_of(server: Server, **settings: Any) -> Connector:
    """Return a connector for this fake, by default without retries and without a pause between searches."""
    merged = {
        "hubspot_api_key": server.token,
        "hubspot_base_url": server.url,
        "retries": 0,
        "searches_per_s": 1000,
        **settings,
    }
    return Connector(create_app(Settings(**merged)).test_client())
