"""A client that does what sesam-py does: upload, run, verify, download, wipe. Written from the requests it sends."""

import io
import json
import zipfile
from typing import Any

import pytest

from fake_sesam import Node
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.api.conftest import Client
from tests.unit.fake_sesam.conftest import PIPE, SYSTEM, Connector

METADATA = {
    "_id": "node",
    "type": "metadata",
    "task_manager": {"disable_user_pipes": True},
    "global_defaults": {"eager_load_microservices": False},
}
PUBLISHER = {
    "_id": "things-endpoint",
    "type": "pipe",
    "source": {"type": "dataset", "dataset": "things-collect"},
    "sink": {"type": "http_endpoint"},
    "transform": {"type": "dtl", "rules": {"default": [["copy", ["list", "_id", "name"]]]}},
}


class SesamPy:
    """The commands of sesam-py as the requests that they are."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def upload(self, entities: list[dict[str, Any]], env: dict[str, Any], *, force: str = "false") -> Any:
        """Put the environment, then the configuration as a multipart zip."""
        assert self.client.get("/")["status"]["developer_mode"] is True
        assert self.client.request("PUT", "/env", json=env).json() == env
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for entity in entities:
                folder = "pipes" if entity["type"] == "pipe" else "systems"
                name = (
                    "node-metadata.conf.json" if entity["type"] == "metadata" else f"{folder}/{entity['_id']}.conf.json"
                )
                archive.writestr(name, json.dumps(entity))
        files = {"file": ("config", buffer.getvalue(), "application/zip")}
        return self.client.request("PUT", "/config", params={"force": force}, files=files)

    def run(self, *, mode: str = "sync") -> dict[str, Any]:
        """Run all pipes until nothing changes."""
        query = {"extra_zero_runs": 2, "max_run_time": 900, "max_runs": 100, "request_mode": mode}
        answer: dict[str, Any] = self.client.request("POST", "/pipes/run-all-pipes", params=query).json()
        return answer

    def download(self) -> dict[str, Any]:
        """Get the configuration as a zip."""
        response = self.client.request("GET", "/config", headers={"Accept": "application/zip"})
        assert response.headers["Content-Type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            return {name: json.loads(archive.read(name)) for name in archive.namelist()}

    def wipe(self) -> None:
        """Stop, then replace the configuration by nothing, sent as JSON."""
        self.client.request("POST", "/pipes/stop-run-all-pipes", params={"terminate_timeout": 30}).raise_for_status()
        for content in ([METADATA], []):
            files = {"file": ("config", json.dumps(content), "application/json")}
            response = self.client.request("PUT", "/config", params={"force": "true"}, files=files)
            assert response.json() == {"validation_errors": []}
        assert self.client.request("PUT", "/env", json={}).json() == {}


def test_upload_run_verify_download_and_wipe(client: Client, connector: Connector, node: Node) -> None:
    """The whole of `sesam test` and `sesam wipe`."""
    sesam = SesamPy(client)
    connector.gives([{"id": "b", "name": "Ben"}, {"id": "a", "name": "Ada"}])
    env = {"things-url": connector.url}

    assert sesam.upload([METADATA, SYSTEM, PIPE, PUBLISHER], env).json() == {"validation_errors": []}
    assert sesam.run()["status"] == "success"

    (output,) = [
        pipe for pipe in client.get("/pipes") if pipe["config"]["effective"]["sink"]["type"] == "http_endpoint"
    ]
    published = client.get(f"/publishers/{output['_id']}/entities")
    assert sorted((entity["_id"], entity["name"]) for entity in published) == [("a", "Ada"), ("b", "Ben")]
    stored = client.get("/pipes/things-collect/entities")
    assert sorted(entity["_id"] for entity in stored) == ["a", "b"]

    downloaded = sesam.download()
    assert downloaded["pipes/things-collect.conf.json"] == PIPE
    assert downloaded["node-metadata.conf.json"] == METADATA

    sesam.wipe()
    assert client.get("/pipes") == []


def test_an_asynchronous_run_is_asked_for_its_status_and_log(client: Client, connector: Connector) -> None:
    """The token leads to both."""
    sesam = SesamPy(client)
    connector.gives([{"id": "a"}])

    token = sesam.run(mode="async")["token"]

    status = wait_until(
        lambda: client.get("/pipes/get-pipe-runner-status", params={"token": token})["status"],
        "the pipe runner to finish",
        is_met=lambda status: status != "running",
    )
    lines = client.get("/pipes/get-run-all-pipes-log", params={"token": token, "since": ""})
    assert status == "success"
    assert {"timestamp", "loglevel", "logdata"} == set(lines[0])
    assert lines[0]["logdata"] == "things-collect: ok, 1 processed, 1 changed"
    later = client.get("/pipes/get-run-all-pipes-log", params={"token": token, "since": lines[-1]["timestamp"]})
    assert later == []


def test_a_failing_pipe_fails_the_run_with_its_reason(client: Client, connector: Connector) -> None:
    """`additional_info` says which and why."""
    connector.sends(b'{"message": "HubSpot answered 500"}', status=500)

    answer = SesamPy(client).run()

    assert answer["status"] == "failed"
    assert "things-collect" in answer["additional_info"]
    assert "HubSpot answered 500" in answer["additional_info"]


def test_a_wrong_upload_is_refused_and_changes_nothing(client: Client, connector: Connector) -> None:
    """400 with the errors of each configuration; `force=true` takes what is right."""
    wrong = {"_id": "wrong", "type": "pipe", "source": {"type": "json", "system": "nowhere"}}
    sesam = SesamPy(client)
    env = {"things-url": connector.url}

    refused = sesam.upload([SYSTEM, PIPE, wrong], env)

    assert refused.status_code == 400
    (error,) = refused.json()["validation_errors"]
    assert error["posted-config"] == wrong
    assert {each["elements"][0] for each in error["config-errors"]} == {"source.url", "source.system"}
    assert {each["level"] for each in error["config-errors"]} == {"error"}
    assert sesam.upload([SYSTEM, PIPE, wrong], env, force="true").status_code == 200
    assert [pipe["_id"] for pipe in client.get("/pipes")] == ["things-collect"]


@pytest.mark.parametrize("operation", ["restart", "reset"])
def test_the_node_restarts(client: Client, connector: Connector, node: Node, operation: str) -> None:
    """The start time changes; a reset forgets the datasets too."""
    connector.gives([{"id": "a"}])
    SesamPy(client).run()
    before = client.get("/status")["node_start_time"]

    answer = client.request("POST", "/admin", data={"operation": operation})

    assert answer.json() == {"message": "OK"}
    assert client.get("/status")["node_start_time"] != before
    assert node.dataset("things-collect").count == (1 if operation == "restart" else 0)
