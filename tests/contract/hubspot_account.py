"""A fake HubSpot account with a few verbs, and the connector in front of it."""

import json
from dataclasses import dataclass
from typing import Any

import requests
from flask.testing import FlaskClient

from fake_hubspot import Server
from service import Settings, create_app


@dataclass
class Account:
    """What tests do to an account, through HubSpot's own API."""

    server: Server

    def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """One request; its answer's JSON, None where it has none."""
        answer = requests.request(
            method,
            self.server.url + path,
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {self.server.token}"},
            timeout=20,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def create(self, object_type: str, **properties: str) -> str:
        """A new record's id."""
        record_id: str = self.call("POST", f"/crm/v3/objects/{object_type}", {"properties": properties})["id"]
        return record_id

    def create_many(self, object_type: str, rows: list[dict[str, str]]) -> list[str]:
        """The ids of new records."""
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
        """Put a record into the bin."""
        self.call("DELETE", f"/crm/v3/objects/{object_type}/{record_id}")

    def associate(self, source: str, source_id: str, target: str, target_ids: list[str]) -> None:
        """Associate one record with others, in the default way."""
        for start in range(0, len(target_ids), 100):
            inputs = [{"from": {"id": source_id}, "to": {"id": one}} for one in target_ids[start : start + 100]]
            self.call("POST", f"/crm/v4/associations/{source}/{target}/batch/associate/default", {"inputs": inputs})

    @property
    def routes_called(self) -> list[str]:
        """The routes of every request so far."""
        return [entry.route for entry in self.server.portal.journal]

    def forget_requests(self) -> None:
        """Count requests anew."""
        self.server.portal.journal.clear()


@dataclass
class Connector:
    """The connector's application, asked as Sesam asks."""

    client: FlaskClient

    def pull(self, path: str) -> list[dict[str, Any]]:
        """The entities of a pull that must succeed."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        entities: list[dict[str, Any]] = json.loads(response.data)
        return entities

    def refusal(self, path: str) -> str:
        """The message of a pull that must be refused with 400."""
        response = self.client.get(path)
        assert response.status_code == 400, response.text
        message: str = response.get_json()["message"]
        return message


def connector_of(server: Server, **settings: Any) -> Connector:
    """The connector in front of this fake: no retries, and no distance between searches unless asked for."""
    merged = {
        "hubspot_api_key": server.token,
        "hubspot_base_url": server.url,
        "retries": 0,
        "searches_per_s": 1000,
        **settings,
    }
    return Connector(create_app(Settings(**merged)).test_client())
